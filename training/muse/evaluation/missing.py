"""Packages of the extra `train`, which serving does without."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from training.muse.errors import MissingExtra


def require(name: str) -> Any:
    """The module of this name. Raises: MissingExtra."""
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        raise MissingExtra(f"{error.name} is not installed; run: pip install 'shortlist[train]'") from error

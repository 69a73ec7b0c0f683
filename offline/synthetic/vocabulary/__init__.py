"""The words the invented people are made of: families of occupations, titles, places, employers, phrases."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def read(name: str) -> dict[str, Any]:
    """The file `name.toml` of this folder, parsed."""
    return tomllib.loads(files(__name__).joinpath(f"{name}.toml").read_text(encoding="utf-8"))


@cache
def words(name: str) -> tuple[str, ...]:
    """One list of `words.toml`."""
    return tuple(read("words")[name].split())

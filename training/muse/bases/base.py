"""What a recipe's `base` names, found on this machine or left to the hub."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from training.muse.bases import minilm, smollm2
from training.muse.bases.unavailable import BaseUnavailable

__all__ = ["PACKAGED", "Base", "BaseUnavailable", "find_base"]

PACKAGED: Mapping[str, Callable[[], Path]] = {"minilm": minilm.folder, "smollm2": smollm2.folder}
"""Bases that a pip package carries: name -> what finds (or makes) their folder."""
_HUB = re.compile(r"(?P<source>[\w.-]+/[\w.-]+)(?:@(?P<revision>[\w.-]+))?")


@dataclass(frozen=True, kw_only=True)
class Base:
    """A model to start from, as `AutoModel.from_pretrained(source, revision=revision)` takes it."""

    name: str
    """What the manifest of the trained weights says."""
    source: str
    """A folder, or a Hugging Face id that transformers fetches (or has fetched)."""
    revision: str | None = None
    """The commit of a Hugging Face id, so that the same recipe starts from the same weights next year."""


def find_base(named: str) -> Base:
    """The base of a recipe: `minilm`, `smollm2`, a folder, or `OWNER/NAME` (`OWNER/NAME@COMMIT`) on the hub.

    Raises: BaseUnavailable where a package or a folder is missing; the message says what helps.
    """
    if packaged := PACKAGED.get(named):
        return Base(name=named, source=str(packaged()))
    folder = Path(named).expanduser()
    if named and folder.is_dir():
        if not (folder / "config.json").is_file():
            raise BaseUnavailable(f"{named} holds no Hugging Face model: config.json is missing")
        return Base(name=folder.resolve().name, source=str(folder))
    hub = _HUB.fullmatch(named)
    if hub and not named.startswith((".", "/", "~")):
        return Base(name=named, source=hub["source"], revision=hub["revision"])
    raise BaseUnavailable(f"no base {named!r}: give {', '.join(PACKAGED)}, a folder, or OWNER/NAME of Hugging Face")

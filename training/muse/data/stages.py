"""Stages of a build: each leaves its lists whole or not at all, and is not done again while it would give the same."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Mapping
from hashlib import blake2b
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from training.muse.data.made import Made
from training.muse.lists import GradedList


class _Kept(BaseModel):
    """A stage on disk."""

    model_config = ConfigDict(frozen=True)

    asked: str
    dropped: int
    lists: tuple[GradedList, ...]
    texts: dict[str, str]


def kept(path: Path, asked: Mapping[str, Any]) -> Made | None:
    """What lies in `path`, if it was `asked` for alike."""
    try:
        there = _Kept.model_validate_json(path.read_bytes())
    except (OSError, ValidationError):
        return None
    if there.asked != _name(asked):
        return None
    return Made(lists=there.lists, texts=there.texts, dropped=there.dropped)


def stage(path: Path, asked: Mapping[str, Any], make: Callable[[], Made]) -> Made:
    """What `path` holds if it was `asked` for alike, else what `make` gives, which it then holds."""
    there = kept(path, asked)
    if there is not None:
        return there
    made = make()
    keeping = _Kept(asked=_name(asked), dropped=made.dropped, lists=made.lists, texts=made.texts)
    replace_lines(path, [keeping.model_dump_json(exclude_none=True)])
    return made


def _name(asked: Mapping[str, Any]) -> str:
    return blake2b(json.dumps(asked, sort_keys=True).encode(), digest_size=8).hexdigest()


def replace_lines(path: Path, lines: Iterable[str]) -> None:
    """Write a file of lines; it is the old one or the new one, never half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.new")
    with unfinished.open("w", encoding="utf-8") as file:
        file.writelines(f"{line}\n" for line in lines)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)


def checksum_of(paths: Iterable[Path]) -> str:
    """16 hex digits over the contents of files."""
    digest = blake2b(digest_size=8)
    for path in paths:
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
        digest.update(b"\0")
    return digest.hexdigest()

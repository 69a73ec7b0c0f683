"""Text in other languages that speaks to whoever reads a profile."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from retrieval.addressed.letters import letters

Range = tuple[int, int]

_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_OTHER_SCRIPTS = re.compile("[\u0370-\u1cff\u2e80-\ud7ff\uf900-\ufdff]")
_SPACED_UP_TO = "\u0530"  # beyond, words run together or take particles in front
CLASSES = 2


@dataclass(frozen=True)
class _Tongue:
    """One language: an expression a class."""

    classes: tuple[re.Pattern[str], ...]


def foreign(said: str) -> Iterator[Range]:
    """Lines of plain letters on which words of two classes of one language stand."""
    known = _known()
    if not _OTHER_SCRIPTS.search(said) and sum(map(_begins, _WORD.findall(said))) < CLASSES:
        return
    position = 0
    for line in said.splitlines(keepends=True):
        start, position = position, position + len(line)
        near = sum(map(_begins, _WORD.findall(line))) >= CLASSES or _OTHER_SCRIPTS.search(line)
        if near and any(_classes(tongue, line) >= CLASSES for tongue in known.tongues):
            yield start, position


def _classes(tongue: _Tongue, line: str) -> int:
    return sum(one.search(line) is not None for one in tongue.classes)


@dataclass(frozen=True)
class _Known:
    tongues: tuple[_Tongue, ...]
    stems: frozenset[str]
    """The longest word of each entry."""
    lengths: tuple[int, ...]


@cache
def _known() -> _Known:
    data = tomllib.loads(files("retrieval.addressed").joinpath("tongues.toml").read_text(encoding="utf-8"))
    plain = [[[letters(stem).text for stem in stems] for stems in language.values()] for language in data.values()]
    telling = {
        max(re.findall(r"[^\W\d_]+", stem) or [stem], key=len) for tongue in plain for kind in tongue for stem in kind
    }
    return _Known(
        tongues=tuple(_Tongue(tuple(_expression(kind) for kind in language)) for language in plain),
        stems=frozenset(telling),
        lengths=tuple(sorted({len(stem) for stem in telling})),
    )


@lru_cache(maxsize=65_536)
def _begins(word: str) -> bool:
    """Whether a word begins like one of the lists: cheap, and true of few words of English."""
    known = _known()
    return any(word[:length] in known.stems for length in known.lengths)


def _expression(stems: Sequence[str]) -> re.Pattern[str]:
    found = [re.escape(stem).replace(r"\ ", r"\s+") for stem in sorted(stems, key=lambda stem: (-len(stem), stem))]
    spaced = all(stem < _SPACED_UP_TO for stem in stems)
    return re.compile(rf"\b(?:{'|'.join(found)})" if spaced else f"(?:{'|'.join(found)})")

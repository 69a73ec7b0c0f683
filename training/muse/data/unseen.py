"""Texts that are asked in evaluations: whatever comes near one of them is not trained on."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from retrieval.text_index import analyze

ALIKE = 0.8
"""Share of the stems of two texts that both have, from which one counts as the other in other words."""
LONG = 4
"""Words of an evaluation's text, from which a longer text that holds it word for word counts as it."""
NAMES = ("queries.jsonl", "queries.tsv", "jobs.jsonl", "requests.jsonl")
_SMALL = frozenset(analyze("a an and as at by for from in of on or the to with"))


class UnseenUnreadable(ValueError):
    """A file of an evaluation's queries that cannot be read; the message says what it should be."""


class Unseen:
    """Knows whether a text is one of some others, in the same words, in another order, or nearly."""

    def __init__(self, texts: Iterable[str] = ()) -> None:
        self._sets: list[frozenset[str]] = []
        self._phrases: list[str] = []
        self._having: dict[str, list[int]] = {}
        known: set[tuple[str, ...]] = set()
        for text in texts:
            terms = tuple(analyze(text))
            stems = _telling(terms)
            if not stems or terms in known:
                continue
            known.add(terms)
            for stem in stems:
                self._having.setdefault(stem, []).append(len(self._sets))
            self._sets.append(stems)
            self._phrases.append(f" {' '.join(terms)} " if len(terms) >= LONG else "")

    def __len__(self) -> int:
        return len(self._sets)

    def meets(self, text: str) -> bool:
        """Whether `text` is one of them, shares `ALIKE` of their joint stems with one, or holds a long one whole."""
        terms = analyze(text)
        stems = _telling(terms)
        said = f" {' '.join(terms)} "
        shared = Counter(at for stem in stems for at in self._having.get(stem, ()))
        return any(
            count >= ALIKE * (len(stems) + len(self._sets[at]) - count)
            or (count == len(self._sets[at]) and self._phrases[at] and self._phrases[at] in said)
            for at, count in shared.items()
        )


def _telling(terms: Iterable[str]) -> frozenset[str]:
    """The stems that tell; all of them where only small words are said."""
    every = frozenset(terms)
    return every - _SMALL or every


def read_queries(path: Path) -> list[str]:
    """The queries of an evaluation: a `.jsonl` file (`text`, `query` or `tags` a line), a `.tsv` file (a heading, the
    text in the last column), or a folder that has one of `NAMES`.

    Raises: UnseenUnreadable.
    """
    found = query_file(path)
    try:
        texts = list(_of_lines(found) if found.suffix == ".jsonl" else _of_table(found))
    except (ValueError, KeyError, TypeError, OSError):
        texts = []
    if not texts:
        raise UnseenUnreadable(
            f'{found} holds no queries; write lines {{"text": ...}}, or a .tsv file with a heading and the text last'
        )
    return texts


def query_file(path: Path) -> Path:
    """The file of queries in a folder, or the file itself. Raises: UnseenUnreadable."""
    if path.is_file():
        return path
    for name in NAMES:
        if (path / name).is_file():
            return path / name
    raise UnseenUnreadable(f"{path} is no file of queries and no folder with {', '.join(NAMES)}")


def _of_lines(path: Path) -> Iterator[str]:
    for line in path.read_text(encoding="utf-8-sig").splitlines():
        if line.strip():
            said = json.loads(line)
            yield said["text"] if "text" in said else said["query"] if "query" in said else " ".join(said["tags"])


def _of_table(path: Path) -> Iterator[str]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        next(rows, None)
        yield from (row[-1] for row in rows if row)

"""The words around a date, cut at separators, masks and other dates."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from retrieval.ingest.dates import DATE, find_ranges
from retrieval.ingest.layout import trim
from retrieval.ingest.wording import MASK

_CUT = re.compile(r"\s{0,3}(?:\||•|\t|\s-\s|\s{3}|;|\s@\s|\s/\s(?=[A-Z][a-z]{2,8}\s\d)|\n)\s{0,3}")
_LETTER = re.compile(r"[^\W\d_]")
_LONGEST = 400


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of words; `line` counts lines from that of the date (-1 is the line above), `after` is behind the date."""

    plain: str
    start: int
    end: int
    line: int
    after: bool

    @property
    def words(self) -> str:
        """What the piece says."""
        return self.plain[self.start : self.end]

    def part(self, start: int, end: int) -> Piece | None:
        """`plain[start:end]` without blanks and separators around it; `None` where less than two signs are left."""
        start, end = trim(self.plain, start, end)
        return replace(self, start=start, end=end) if end - start > 1 else None

    def without(self, other: Piece | None) -> Piece | None:
        """What is left before or behind `other`; `None` where nothing is."""
        if other is None or other.start >= self.end or self.start >= other.end:
            return self
        return self.part(other.end, self.end) if other.start <= self.start else self.part(self.start, other.start)


def cut(plain: str, start: int, end: int, *, line: int, after: bool) -> list[Piece]:
    """The pieces of `plain[start:end]`, of its first 400 characters."""
    end = min(end, start + _LONGEST)
    cuts = [match.span() for match in MASK.finditer(plain, start, end)]
    cuts += [match.span() for match in _CUT.finditer(plain, start, end)]
    cuts += [(date.start, date.end) for date in find_ranges(plain, start, end)]
    # A bare year may be a name's ("Windows 2000 Administrator"); a month and a year are a date.
    cuts += [match.span() for match in DATE.finditer(plain, start, end) if len(match[0]) > 4]
    found: list[Piece] = []
    for cut_start, cut_end in [*sorted(cuts), (end, end)]:
        first, last = trim(plain, start, max(start, cut_start))
        if last - first > 1 and _LETTER.search(plain, first, last):
            found.append(Piece(plain, first, last, line, after))
        start = max(start, cut_end)
    return found

"""Ranges of a text: `(start, end)` pairs, half-open, in characters."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable

Range = tuple[int, int]

ACRONYM = re.compile(r"(?:^|[\s(,/])(?:[A-Za-z]\.)+[A-Za-z]$")
"""Letters with full stops up to the last one ("U.S"), at the end of what is searched."""

_BEFORE = " \t\r\n,;:()\"'-\u2013\u2022*.\u201c\u201d"
_AFTER = " \t\r\n,;:\"'-\u2013.!?(\u201c\u201d"


def trim(text: str, start: int, end: int) -> Range:
    """The range without white space and loose punctuation at its edges; ".NET", "U.S." and "(EHS)" keep theirs."""
    while start < end and text[start] in _BEFORE:
        if text[start] == "." and start + 1 < end and text[start + 1].isalnum():
            break
        if text[start] == "(" and text.find(")", start, end) > 0:
            break
        start += 1
    while end > start and text[end - 1] in _AFTER:
        if text[end - 1] == "." and ACRONYM.search(text[max(start, end - 12) : end - 1]):
            break
        end -= 1
    if end > start and text[end - 1] == ")" and text.find("(", start, end) < 0:
        end -= 1
    return start, max(start, end)


def apart(first: Range, others: Iterable[Range]) -> bool:
    """Whether a range overlaps none of the others."""
    return all(first[1] <= start or first[0] >= end for start, end in others)


class Fence:
    """Ranges that must stay whole."""

    def __init__(self, ranges: Iterable[Range]) -> None:
        self._ranges = sorted(ranges)
        self._starts = [start for start, _ in self._ranges]

    def holds(self, place: int) -> bool:
        """Whether a cut at `place` would part a range."""
        at = bisect_right(self._starts, place) - 1
        return at >= 0 and self._ranges[at][0] < place < self._ranges[at][1]

"""A profile's text as the guard reads it: short units to quote from, and where every stem stands."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable
from functools import cached_property
from typing import NamedTuple

from agents.embedded.marks.words import Word, read_over, words
from agents.verdict import Evidence
from retrieval.addressed import addressed
from retrieval.schema import Span

QUOTE_LIMIT = 240

# Where a sentence ends inside a line, or one bullet follows another.
_BREAK = re.compile(r"(?<=[.;!?])\s+(?=[A-Z\u2022*])|\s+(?=[\u2022\u25cf\u25aa])|\s{4,}")
_EDGE = re.compile(r"[^\s\u2022\u25cf\u25aa\uf0b7*|,;:\-\u2013\u2014\u00b7\u200b\ufeff]")

_NUMBERED = re.compile(r"([a-z]{2,})\d{1,2}")


class Unit(NamedTuple):
    """A line, or a sentence of a long one: what a quote is cut from."""

    start: int
    end: int


class Reading:
    """A profile's text, read once for all requirements.

    `whole=False` says that it is a value out of a text that was gone through: nothing in it is taken for addressed.
    """

    def __init__(self, text: str, *, whole: bool = True) -> None:
        self.text = text
        self._whole = whole
        self._spoken: dict[int, bool] = {}

    @cached_property
    def units(self) -> tuple[Unit, ...]:
        """Lines and sentences in order; they do not overlap."""
        return tuple(Unit(start, end) for start, end in _pieces(self.text))

    @cached_property
    def words(self) -> list[Word]:
        """Every word of the text, in order."""
        return words(self.text)

    @cached_property
    def places(self) -> dict[str, list[int]]:
        """Indices into `words` of each stem, but for words spoken to the reader; "HTML5" is found as HTML too."""
        found: dict[str, list[int]] = defaultdict(list)
        for index, word in enumerate(self.words):
            if self.spoken(self.unit_at(word.start)):
                continue
            found[word.stem].append(index)
            numbered = _NUMBERED.fullmatch(word.stem)
            if numbered:
                found[numbered[1]].append(index)
        return dict(found)

    @cached_property
    def unspoken(self) -> str:
        """The text with spaces where it speaks to the reader: as long, so that places stay what they are."""
        kept, end = [], 0
        for index, unit in enumerate(self.units):
            if self.spoken(index):
                kept += [self.text[end : unit.start], " " * (unit.end - unit.start)]
                end = unit.end
        return "".join((*kept, self.text[end:]))

    def said(self, index: int) -> str:
        """A word as it reads, in lower case."""
        word = self.words[index]
        return read_over(self.text[word.start : word.end]).lower()

    @cached_property
    def _starts(self) -> list[int]:
        return [unit.start for unit in self.units]

    def unit_at(self, position: int) -> int:
        """Index of the unit that holds a character, or of the one before it."""
        return max(0, bisect_right(self._starts, position) - 1)

    def spoken(self, unit: int) -> bool:
        """True where a unit speaks to whoever reads the profile: it is no evidence of anything."""
        if unit not in self._spoken:
            start, end = self.units[unit]
            self._spoken[unit] = any(span.start < end and start < span.end for span in self.addressed)
        return self._spoken[unit]

    @cached_property
    def addressed(self) -> tuple[Span, ...]:
        """Lines that speak to whoever reads the profile, or are hidden from people."""
        return addressed(self.text) if self._whole else ()

    def units_in(self, start: int, end: int) -> range:
        """Indices of the units that touch a range of characters."""
        first = self.unit_at(start)
        return range(first, max(first, self.unit_at(max(start, end - 1))) + 1) if self.units else range(0)

    def quote(self, start: int, end: int) -> Evidence | None:
        """The unit around `text[start:end]`, trimmed to `QUOTE_LIMIT` characters about it; `None` if nothing shows."""
        if not self.units or self.spoken(self.unit_at(start)):
            return None
        index = self.unit_at(start)
        unit = self.units[index]
        low, high = min(unit.start, start), unit.end
        if end > unit.end and index + 1 < len(self.units) and not self.spoken(index + 1):
            high = max(high, min(self.units[index + 1].end, end))
        if high - low > QUOTE_LIMIT:
            low, high = self._trimmed(low, high, start, min(end, high))
        return cut(self.text, low, high)

    def opening(self) -> Evidence | None:
        """The first line, where a resume names the person's trade."""
        return (
            cut(self.text, self.units[0].start, min(self.units[0].end, self.units[0].start + 120))
            if (self.units and not self.spoken(0))
            else None
        )

    def find(self, said: str, within: Span | None = None) -> Span | None:
        """Where a value taken from this text stands in it, white space and case aside."""
        low, high = (within.start, within.end) if within else (0, len(self.text))
        start = self.text.find(said, low, high) if said.strip() else -1
        if start >= 0:
            return Span(start=start, end=start + len(said))
        pieces = [re.escape(piece) for piece in said.split()]
        if not pieces:
            return None
        match = re.compile(r"\s+".join(pieces), re.IGNORECASE).search(self.text, low, high)
        return Span(start=match.start(), end=match.end()) if match else None

    def fact(self, span: Span | None, said: str | None) -> Evidence | None:
        """Evidence for a structured value: its own span, or the first place that says it."""
        if span is not None and span.start < span.end <= len(self.text):
            place: Span | None = Span(start=span.start, end=min(span.end, span.start + QUOTE_LIMIT))
            narrow = self.find(said, span) if said else None
            place = narrow or place
        else:
            place = self.find(said) if said else None
        return self.quote(place.start, place.end) if place else None

    def _trimmed(self, low: int, high: int, start: int, end: int) -> tuple[int, int]:
        """A window of at most `QUOTE_LIMIT` characters in `[low, high)` around `[start, end)`, cut at white space."""
        end = min(end, start + QUOTE_LIMIT)
        spare = QUOTE_LIMIT - (end - start)
        left = max(low, start - spare // 2)
        right = min(high, left + QUOTE_LIMIT)
        left = max(low, right - QUOTE_LIMIT)
        if left > low:
            gap = re.compile(r"\s").search(self.text, left, start)
            left = gap.end() if gap else left
        if right < high:
            gap_at = max(self.text.rfind(" ", end, right), self.text.rfind("\n", end, right))
            right = gap_at if gap_at > 0 else right
        return left, right


def cut(text: str, start: int, end: int) -> Evidence | None:
    """Evidence for a range of the text, without bullets, commas and white space at its edges."""
    first = _EDGE.search(text, start, end)
    if first is None:
        return None
    start = first.start()
    end = start + len(text[start:end].rstrip())
    return Evidence(quote=text[start:end], span=Span(start=start, end=end))


def distinct(found: Iterable[Evidence | None], limit: int = 2) -> tuple[Evidence, ...]:
    """The first `limit` pieces of evidence that do not overlap."""
    kept: list[Evidence] = []
    for evidence in found:
        if evidence is None or len(kept) == limit:
            continue
        if all(evidence.span.end <= other.span.start or other.span.end <= evidence.span.start for other in kept):
            kept.append(evidence)
    return tuple(kept)


def _pieces(text: str) -> Iterable[tuple[int, int]]:
    position = 0
    for line in text.splitlines(keepends=True):
        low = position
        for gap in _BREAK.finditer(line.rstrip()):
            if position + gap.start() > low:
                yield low, position + gap.start()
            low = position + gap.end()
        position += len(line)
        end = low + len(text[low:position].rstrip())
        if end > low:
            yield low, end

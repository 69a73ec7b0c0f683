"""How long somebody has worked: from the dates of the jobs, or, where none is dated, from the words that say so."""

from __future__ import annotations

import re
from collections.abc import Sequence

from retrieval.ingest.layout import Sheet
from retrieval.schema import PartialDate, Position

_WORDS = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
    " eighteen nineteen twenty"
)
_NUMBERS = {word: number for number, word in enumerate(_WORDS.split(), 1)}
_STATED = re.compile(
    rf"\b(?P<n>\d{{1,2}}|{'|'.join(_NUMBERS)})(?:\s?\(\d{{1,2}}\))?"
    r"\s?\+?(?:\splus)?\s?(?:-\s?)?(?:years?|yrs?)['’]?"
    r"\s(?:of\s)?(?:[\w-]{1,30}\s){0,6}?(?:experience|exp\b)"
    r"|experience\s(?:of\s)?(?:over\s|more than\s)?(?P<m>\d{1,2})\+?\s(?:years|yrs)",
    re.IGNORECASE,
)
_LONGEST = 60


def years_of(
    positions: Sequence[Position],
    *,
    as_of: PartialDate | None,
    latest: PartialDate | None = None,
    stated: float | None = None,
) -> float | None:
    """Years covered by the dated jobs, overlaps counted once; where no job is dated, `stated`.

    A job that goes on lasts until `as_of`. Where that is unknown it lasts until the latest date known (of any job, or
    `latest`), so the answer is what the text proves, never today's clock. Such a sum is a lower bound: more years that
    the person states then count, and less than a year of it proves nothing and is unknown.
    """
    dated = [p for p in positions if p.start and (p.end or p.current)]
    if not dated:
        return stated
    if as_of and any(p.start and _first(p) > as_of.months for p in positions):
        as_of = None  # a template's date, say: the text is younger than its file claims
    until = max(max(_first(p), _last(p)) for p in positions if p.start)
    until = max(until, as_of.months if as_of else 0, latest.months if latest else 0)
    total, reached = 0, -1
    for first, last in sorted((_first(p), until if p.current else _last(p)) for p in dated):
        total += max(0, last - max(first, reached))
        reached = max(reached, last)
    years = round(total / 12, 1)
    if years > _LONGEST:
        return None
    if as_of is None and any(p.current for p in dated):
        years = max(years, stated or 0.0)
        return years if years >= 1 else None
    return years


def stated_years(sheet: Sheet) -> float | None:
    """The most years of experience that the head or summary states ("over 10 years of experience")."""
    found: list[float] = []
    for section in sheet.of("head", "summary", "highlights"):
        for match in _STATED.finditer(sheet.plain, section.start, min(section.end, section.start + 6000)):
            word = (match["n"] or match["m"]).lower()
            years = float(_NUMBERS.get(word, 0) or (int(word) if word.isdigit() else 0))
            if 0 < years <= 50:
                found.append(years)
    return max(found, default=None)


def _first(position: Position) -> int:
    return position.start.months if position.start else 0


def _last(position: Position) -> int:
    """The month after the last one worked; between two bare years whole years pass."""
    if position.end is None:
        return _first(position)
    return position.end.months + (1 if position.end.month else 0)

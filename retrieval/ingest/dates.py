"""Dates and ranges of dates as resumes write them: "July 2011 to November 2012", "08/2013 - Current", "2010-14"."""

from __future__ import annotations

import re
from dataclasses import dataclass

from retrieval.schema import PartialDate

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_SEASONS = {"winter": 1, "spring": 3, "summer": 6, "fall": 9, "autumn": 9}
_NAME = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)\.?"
)
_YEAR = r"(?:19[4-9]\d|20[0-4]\d)"
_DATE = (
    rf"(?:{_NAME}[\s,./-]{{0,3}}(?:\d{{1,2}}(?:st|nd|rd|th)?,?[ ]{{1,2}})?{_YEAR}(?!\d)"
    rf"|{_NAME}[ ]?'\d\d(?!\d)"
    rf"|(?:winter|spring|summer|fall|autumn)[\s,of]{{1,5}}{_YEAR}(?!\d)"
    rf"|(?:0?[1-9]|1[0-2])[/.-](?:\d{{1,2}}[/.-])?{_YEAR}(?!\d)"
    rf"|{_YEAR}[/.-](?:0[1-9]|1[0-2])(?![\d])(?:[/.-]\d\d(?!\d))?"
    rf"|{_YEAR}(?![\d/%])"
    rf"|(?:0?[1-9]|1[0-2])/\d\d(?![\d/]))"
)
_NOW = r"(?:current(?:ly)?|present(?:ly)?|now|today|ongoing|to[ ]date|till[ ]date|date)(?!\w)"
_TO = r"(?:\s{0,4}(?:-{1,2}|~|to|until|till|thru|through|->)\s{0,4}|\s{1,2}(?=current|present))"
DATE = re.compile(rf"(?<![\w$./#-]){_DATE}", re.IGNORECASE)
_RANGE = re.compile(
    rf"(?<![\w$./#-])(?:(?P<start>{_DATE})[)]?{_TO}[(]?(?P<end>{_DATE}|{_NOW})"
    rf"|since[ ]{{1,2}}(?P<since>{_DATE})"
    rf"|(?P<m1>{_NAME})\s{{0,2}}(?:-|to)\s{{0,2}}(?P<m2>{_NAME}[\s,]{{0,2}}{_YEAR})(?!\d))",
    re.IGNORECASE,
)
# Every range holds one of these; looking only around them is ten times as fast as looking everywhere.
_HINT = re.compile(rf"{_YEAR}|/\d\d|'\d\d")
_AROUND = 48
_ANY_YEAR = re.compile(rf"(?<![\d$.,/#-]){_YEAR}(?![\d%])")


@dataclass(frozen=True, slots=True)
class DateRange:
    """`plain[start:end]` says from when to when; `until` is `None` where it goes on (`current`)."""

    start: int
    end: int
    since: PartialDate
    until: PartialDate | None
    current: bool


def find_ranges(plain: str, start: int, end: int) -> list[DateRange]:
    """Ranges of dates inside `plain[start:end]`; those that run backwards or hold impossible dates are left out."""
    found: list[DateRange] = []
    reached = start
    for hint in _HINT.finditer(plain, start, end):
        if hint.start() < reached:
            continue
        match = _RANGE.search(plain, max(reached, hint.start() - _AROUND), min(end, hint.end() + _AROUND))
        if match is None:
            continue
        reached = match.end()
        last = match["end"] or match["m2"]
        since = parse_date(match["start"] or match["since"] or f"{match['m1']} {match['m2'][-4:]}")
        until = parse_date(last) if last else None
        current = until is None
        if since is None or (last and not current and until is None):
            continue
        if until and until.months + (11 if until.month is None else 0) < since.months:
            continue
        found.append(DateRange(match.start(), match.end(), since, until, current))
    return found


def parse_date(words: str) -> PartialDate | None:
    """One date; `None` for words such as "current" and for what is no date."""
    low = words.strip().lower()
    year = _ANY_YEAR.search(low) or re.search(_YEAR, low)
    if year is None:
        short = re.search(r"['/](\d\d)$", low)
        if not short:
            return None
        # Two digits: no resume speaks of 2050, many of 1998.
        number = int(short[1]) + (2000 if int(short[1]) < 50 else 1900)
    else:
        number = int(year[0])
    month: int | None = None
    if low[:3] in _MONTHS:
        month = _MONTHS.index(low[:3]) + 1
    elif season := next((m for name, m in _SEASONS.items() if low.startswith(name)), None):
        month = season
    elif first := re.match(r"(\d{1,2})[/.-]", low):
        month = int(first[1])
    elif second := re.match(r"\d{4}[/.-](\d\d)", low):
        month = int(second[1])
    return PartialDate(year=number, month=month if month and 1 <= month <= 12 else None)


def last_year(plain: str, start: int, end: int) -> tuple[int, int, PartialDate] | None:
    """The latest single date inside `plain[start:end]` with its place."""
    best: tuple[int, int, PartialDate] | None = None
    for match in DATE.finditer(plain, start, end):
        date = parse_date(match[0])
        if date and (best is None or date.months > best[2].months):
            best = (match.start(), match.end(), date)
    return best

"""Years of experience in a request; not ages, terms of a contract, or "the last 5 years"."""

from __future__ import annotations

import re

from agents.embedded.facts import Fact, FactKind
from agents.embedded.grammar import expression

_SMALL = "one two three four five six seven eight nine ten eleven twelve"
_NUMBERS = {**{word: number for number, word in enumerate(_SMALL.split(), start=1)}, "fifteen": 15, "twenty": 20}
_YEARS = expression("facts.years")
_BEFORE = expression("facts.not_years_before")
_AFTER = expression("facts.not_years_after")
_LEAD = re.compile(r"(?:with|having|has|have|who has|and|minimum|at least|,)\s*$", re.IGNORECASE)
_OF_ONE_THING = re.compile(r"\s+(?:of|in|with|as|using|working|doing|managing|leading)\b", re.IGNORECASE)


def find_years(text: str) -> list[Fact]:
    """Every mention, in order; "5+", "at least 5" and "5" are a minimum, "up to 5" a maximum, "3-5" both."""
    found: list[Fact] = []
    for match in _YEARS.finditer(text):
        before, after = text[max(0, match.start() - 20) : match.start()], text[match.end() : match.end() + 20]
        if _AFTER.match(after) or (_BEFORE.search(before) and not match["of"]):
            continue
        minimum, maximum = _bounds(match)
        start = match.start() + (len(match[0]) - len(match[0].lstrip()))
        lead = _LEAD.search(text, max(0, start - 20), start)
        found.append(
            Fact(
                kind=FactKind.YEARS,
                start=lead.start() if lead else start,
                end=match.end(),
                first=start,
                last=match.end(),
                minimum=minimum,
                maximum=maximum,
                overall=bool(match["of"]) or not _OF_ONE_THING.match(after),
            )
        )
    return found


def overall(found: list[Fact]) -> Fact | None:
    """Which of several mentions is the experience in all: one of no single thing, else the longest."""
    plain = [fact for fact in found if fact.overall] or found
    return max(plain, key=lambda fact: fact.minimum or fact.maximum or 0, default=None)


def _bounds(match: re.Match[str]) -> tuple[float | None, float | None]:
    low = _number(match["low"])
    high = _number(match["high"]) if match["high"] else None
    if high is not None and (high < low or match["plus2"]):
        high = None
    if match["most"] and not match["least"]:
        return (None, low) if high is None else (low, high)
    return low, high


def _number(said: str) -> float:
    return float(_NUMBERS.get(said.lower()) or said)

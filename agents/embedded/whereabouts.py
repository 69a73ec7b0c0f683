"""Where the person should live: places named so or standing alone, not the seat of a market, a client or a school."""

from __future__ import annotations

import re
from dataclasses import replace

from agents.embedded.facts import Fact, FactKind
from agents.embedded.grammar import expression
from retrieval.lexicon import find_places

_LOCATED = expression("facts.located")
_LIVES = re.compile(r"\b(?:based|located|living|lives?|resid\w+|relocat\w+|local|location|from|only)\b", re.IGNORECASE)
_STARTS = expression("facts.place_starts")
_STOPS = re.compile(r"\s*(?:$|[,;.:\n)?!]|or\b|and\b|only\b|-)", re.IGNORECASE)
_MORE = re.compile(
    r"\s*(?:(?:,|/|or|and|&|, ?or|, ?and|nor|and/or)\s*(?:in\s+|near\s+|the\s+|from\s+)*)?", re.IGNORECASE
)
_AFTER = expression("facts.place_after")
_ELSEWHERE = expression("facts.other_placed")
_MAY_WORK = expression("facts.outside_work")
# What somebody has done was done there; where they live is another thing.
_DONE_THERE = expression("facts.done_there")
_FOR = re.compile(r"\bfor\s*$", re.IGNORECASE)


def find_whereabouts(text: str) -> list[Fact]:
    """Places wanted, in order; `start` takes in "based in" and the like."""
    found: list[Fact] = []
    known = find_places(text)
    begins = {span.start for span, _ in known}
    for span, place in known:
        before, after = text[max(0, span.start - 160) : span.start], text[span.end : span.end + 40]
        tail = _AFTER.match(after)
        end = span.end + (tail.end() if tail else 0)
        lead = _LOCATED.search(before)
        follows = bool(found) and _MORE.fullmatch(text, found[-1].end, span.start) is not None
        if follows and place.kind in ("region", "country") and not text[found[-1].end : span.start].strip():
            # "Phoenix Arizona" is one place.
            found[-1] = replace(found[-1], end=end, last=span.end)
            continue
        stands = bool(_STARTS.search(before)) and (end + 1 in begins or bool(_STOPS.match(text, end)))
        based = bool(tail and "based" in tail[0].lower())
        within = span.of(text)[:6].lower() == "within"
        if re.match(r"-(?!based)\w", after) or not (lead or follows or stands or based or within):
            continue
        if lead and not _lives_there(before, lead, text[end : end + 6], based=based):
            continue
        start = span.start - len(lead[0].lstrip()) if lead else span.start
        found.append(
            Fact(
                kind=FactKind.LOCATION,
                start=found[-1].end if follows and not lead else start,
                end=end,
                first=span.start,
                last=span.end,
                name=place.name,
            )
        )
    return found


def _lives_there(before: str, lead: re.Match[str], after: str, *, based: bool) -> bool:
    """Whether "in", "from" or "based in" before a place speaks of the person."""
    if _ELSEWHERE.search(before) or _MAY_WORK.search(before):
        return False
    if _FOR.search(lead[0]) and not re.match(r"\s*(?:$|[,;.:])", after):
        return False
    return based or bool(_LIVES.search(lead[0])) or not _DONE_THERE.search(before)

"""Human languages that the person should speak; not subjects that they teach."""

from __future__ import annotations

import re

from agents.embedded.facts import Fact, FactKind
from agents.embedded.grammar import expression
from retrieval.lexicon import find_languages

_BEFORE = expression("facts.spoken")
_AFTER = expression("facts.spoken_after")
_SUBJECT = expression("facts.subject_after")
_MORE = re.compile(r"\s*(?:,|/|or|and|&|, or|, and|-)\s*", re.IGNORECASE)
_STARTS = re.compile(r"(?:^|[,;:\n(]|\b(?:also|add|no|not|and|or|preferably|ideally|plus))\s*$", re.IGNORECASE)
_STOPS = re.compile(r"\s*(?:$|[,;.:\n)?!]|and\b|or\b|/)", re.IGNORECASE)
_AHEAD = re.compile(r"\s*(?:,|/|or|and|&)\s*\w+[\s-]+(?:speak|fluen|bilingual|language|proficien)", re.IGNORECASE)


def find_spoken(text: str) -> list[Fact]:
    """Languages wanted, in order, each with its English name; the value takes in "speaks" and "fluent in"."""
    found: list[Fact] = []
    for span, name in find_languages(text):
        before, after = text[max(0, span.start - 60) : span.start], text[span.end : span.end + 40]
        if _SUBJECT.match(after):
            continue
        lead, tail = _BEFORE.search(before), _AFTER.match(after)
        follows = bool(found) and _MORE.fullmatch(text, found[-1].last, span.start) is not None
        stands = bool(_STARTS.search(before)) and bool(_STOPS.match(after))
        if not (lead or (tail and tail[0].strip()) or follows or stands or _AHEAD.match(after)):
            continue
        start = span.start - (len(before) - lead.start() if lead else 0)
        end = span.end + (tail.end() if tail else 0)
        found.append(
            Fact(
                kind=FactKind.LANGUAGE,
                start=found[-1].end if follows and not lead else start,
                end=end,
                first=start if lead and not follows else span.start,
                last=end,
                name=name,
            )
        )
    return found

"""What remains of a clause once titles and facts are taken out: requirements kept as text, and the skills in them."""

from __future__ import annotations

import re

from agents.embedded import cues
from agents.embedded.grammar import expression, words
from agents.embedded.ranges import Range, trim
from retrieval.schema import Kind

_WITH = expression("requirements.with")
_WORKS = expression("requirements.works")
_WHO = re.compile(r"\s+(?:and\s+)?(?:who|that)(?:'s|'ve)?\s+", re.IGNORECASE)
_WORD = re.compile(r"[^\W_][^\s,;:()!?\"/]*")
_EMPTY = words("requirements.empty")
_CERTIFIED = expression("requirements.certified")
_STUDIED = re.compile(
    r"\b(?:degree|education|universit\w+|college|graduate[ds]?|diploma|school|academic|major(?:ed)?)\b", re.IGNORECASE
)


def says_something(words: str) -> bool:
    """Whether words say more than what holds a sentence up."""
    for match in _WORD.finditer(words):
        word = match.group()
        if word.lower().rstrip(".'") not in _EMPTY and (len(word) > 1 or word in "CR" or word.isdigit()):
            return True
    return False


def strip(text: str, start: int, end: int) -> Range:
    """The range without what leads in and what trails off; empty where nothing is said."""
    start, end = trim(text, start, end)
    while start < end:
        lead = cues.LEAD.match(text, start, end)
        if not lead or lead.end() == start or lead.end() > end:
            break
        start, end = trim(text, lead.end(), end)
    tail = cues.TRAIL.search(text[max(start, end - 120) : end])
    if tail:
        end = max(start, max(start, end - 120) + tail.start())
    start, end = trim(text, start, end)
    return (start, end) if says_something(text[start:end]) else (start, start)


def chunks(text: str, start: int, end: int, taken: list[Range], *, after_title: bool) -> list[Range]:
    """The parts of `text[start:end]` outside `taken`, each a requirement of its own."""
    runs: list[Range] = []
    place = start
    for first, last in sorted(taken):
        if last <= start or first >= end:
            continue
        if first > place:
            runs.append((place, first))
        place = max(place, last)
    if place < end:
        runs.append((place, end))
    found: list[Range] = []
    for number, (first, last) in enumerate(runs):
        cuts = [match.span() for match in _WITH.finditer(text, first, last)]
        if after_title and number == 0:
            who = _WHO.search(text, first, last)
            cuts += [who.span()] if who else []
        at = first
        for cut_start, cut_end in sorted(cuts):
            if cut_start < at or _WORKS.match(text[at:cut_start]):
                continue
            found.append((at, cut_start))
            at = cut_end
        found.append((at, last))
    stripped = [strip(text, *piece) for piece in found]
    return [piece for piece in stripped if piece[0] < piece[1]]


def kind_of(words: str, skills: list[str]) -> Kind:
    """What a requirement speaks of."""
    if _CERTIFIED.search(words):
        return Kind.CERTIFICATION
    if _STUDIED.search(words) and len(words.split()) <= 8:
        return Kind.EDUCATION
    rest = len(words.split()) - sum(len(skill.split()) for skill in skills)
    return Kind.SKILL if skills and rest <= 3 else Kind.EXPERIENCE

"""Degrees with their fields, and schools, in a request."""

from __future__ import annotations

import re

from agents.embedded.facts import Fact, FactKind
from agents.embedded.grammar import expression
from agents.embedded.ranges import apart
from retrieval.lexicon import find_degrees

_OR = re.compile(r"[\s,]*(?:or|/|and|and/or|,)\s*(?:an?\s+)?(?:\w+\s+)?", re.IGNORECASE)
_WORD = re.compile(r"\s*degrees?\b", re.IGNORECASE)
_FIELD = expression("facts.field")
_ALTERNATIVES = re.compile(r",\s*(?:or|and)\s|\bor\b[^,]*$", re.IGNORECASE)
_TOP_SCHOOL = expression("facts.top_school")
_SCHOOL = expression("facts.school", any_case=False)
_STUDIED_AT = expression("facts.studied_at")
_NOT_STUDIED = expression("facts.not_studied")
_TOP_FIELD = expression("facts.studied_field")
_GRADUATE = re.compile(r"(?:graduates?|grads?|alum\w+)$")


def find_studies(text: str) -> list[Fact]:
    """Degrees and schools wanted, in order."""
    found = _degrees(text)
    for match in _TOP_SCHOOL.finditer(text):
        words = match.span("words")
        taken = [(fact.start, fact.end) for fact in found]
        if apart(words, taken) and not _NOT_STUDIED.search(text, max(0, match.start() - 20), match.start()):
            field = _TOP_FIELD.search(text[slice(*words)])
            found.append(
                Fact(
                    kind=FactKind.EDUCATION,
                    start=match.start(),
                    end=words[1],
                    first=words[0],
                    last=words[1],
                    name=field["field"] if field else None,
                )
            )
    for match in _SCHOOL.finditer(text):
        name = match.span("name")
        said = _STUDIED_AT.search(text, max(0, match.start() - 40), match.start()) or _GRADUATE.search(match[0])
        if said and apart(name, [(fact.start, fact.end) for fact in found]):
            found.append(
                Fact(
                    kind=FactKind.SCHOOL,
                    start=match.start(),
                    end=match.end(),
                    first=name[0],
                    last=name[1],
                    name=match["name"],
                )
            )
    return sorted(found, key=lambda fact: fact.start)


def _degrees(text: str) -> list[Fact]:
    """Degrees; "Bachelor's or Master's degree in X, Y, or Z" is one, of the lower level."""
    found: list[Fact] = []
    for span, named in find_degrees(text):
        start, end, level, name = span.start, span.end, named, None
        if found and (start < found[-1].end or _OR.fullmatch(text, found[-1].end, start)):
            before = found.pop()
            start = before.start
            level = min(level, before.level) if before.level is not None else level
        word = _WORD.match(text, end)
        end = word.end() if word else end
        field = _FIELD.match(text, end)
        if field:
            end = field.end("field")
            said = text[field.start("field") : end]
            if "," in said and not _ALTERNATIVES.search(said):
                end = field.start("field") + said.index(",")
            name = text[field.start("field") : end].strip(" ,")
        found.append(Fact(kind=FactKind.EDUCATION, start=start, end=end, first=start, last=end, level=level, name=name))
    return found

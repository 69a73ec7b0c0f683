"""Skills in a resume: the points of its lists of skills."""

from __future__ import annotations

import re
from collections.abc import Iterator

from retrieval.ingest.layout import Section, Sheet, trim
from retrieval.ingest.wording import MASK
from retrieval.lexicon import skill_names
from retrieval.schema import Skill, Span

_MOST = 120
_WRAPPED = 70
_ITEM = re.compile(r"[,;•|\t\n()]|\s{3}|\.\s+(?=[A-Z])|:\s|\s-\s")
_SKILL_WORDS, _SKILL_LENGTH = 6, 50
_NOT_SKILL = re.compile(
    r"^(?:and|or|with|in|the|to|of|for|including|etc\.?|such as|i|my|years?|page|\d+\s?\+?\s?(?:years?|wpm)?|skills?"
    r"|strong|very|other|proficient in|proficient with|basic|advanced|intermediate|beginner|expert|proficient|fluent"
    r"|excellent|good|current|familiar|experienced|other skills|accomplishments|knowledge|<\w+>)$",
    re.IGNORECASE,
)
_LEAD_IN = re.compile(
    r"(?:and|including|proficient (?:in|with)|knowledge of|experienced? (?:in|with))\s", re.IGNORECASE
)
_PROSE = re.compile(
    r"\b(?:I|my|our|we|was|is|are|have|has|had|it|that|which|who|were)\b|^(?:as well as|takes?|able|our|with)\b",
    re.IGNORECASE,
)
_LETTERS = re.compile(r"[A-Za-z]{2}")
_TOKEN = re.compile(r"[A-Za-z0-9][\w+#./&-]*")


def find_skills(sheet: Sheet) -> list[Skill]:
    """What lists under headings of skills name, each once, in order; sentences are searched for known names only."""
    found: dict[str, Skill] = {}
    for section in sheet.of("skills", "highlights"):
        for start, end in _items(sheet.plain, section):
            for first, last in _skills_in(sheet.plain, start, end):
                name = " ".join(sheet.text[first:last].split())
                if len(found) < _MOST:
                    found.setdefault(name.lower(), Skill(name=name, span=Span(start=first, end=last)))
    return list(found.values())


def _items(plain: str, section: Section) -> Iterator[tuple[int, int]]:
    """The points of a list: at commas where it is a comma list (whose points may run over lines), else at line ends."""
    lines = section.lines
    commas = plain.count(",", section.start, section.end) + plain.count(";", section.start, section.end)
    points = sum(line.bullet for line in lines)
    runs = [(section.start, section.end)]
    wrapped = any(line.end - line.start > _WRAPPED for line in lines)
    if commas < len(lines) or points * 2 > len(lines) or not wrapped:
        runs = [(line.start, line.end) for line in lines]
    for start, end in runs:
        where = start
        for cut in _ITEM.finditer(plain, start, end):
            if cut[0] == "\n" and len(runs) == 1:
                continue
            yield trim(plain, where, cut.start())
            where = cut.end()
        yield trim(plain, where, end)


def _skills_in(plain: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    words = plain[start:end]
    if not words or MASK.search(words):
        return
    while words and (bare := _LEAD_IN.match(words)):
        start += bare.end()
        words = plain[start:end]
    if words.endswith("."):
        end, words = end - 1, words[:-1]
    known = " ".join(words.lower().split()) in skill_names()
    short = len(words.split()) <= _SKILL_WORDS and 1 < len(words) <= _SKILL_LENGTH
    if _NOT_SKILL.match(words):
        return
    if known or (short and _LETTERS.search(words) and not _PROSE.search(words)):
        yield start, end
    elif not short:
        yield from _known(plain, start, end)


def _known(plain: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Known names inside a sentence, the longest first; a single word needs a capital, and not as the first word."""
    known = skill_names()
    tokens = [(m.start(), m.end()) for m in _TOKEN.finditer(plain, start, min(end, start + 2000))]
    index = 0
    while index < len(tokens):
        for count in (4, 3, 2, 1):
            if index + count > len(tokens):
                continue
            first, last = tokens[index][0], tokens[index + count - 1][1]
            name = plain[first:last].rstrip(".")
            if count == 1 and (index == 0 or not name[0].isupper() or len(name) < 2):
                continue
            if " ".join(name.lower().split()) in known and not _NOT_SKILL.match(name):
                yield first, first + len(name)
                index += count - 1
                break
        index += 1

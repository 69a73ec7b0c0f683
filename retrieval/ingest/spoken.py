"""Human languages that somebody speaks, as a resume says it."""

from __future__ import annotations

import re

from retrieval.ingest.layout import Line, Sheet
from retrieval.lexicon import find_languages
from retrieval.schema import Language, Span

_LEVEL = re.compile(
    r"(?P<level>native|fluent|bilingual|conversational|basic|intermediate|advanced|proficient|professional|beginner"
    r"|limited|working|mother tongue|elementary)",
    re.IGNORECASE,
)
_SPOKEN = re.compile(
    r"\b(?:fluent(?:ly)?|bilingual|trilingual|multilingual|speak(?:s|ing)?|spoken|native|conversational|proficien(?:t|cy)"
    r"|languages?\s?(?:skills|spoken)?\s?[:(-]|(?:read|write)(?:,? (?:and|&)? ?(?:speak|write))?)\b[^.\n]{0,90}",
    re.IGNORECASE,
)
_AFTER_SPOKEN = re.compile(
    r"[\s(:-]{1,3}(?:speaking|speaker|fluen\w+|bilingual|native|conversational|language)\b", re.IGNORECASE
)


def find_spoken(sheet: Sheet) -> list[Language]:
    """Languages under a heading of their own, or said to be spoken ("fluent in", "bilingual", "Spanish speaking")."""
    found: dict[str, Language] = {}
    for section in sheet.of("languages"):
        for line in section.lines[:20]:
            _languages_in(sheet, line.start, min(line.end, line.start + 400), found)
    for match in _SPOKEN.finditer(sheet.plain):
        _languages_in(sheet, match.start(), match.end(), found)
    for section in sheet.of("head", "summary", "skills", "highlights", "accomplishments", "other"):
        for line in section.lines:
            if line.end - line.start < 300 and _AFTER_SPOKEN.search(sheet.plain, line.start, line.end):
                for span, name in find_languages(sheet.plain[line.start : line.end]):
                    if _AFTER_SPOKEN.match(sheet.plain, line.start + span.end):
                        _add_language(sheet, line.start + span.start, line.start + span.end, name, found, line)
    return list(found.values())


def _languages_in(sheet: Sheet, start: int, end: int, found: dict[str, Language]) -> None:
    for span, name in find_languages(sheet.plain[start:end]):
        _add_language(
            sheet, start + span.start, start + span.end, name, found, Line(start=start, end=end, bullet=False)
        )


def _add_language(sheet: Sheet, start: int, end: int, name: str, found: dict[str, Language], around: Line) -> None:
    if name in found:
        return
    plain = sheet.plain
    after = _LEVEL.search(plain, end, min(around.end, end + 22))
    before = _LEVEL.search(plain, max(around.start, start - 22), start)
    between = plain[end : after.start()] if after else ""
    level = after if after and not re.search(r"[,;/&]|\band\b", between) else before
    found[name] = Language(name=name, level=level["level"].lower() if level else None, span=Span(start=start, end=end))

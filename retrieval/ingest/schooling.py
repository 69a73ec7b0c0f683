"""Courses of study in a resume: degree, level, field, school and year, each only where the words say so."""

from __future__ import annotations

import re

from retrieval.ingest.dates import find_ranges, last_year
from retrieval.ingest.layout import Line, Sheet, trim
from retrieval.ingest.study_words import degree_end, field_before, find_field, find_school
from retrieval.lexicon import degree_level, find_degrees
from retrieval.schema import Education, EducationLevel, PartialDate, Span

_BARE = re.compile(r"(?:B\.?A|B\.?S|M\.?A|M\.?S|A\.?A|A\.?S)\b\.?(?=\s*[,:(-]|\s+[A-Z][a-z]{3,})")
_SPOKEN_OF = re.compile(
    r"(?:required|working towards?|equivalent to|prefer\w*|for|teach\w*|students?|toward|credits|units|helped"
    r"|coursework)\s(?:a |an |the |my |in )*$"
)
_LONGEST = 260


def find_education(sheet: Sheet) -> list[Education]:
    """Courses in the order of the text. Without an education section only lines that start with a degree count."""
    sections = list(sheet.of("education"))
    lines = [line for section in sections for line in section.lines]
    found: list[Education] = []
    if sections:
        for number, line in enumerate(lines):
            following = lines[number + 1] if number + 1 < len(lines) else None
            before = lines[number - 1] if number else None
            found += _in_line(sheet, line, before, following)
        return _distinct(found)
    for section in sheet.of("certifications", "accomplishments", "other", "summary", "highlights", "experience"):
        for line in section.lines:
            if line.end - line.start < 160 and not line.bullet:
                found += [e for e in _in_line(sheet, line, None, None) if _leads(sheet, e, line)]
    return _distinct(found)


def _leads(sheet: Sheet, education: Education, line: Line) -> bool:
    degree = education.degree
    return (
        bool(degree)
        and sheet.text[line.start : line.start + len(degree or "")] == degree
        and bool(education.field or education.school)
    )


def _in_line(sheet: Sheet, line: Line, before: Line | None, following: Line | None) -> list[Education]:
    """Courses that a line names; a school or year may stand on the line above or below."""
    plain = sheet.plain
    text = plain[line.start : min(line.end, line.start + 600)]
    degrees = [(span, level) for span, level in find_degrees(text) if not _prose(text, span)]
    bare = _BARE.match(text) if not degrees else None
    if bare and (level := degree_level(text)) is not None:
        degrees = [(Span(start=0, end=bare.end()), level)]
    found: list[Education] = []
    for number, (span, level) in enumerate(degrees):
        start = line.start + span.start
        stop = line.start + (degrees[number + 1][0].start if number + 1 < len(degrees) else len(text))
        top = line.start if number == 0 and span.start < 90 else start
        found.append(
            _course(
                sheet, (start, line.start + span.end), level, top, stop, before, following if stop == line.end else None
            )
        )
    # "BS/BA degree", "Bachelor's or Master's": one course named twice on a line keeps the first of a level.
    return [
        e
        for n, e in enumerate(found)
        if not any(e.level == o.level and not e.field and not e.school for o in found[:n])
    ]


def _prose(text: str, span: Span) -> bool:
    """Whether a degree is spoken of rather than listed."""
    before = text[max(0, span.start - 60) : span.start].lower()
    after = text[span.end : span.end + 30].lower()
    return bool(_SPOKEN_OF.search(before)) or after.startswith(
        (" students", " program for", " required", " classes", " courses")
    )


def _course(
    sheet: Sheet,
    degree: tuple[int, int],
    level: EducationLevel,
    top: int,
    stop: int,
    before: Line | None,
    following: Line | None,
) -> Education:
    plain = sheet.plain
    start, end = degree
    end = degree_end(plain, start, end)
    field = find_field(plain, start, end, stop) if level is not EducationLevel.SECONDARY else None
    field_end = field[1] if field else end
    school = find_school(plain, field_end, stop) or find_school(plain, top, start)
    if field is None and school and school[0] > end and level is not EducationLevel.SECONDARY:
        field = field_before(plain, end, school)
    bottom = stop
    dates = _dates(plain, top, stop)
    extended = top
    for near in (following, before):
        if near is None or find_degrees(plain[near.start : min(near.end, near.start + 300)]):
            continue
        if near.end - near.start > _LONGEST or (near is following and near.bullet):
            continue
        near_school = find_school(plain, near.start, near.end) if school is None else None
        near_dates = (
            _dates(plain, near.start, near.end) if dates[1] is None and near.end - near.start < 80 else (None, None)
        )
        if near_school or near_dates[1]:
            school, dates = school or near_school, dates if dates[1] else near_dates
            bottom, extended = max(bottom, near.end), min(extended, near.start)
    first, last = trim(plain, extended, min(bottom, extended + 600), " \t\n|,;•*-")
    return Education(
        school=_words(sheet, school),
        degree=_words(sheet, trim(plain, start, end)),
        level=level,
        field=_words(sheet, field),
        start=dates[0],
        end=dates[1],
        span=Span(start=first, end=max(last, field_end)),
    )


def _dates(plain: str, start: int, stop: int) -> tuple[PartialDate | None, PartialDate | None]:
    ranges = find_ranges(plain, start, stop)
    if ranges:
        return ranges[0].since, ranges[0].until
    single = last_year(plain, start, stop)
    return None, single[2] if single else None


def _words(sheet: Sheet, where: tuple[int, int] | None) -> str | None:
    return " ".join(sheet.text[where[0] : where[1]].split()) or None if where else None


def _distinct(found: list[Education]) -> list[Education]:
    """Each course once; one that says less than another of its level is the same again."""
    kept: list[Education] = []
    for education in sorted(found, key=lambda e: -sum(said is not None for said in (e.field, e.school, e.end))):
        if not any(_says_no_more(education, other) for other in kept):
            kept.append(education)
    kept.sort(key=lambda education: education.span.start if education.span else 0)
    return kept[:20]


def _says_no_more(one: Education, other: Education) -> bool:
    return one.level == other.level and all(
        said is None or said == known
        for said, known in (
            (one.field and one.field.lower(), other.field and other.field.lower()),
            (one.school and one.school.lower(), other.school and other.school.lower()),
            (one.end, other.end),
        )
    )

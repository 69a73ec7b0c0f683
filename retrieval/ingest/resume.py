"""A plain-text resume becomes a profile; what its text does not say stays unknown."""

from __future__ import annotations

import re
from datetime import datetime

from retrieval.addressed import heard
from retrieval.ingest.certificates import find_certifications
from retrieval.ingest.experience import stated_years, years_of
from retrieval.ingest.layout import Line, Sheet, read_sheet
from retrieval.ingest.positions import find_positions
from retrieval.ingest.schooling import find_education
from retrieval.ingest.skill_lists import find_skills
from retrieval.ingest.spoken import find_spoken
from retrieval.ingest.wording import MASK, SENTENCE
from retrieval.lexicon import resolve, seniority_of
from retrieval.lexicon.titles import singular, title_nouns, title_words
from retrieval.schema import Education, Location, PartialDate, Position, Profile, Seniority, Span

# Longer text than any resume: what follows is kept in `Profile.text` but not parsed.
PARSED_LENGTH = 200_000
_CONTACT = re.compile(
    r"@|<\w+>|\bwww\.|https?:|\d{3}[-. )]{1,2}\d{3}[-. ]\d{4}|linkedin"
    r"|^\W*(?:phone|email|tel|mobile|address|cell|fax)\b",
    re.IGNORECASE,
)
_PRIVATE = re.compile(
    r"\b(?:date of birth|dob|age|gender|sex|marital status|married|single|religion|nationality|race|ethnicity)\s*:",
    re.IGNORECASE,
)
_PLACE = re.compile(
    r"(?P<place>[A-Z][A-Za-z.'-]*(?:\s[A-Z][A-Za-z.'-]*){0,3},\s?(?:[A-Z]{2}\b|[A-Z][a-z]+(?:\s[A-Z][a-z]+)?))(?:\s\d{5}(?:-\d{4})?)?"
)
_EXPECTED = re.compile(r"\b(?:expect|anticipat|candidate|current|present|in progress|pursuing)", re.IGNORECASE)
_HEAD_LINES = 8


def parse_resume(
    text: str,
    *,
    member_id: str,
    source: str | None = None,
    updated_at: datetime | None = None,
    as_of: PartialDate | None = None,
) -> Profile:
    """Read a resume.

    Args:
        text: the resume; becomes `Profile.text` unchanged.
        member_id: whose it is.
        source: the file it came from.
        updated_at: when it was written; jobs that go on count until then.
        as_of: the same where `updated_at` is unknown; without either they count until the latest date in the text.
    """
    # What speaks to the reader is not read for facts; the copy is as long, so places stay what they are.
    sheet = read_sheet(heard(text if len(text) <= PARSED_LENGTH else text[:PARSED_LENGTH]))
    positions = find_positions(sheet)
    headline = _headline(sheet)
    until = PartialDate(year=updated_at.year, month=updated_at.month) if updated_at else as_of
    education = find_education(sheet)
    studied = max(
        (e.end for e in education if e.end and not _planned(e, sheet.plain)), key=lambda date: date.months, default=None
    )
    years = years_of(positions, as_of=until, latest=studied, stated=stated_years(sheet))
    summary = next(iter(sheet.of("summary")), None)
    words = " ".join(text[headline.start : headline.end].split()) if headline else None
    return Profile(
        member_id=member_id,
        text=text,
        headline=words,
        headline_span=headline,
        summary=Span(start=summary.start, end=summary.end) if summary else None,
        locations=_locations(sheet, positions),
        positions=tuple(positions),
        years_experience=years,
        seniority=level_of(positions, words),
        education=tuple(education),
        skills=tuple(find_skills(sheet)),
        languages=tuple(find_spoken(sheet)),
        certifications=tuple(find_certifications(sheet)),
        source=source,
        updated_at=updated_at,
    )


def _planned(education: Education, plain: str) -> bool:
    """Whether a course is still to end ("expected May 2019"); that says nothing about when the resume was written."""
    return bool(education.span and _EXPECTED.search(plain, education.span.start, education.span.end))


def level_of(positions: list[Position], headline: str | None) -> Seniority | None:
    """The level of the present or latest job; the headline's where that says nothing."""
    for title in (*(p.title for p in positions[:1]), headline):
        level = seniority_of(title) if title else None
        if level is not None:
            return level
    return None


def _headline(sheet: Sheet) -> Span | None:
    """The line at the top that says what the person is; a name or contact data is not a headline."""
    if not sheet.sections or sheet.sections[0].kind != "head":
        return None
    fallback: Line | None = None
    for line in sheet.sections[0].lines[:_HEAD_LINES]:
        words = sheet.plain[line.start : line.end]
        if len(words) > 120 or len(words) < 2 or _CONTACT.search(words) or _PRIVATE.search(words) or MASK.search(words):
            continue
        if SENTENCE.search(words):
            continue
        if _says_job(words, title_nouns()):
            return sheet.span(line.start, line.end)
        if fallback is None and _says_job(words, title_words()):
            fallback = line
    return sheet.span(fallback.start, fallback.end) if fallback else None


def _says_job(words: str, known: frozenset[str]) -> bool:
    return any(
        singular(word.lower()) in known or word.lower() in known for word in re.findall(r"[A-Za-z][A-Za-z-]+", words)
    )


def _locations(sheet: Sheet, positions: list[Position]) -> tuple[Location, ...]:
    """Where the head of the resume says somebody lives; else where the present or latest job is."""
    if sheet.sections and sheet.sections[0].kind == "head":
        for line in sheet.sections[0].lines[:_HEAD_LINES]:
            if line.end - line.start > 200 or MASK.search(sheet.plain, line.start, line.end):
                continue
            for match in _PLACE.finditer(sheet.plain, line.start, line.end):
                found = located(match["place"], Span(start=match.start("place"), end=match.end("place")), sheet.text)
                if found:
                    return (found,)
    for position in positions[:1]:
        if position.location and position.span:
            start = sheet.text.find(position.location, position.span.start)
            span = Span(start=start, end=start + len(position.location)) if start >= 0 else None
            found = located(position.location, span, sheet.text)
            if found:
                return (found,)
    return ()


def located(words: str, span: Span | None, text: str) -> Location | None:
    """A place the gazetteer knows, as the profile words it."""
    place = resolve(words.title() if words.isupper() and len(words) > 3 and "," not in words else words)
    if place is None:
        return None
    return Location(
        text=" ".join((span.of(text) if span else words).split()),
        city=place.city if place.kind in ("city", "metro") else None,
        region=place.region,
        country=place.country,
        latitude=place.latitude,
        longitude=place.longitude,
        span=span,
    )

"""A reading turned into a role: words located in the text, places and languages resolved, edits applied."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TypeVar

from agents.reading import Drop, EducationWish, LanguageWish, Reading, TitleWish, Wish
from retrieval.lexicon import find_languages, find_places, resolve
from retrieval.schema import (
    Criterion,
    EducationCriterion,
    Kind,
    LocationCriterion,
    Place,
    Qualification,
    Role,
    SeniorityCriterion,
    Span,
    YearsCriterion,
)

C = TypeVar("C", bound=Criterion)


def locate(text: str, wish: Wish) -> Span | None:
    """Where the words of a wish stand; `None` where they do not. White space and case may differ."""
    words = wish.words
    if wish.start is not None and text[wish.start : wish.start + len(words)] == words:
        return Span(start=wish.start, end=wish.start + len(words))
    at = text.find(words)
    if at < 0:
        loose = re.search(r"\s+".join(re.escape(word) for word in words.split()) or r"\Z.", text, re.IGNORECASE)
        return Span(start=loose.start(), end=loose.end()) if loose else None
    return Span(start=at, end=at + len(words))


def unfounded(reading: Reading, text: str, previous: Role | None) -> list[str]:
    """What a reading claims that neither the request nor the previous role says, a sentence each."""
    problems = []
    for wish in (*reading.wishes(), *((reading.years,) if reading.years else ())):
        span = locate(text, wish)
        if span is None or not wish.words.strip():
            problems.append(f"{wish.words!r} does not stand in the request.")
        else:
            problems += _unsaid(wish, span.of(text), previous)
    known = {(drop.kind, drop.value) for drop in criteria(previous)} if previous else set()
    problems += [
        f"{drop.value!r} is no {drop.kind} of the previous role."
        for drop in reading.drop
        if (drop.kind, drop.value) not in known
    ]
    return problems


def _unsaid(wish: Wish, said: str, previous: Role | None) -> list[str]:
    """Values beside the words of a wish that these do not say, and that the previous role does not have either."""
    match wish:
        case TitleWish():
            values = {"title": wish.title}
            known = set()
        case EducationWish():
            values = {"field": wish.field, "school": wish.school}
            known = {value for one in previous.education for value in (one.field, one.school)} if previous else set()
        case LanguageWish():
            values = {"language": None if _language(said) else wish.name}
            known = {one.value for one in previous.languages} if previous else set()
        case _:
            return []
    low = said.lower()
    return [
        f"the {name} {value!r} has words that {wish.words!r} has not."
        for name, value in values.items()
        if value and value not in known and not all(word in low for word in value.lower().split())
    ]


def criteria(role: Role) -> list[Drop]:
    """Everything in a role that an edit can take back."""
    listed: list[tuple[Kind, Sequence[Criterion]]] = [
        (Kind.TITLE, role.titles),
        (Kind.SENIORITY, role.seniority),
        (Kind.LOCATION, role.locations),
        (Kind.YEARS, [role.years] if role.years else []),
        (Kind.SKILL, role.skills),
        (Kind.INDUSTRY, role.industries),
        (Kind.EDUCATION, role.education),
        (Kind.LANGUAGE, role.languages),
        (Kind.COMPANY, role.companies),
    ]
    found = [Drop(kind=kind, value=c.value) for kind, several in listed for c in several]
    return found + [Drop(kind=q.kind, value=q.value) for q in role.qualifications]


def role_of(reading: Reading, text: str, *, offset: int = 0, whole: str | None = None) -> Role:
    """The role that a founded reading of `text` gives; `offset` is where `text` starts in `whole`, the role's text."""

    def base(wish: Wish, value: str | None = None) -> dict[str, object]:
        span = locate(text, wish)
        shown = " ".join((value or (span.of(text) if span else wish.words)).split()) or wish.words
        moved = Span(start=span.start + offset, end=span.end + offset) if span else None
        return {"value": shown, "importance": wish.importance, "span": moved}

    named = find_places(text) if reading.locations else []
    years = reading.years
    return Role(
        text=text if whole is None else whole,
        titles=tuple(Criterion.model_validate(base(w, w.title)) for w in reading.titles),
        seniority=tuple(SeniorityCriterion.model_validate({**base(w), "level": w.level}) for w in reading.seniority),
        locations=tuple(
            LocationCriterion.model_validate({**base(w), "place": _place(text, w, named)}) for w in reading.locations
        ),
        years=years
        and YearsCriterion.model_validate({**base(years), "minimum": years.minimum, "maximum": years.maximum}),
        skills=tuple(Criterion.model_validate(base(w)) for w in reading.skills),
        industries=tuple(Criterion.model_validate(base(w)) for w in reading.industries),
        education=tuple(
            EducationCriterion.model_validate({**base(w), "level": w.level, "field": w.field, "school": w.school})
            for w in reading.education
        ),
        languages=tuple(Criterion.model_validate(base(w, _language(w.words) or w.name)) for w in reading.languages),
        companies=tuple(Criterion.model_validate(base(w)) for w in reading.companies),
        qualifications=tuple(Qualification.model_validate({**base(w), "kind": w.kind}) for w in reading.requirements),
    )


def edited(previous: Role, reading: Reading, text: str) -> Role:
    """`previous` without what the reading drops and with what it adds; the request becomes a line of its text."""
    whole = f"{previous.text}\n{text}"
    added = role_of(reading, text, offset=len(previous.text) + 1, whole=whole)
    dropped = {(drop.kind, drop.value) for drop in reading.drop}

    def keep(kind: Kind | None, old: Sequence[C], new: Sequence[C]) -> tuple[C, ...]:
        said = {(c.value.lower(), c.importance) for c in new}
        stay = [
            c
            for c in old
            if (kind or getattr(c, "kind", None), c.value) not in dropped
            and (c.value.lower(), c.importance) not in said
        ]
        return (*stay, *new)

    years_dropped = previous.years is not None and (Kind.YEARS, previous.years.value) in dropped
    return Role(
        text=whole,
        titles=keep(Kind.TITLE, previous.titles, added.titles),
        seniority=keep(Kind.SENIORITY, previous.seniority, added.seniority),
        locations=keep(Kind.LOCATION, previous.locations, added.locations),
        years=added.years or (None if years_dropped else previous.years),
        skills=keep(Kind.SKILL, previous.skills, added.skills),
        industries=keep(Kind.INDUSTRY, previous.industries, added.industries),
        education=keep(Kind.EDUCATION, previous.education, added.education),
        languages=keep(Kind.LANGUAGE, previous.languages, added.languages),
        companies=keep(Kind.COMPANY, previous.companies, added.companies),
        qualifications=keep(None, previous.qualifications, added.qualifications),
    )


def _place(text: str, wish: Wish, named: list[tuple[Span, Place]]) -> Place | None:
    """The place that the words name where they stand, else by themselves."""
    span = locate(text, wish)
    for where, place in named:
        if span and where.start < span.end and span.start < where.end:
            return place
    return resolve(wish.words)


def _language(words: str) -> str | None:
    found = find_languages(words)
    return found[0][1] if found else None

"""What the recruiter wants, structured; every criterion keeps the words it came from."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from retrieval.schema.profile import EducationLevel, Seniority, Span


class Importance(StrEnum):
    """How much a criterion binds: `must` has to hold, `nice` helps, `exclude` must not hold."""

    MUST = "must"
    NICE = "nice"
    EXCLUDE = "exclude"


class Kind(StrEnum):
    """What a qualification speaks of."""

    TITLE = "title"
    SENIORITY = "seniority"
    LOCATION = "location"
    YEARS = "years"
    SKILL = "skill"
    INDUSTRY = "industry"
    EDUCATION = "education"
    LANGUAGE = "language"
    COMPANY = "company"
    CERTIFICATION = "certification"
    EXPERIENCE = "experience"


class Criterion(BaseModel):
    """One wish as text. `span` is where `Role.text` says it; `None` for what an edit or a default added."""

    model_config = ConfigDict(frozen=True)

    value: str = Field(min_length=1)
    importance: Importance = Importance.MUST
    span: Span | None = None


class Place(BaseModel):
    """A place to look in: a city, a region (`US-CA`), a country (ISO alpha-2) or a metro area (centre and radius)."""

    model_config = ConfigDict(frozen=True)

    kind: Literal["city", "region", "country", "metro"]
    name: str
    city: str | None = None
    region: str | None = None
    country: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    radius_km: float | None = Field(default=None, gt=0)


class LocationCriterion(Criterion):
    """A place wanted or excluded; `place` is `None` where the gazetteer does not know it."""

    place: Place | None = None


class SeniorityCriterion(Criterion):
    """A level wanted or excluded."""

    level: Seniority


class YearsCriterion(Criterion):
    """Years of experience, in all."""

    minimum: float | None = Field(default=None, ge=0)
    maximum: float | None = Field(default=None, ge=0)


class EducationCriterion(Criterion):
    """A degree of at least `level`, in `field`, from `school`; whichever is given."""

    level: EducationLevel | None = None
    field: str | None = None
    school: str | None = None


class Qualification(Criterion):
    """One requirement kept as text; the guard marks each of them."""

    kind: Kind = Kind.EXPERIENCE


class Role(BaseModel):
    """A request, understood. Criteria of one list are alternatives where they are places, titles or levels.

    `qualifications` hold what the other lists do not: skills in context, experience, certifications, free wishes.
    `requirements()` is the whole list that a candidate is marked on.
    """

    model_config = ConfigDict(frozen=True)

    text: str = Field(description="the request as typed, with its edits appended a line each")
    titles: tuple[Criterion, ...] = ()
    seniority: tuple[SeniorityCriterion, ...] = ()
    locations: tuple[LocationCriterion, ...] = ()
    years: YearsCriterion | None = None
    skills: tuple[Criterion, ...] = ()
    industries: tuple[Criterion, ...] = ()
    education: tuple[EducationCriterion, ...] = ()
    languages: tuple[Criterion, ...] = ()
    companies: tuple[Criterion, ...] = ()
    qualifications: tuple[Qualification, ...] = ()

    def requirements(self) -> tuple[Qualification, ...]:
        """Every criterion as a qualification, in the order a recruiter reads them.

        Alternatives (several places, titles, levels of one importance) are one requirement; a skill whose words
        stand inside a qualification is not repeated.
        """
        listed: list[Qualification] = []
        for kind, criteria in (
            (Kind.TITLE, self.titles),
            (Kind.SENIORITY, self.seniority),
            (Kind.LOCATION, self.locations),
        ):
            for importance in Importance:
                values = list(dict.fromkeys(c.value for c in criteria if c.importance is importance))
                spans = [c.span for c in criteria if c.importance is importance and c.span]
                if values:
                    span = spans[0] if len(spans) == 1 else None
                    listed.append(Qualification(value=" or ".join(values), importance=importance, kind=kind, span=span))
        if self.years:
            listed.append(_qualification(Kind.YEARS, self.years))
        for kind, criteria in (
            (Kind.INDUSTRY, self.industries),
            (Kind.EDUCATION, self.education),
            (Kind.LANGUAGE, self.languages),
            (Kind.COMPANY, self.companies),
        ):
            listed += [_qualification(kind, c) for c in criteria]
        covered = [q.span for q in self.qualifications if q.span]
        for skill in self.skills:
            inside = skill.span and any(c.start <= skill.span.start and skill.span.end <= c.end for c in covered)
            if not inside:
                listed.append(_qualification(Kind.SKILL, skill))
        return (*listed, *self.qualifications)


def _qualification(kind: Kind, criterion: Criterion) -> Qualification:
    return Qualification(value=criterion.value, importance=criterion.importance, kind=kind, span=criterion.span)

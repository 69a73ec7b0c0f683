"""One person's record, and the places in its text that every claim points at."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import IntEnum
from functools import cached_property
from hashlib import blake2b
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator


class Span(BaseModel):
    """A half-open range of characters, `text[start:end]`, in the text that owns it."""

    model_config = ConfigDict(frozen=True)

    start: int = Field(ge=0)
    end: int = Field(ge=0)

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.end < self.start:
            raise ValueError(f"a span ends at {self.end}, before it starts at {self.start}")
        return self

    def of(self, text: str) -> str:
        """The words the span covers."""
        return text[self.start : self.end]


class Sourced(BaseModel):
    """Something read from a profile; `span` is where its words stand in `Profile.text`."""

    model_config = ConfigDict(frozen=True)

    span: Span | None = None


class PartialDate(BaseModel):
    """A date as resumes give them: a year, often with a month."""

    model_config = ConfigDict(frozen=True)

    year: int = Field(ge=1900, le=2100)
    month: int | None = Field(default=None, ge=1, le=12)

    @property
    def months(self) -> int:
        """Months since year 0; a missing month counts as January, so that two bare years differ by whole years."""
        return self.year * 12 + (self.month or 1) - 1


class Seniority(IntEnum):
    """Levels in rising order; a title that says nothing of its level has none."""

    INTERN = 0
    ENTRY = 1
    MID = 2
    SENIOR = 3
    LEAD = 4
    MANAGER = 5
    DIRECTOR = 6
    VP = 7
    EXECUTIVE = 8


class EducationLevel(IntEnum):
    """Degrees in rising order."""

    SECONDARY = 0
    ASSOCIATE = 1
    BACHELOR = 2
    MASTER = 3
    DOCTORATE = 4


class Location(Sourced):
    """Where somebody lives or works. `region` is a code such as `US-CA`, `country` an ISO 3166 alpha-2 code."""

    text: str
    city: str | None = None
    region: str | None = None
    country: str | None = None
    latitude: float | None = Field(default=None, ge=-90, le=90)
    longitude: float | None = Field(default=None, ge=-180, le=180)


class Position(Sourced):
    """One job. `details` covers its description; `current` is true only where the profile says so."""

    title: str | None = None
    company: str | None = None
    industry: str | None = None
    location: str | None = None
    start: PartialDate | None = None
    end: PartialDate | None = None
    current: bool = False
    details: Span | None = None


class Education(Sourced):
    """One course of study."""

    school: str | None = None
    degree: str | None = None
    level: EducationLevel | None = None
    field: str | None = None
    start: PartialDate | None = None
    end: PartialDate | None = None


class Skill(Sourced):
    """A skill as the profile names it."""

    name: str


class Language(Sourced):
    """A human language; `level` as the profile words it."""

    name: str
    level: str | None = None


class Certification(Sourced):
    """A licence or certificate."""

    name: str


class Industry(Sourced):
    """A line of business the person works in."""

    name: str


class Profile(BaseModel):
    """One person. `text` is the whole profile exactly as it came; what it does not say is left unknown, never guessed.

    Structured sources are rendered to text once (`retrieval.ingest.render`), so spans exist for them too.
    """

    model_config = ConfigDict(frozen=True, ignored_types=(cached_property,))

    member_id: str = Field(min_length=1, max_length=200)
    text: str
    headline: str | None = None
    headline_span: Span | None = None
    summary: Span | None = None
    locations: tuple[Location, ...] = ()
    positions: tuple[Position, ...] = Field(default=(), description="most recent first")
    years_experience: float | None = Field(default=None, ge=0, le=80)
    seniority: Seniority | None = None
    education: tuple[Education, ...] = ()
    skills: tuple[Skill, ...] = ()
    languages: tuple[Language, ...] = ()
    certifications: tuple[Certification, ...] = ()
    industries: tuple[Industry, ...] = ()
    source: str | None = Field(default=None, description="file the profile came from, with its record number")
    synthetic: bool = False
    updated_at: datetime | None = None

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """A copy, with some fields replaced; what was computed of the old ones is not kept."""
        copy = super().model_copy(update=update, deep=deep)
        copy.__dict__.pop("content_hash", None)
        return copy

    @cached_property
    def content_hash(self) -> str:
        """32 hex digits over what the profile says; who holds it, where from and when do not count."""
        said = self.model_dump_json(exclude={"member_id", "source", "updated_at"})
        return blake2b(said.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()

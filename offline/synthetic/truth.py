"""What is true of an invented person, written or not. Only evaluation may read it."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from retrieval.schema import EducationLevel, Seniority


class Truth(BaseModel):
    """The person behind a synthetic profile.

    The profile's text says some of this, in other words; judging a search by `Truth` instead of by the text tells
    finding the person from finding the phrase.
    """

    model_config = ConfigDict(frozen=True)

    member_id: str
    occupation: str = Field(description="O*NET name of what the person does now")
    occupation_code: str = Field(description="the O*NET name as a slug, stable across versions of the generator")
    family: str = Field(description="the group of occupations the career stays in")
    level: Seniority = Field(description="present level, also where the title is silent about it")
    years: float = Field(ge=0, le=60, description="years worked, gaps left out, to the month")
    skills: tuple[str, ...] = Field(description="all skills and technologies the person has")
    unwritten: tuple[str, ...] = Field(description="those of `skills` that the text does not name")
    strengths: tuple[str, ...] = Field(description="O*NET tasks the person does best, in O*NET's words")
    occupations: tuple[str, ...] = Field(description="every O*NET occupation held, most recent first")
    industries: tuple[str, ...] = Field(description="of all employers, most recent first, written or not")
    education: EducationLevel
    field: str | None = Field(description="field of the highest degree")
    city: str
    region: str | None
    country: str = Field(description="ISO 3166 alpha-2")

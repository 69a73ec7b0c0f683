"""Hard facts of a request, each found by its own grammar: years, places, degrees, languages, employers."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from agents.embedded.ranges import Range
from retrieval.schema import EducationLevel


class FactKind(StrEnum):
    """What a fact is about."""

    YEARS = "years"
    LOCATION = "location"
    LANGUAGE = "language"
    EDUCATION = "education"
    SCHOOL = "school"
    COMPANY = "company"


@dataclass(frozen=True, kw_only=True)
class Fact:
    """`text[start:end]` says it; `text[first:last]` is its value, without the words that only hold it."""

    kind: FactKind
    start: int
    end: int
    first: int
    last: int
    minimum: float | None = None
    maximum: float | None = None
    level: EducationLevel | None = None
    name: str | None = None
    overall: bool = True
    """False for years of one thing ("3 years of Django")."""

    @property
    def value(self) -> Range:
        """Where the value stands."""
        return self.first, self.last

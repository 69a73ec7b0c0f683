"""What was learned of one recruiter, as entries that can be read, removed and traced to what they did."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Trait = Literal[
    "title", "seniority", "skill", "company", "industry", "education", "field", "certification", "years", "location"
]
"""What a preference may speak of. `education` and `years` mean at least so much."""


class Preference(BaseModel):
    """One learned preference of one recruiter, for roles near those it was learned under."""

    model_config = ConfigDict(frozen=True)

    id: str = Field(min_length=1, description="short, and the same whenever the same thing is learned")
    recruiter: str
    trait: Trait
    value: str = Field(min_length=1, description="as the population writes it, normalised; a number for years")
    wanted: bool = Field(default=True, description="False where the recruiter passes on such people")
    strength: float = Field(ge=0, le=1)
    sentence: str = Field(description="the preference and what it rests on, in words")
    source: Literal["opinions", "edits"] = Field(description="learned from likes and passes, or from edits of roles")
    liked: tuple[str, ...] = Field(default=(), description="ids of the members liked that have it, oldest first")
    passed: tuple[str, ...] = Field(default=(), description="ids of the members passed that have it, oldest first")
    roles: tuple[str, ...] = Field(default=(), description="texts of the roles it was learned under, newest last")
    created: datetime
    updated: datetime

    @property
    def label(self) -> str:
        """What is preferred, in a few words: "skill manufacturing", "10+ years"."""
        if self.trait == "years":
            return f"{self.value}+ years of experience"
        if self.trait == "education":
            return f"{self.value} degree or higher"
        if self.trait == "seniority":
            return f"{self.value} level"
        return {"field": f"studies in {self.value}"}.get(self.trait, f"{self.trait} {self.value}")

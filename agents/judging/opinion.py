"""What a judging model answers. Fields stand in the order in which they are written: thoughts before grades."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from agents.constitution.fit import Fit
from agents.finding import FoundQuote

__all__ = ["Fit", "GradedRequirement", "Opinion"]


class GradedRequirement(BaseModel):
    """One requirement, graded by its dimension's definitions."""

    model_config = ConfigDict(frozen=True)

    requirement: int = Field(description="the id of the requirement")
    grade: int | None = Field(
        default=None,
        ge=0,
        le=4,
        description="0-4, or null where the profile does not say; of an excluded thing 0 where the profile shows it",
    )
    quotes: tuple[FoundQuote, ...] = Field(default=(), description="one or two, unless the grade is null")
    note: str = Field(default="", description="a few words, only about what is quoted")


class Opinion(BaseModel):
    """A whole answer: thoughts, each requirement, the level, then the grade of the person."""

    model_config = ConfigDict(frozen=True)

    reasoning: str = Field(default="", description="what the profile shows, before grading")
    dimensions: tuple[GradedRequirement, ...] = Field(description="one for every requirement, in order")
    fit: Fit = Field(default=Fit.UNKNOWN, description="the person's level: over, under, right or unknown")
    grade: int = Field(ge=0, le=4, description="0 facepalm, 1 poor, 2 partial, 3 good, 4 highly relevant")
    confidence: float = Field(ge=0, le=1, description="how likely a second expert is to give the same grade")
    probabilities: tuple[float, ...] = Field(
        default=(), description="how likely grades 0, 1, 2, 3 and 4 are, in this order; empty if you cannot tell"
    )

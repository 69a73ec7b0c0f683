"""A judging model's answer after checking: what is measured, compared and learned from."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from agents.constitution.prompting import Prompting
from agents.judging.opinion import Fit
from agents.verdict import Evidence
from retrieval.schema import Qualification

SoftSource = Literal["tokens", "stated", "confidence"]
"""Where soft labels come from: token probabilities, the model's own statement, or its confidence alone."""

Soft = tuple[float, float, float, float, float]
"""Probabilities of the grades 0 to 4; they sum to 1."""


class DimensionGrade(BaseModel):
    """One requirement, graded on the scale of its dimension."""

    model_config = ConfigDict(frozen=True)

    dimension: str = Field(description="id of the constitution's dimension, such as `hard-skills`")
    qualification: Qualification
    grade: int | None = Field(default=None, ge=0, le=4, description="None where the profile does not say")
    evidence: tuple[Evidence, ...] = Field(default=(), description="never empty where there is a grade")
    note: str = ""


class Judgement(BaseModel):
    """An expert's grade of one profile for one role."""

    model_config = ConfigDict(frozen=True)

    member_id: str
    grade: int = Field(ge=0, le=4, description="0 facepalm, 1 poor, 2 partial, 3 good, 4 highly relevant")
    confidence: float = Field(ge=0, le=1)
    soft: Soft
    soft_source: SoftSource
    dimensions: tuple[DimensionGrade, ...] = Field(description="one for every requirement of the role, in its order")
    fit: Fit
    reasoning: str = Field(default="", description="the model's scratchpad, for reading; it is no evidence")
    constitution: str = Field(description="the policy it was made under, such as `shortlist 2`")
    model: str
    prompting: Prompting
    requests: int = Field(
        default=1, ge=1, description="answers that the model gave; more than 1 where one was sent back"
    )
    input_tokens: int = Field(default=0, ge=0, description="of all its answers, when they were made")
    output_tokens: int = Field(default=0, ge=0)
    seconds: float = Field(default=0.0, ge=0, description="waiting included; 0 where it came from the cache")
    cached: bool = Field(default=False, description="made earlier, and paid for then")

    @property
    def expected(self) -> float:
        """The mean grade of the soft labels, 0-4."""
        return sum(grade * share for grade, share in enumerate(self.soft))

"""One label: what a teacher said of one pair, as numbers and names only. No word of a profile is in it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from hashlib import blake2b

from pydantic import BaseModel, ConfigDict, Field

from agents.judging import Judgement
from agents.judging.judgement import Soft, SoftSource


class Ask(StrEnum):
    """How a pair was asked: for the first time, again as it was, or with the order of the prompt's parts swapped."""

    FIRST = "first"
    AGAIN = "again"
    SWAPPED = "swapped"


class Task(BaseModel):
    """One question to the teacher."""

    model_config = ConfigDict(frozen=True)

    request_id: str = Field(min_length=1)
    member_id: str = Field(min_length=1)
    drawn: str = Field(default="given", description="why this pair: given, top, lower or random")
    ask: Ask = Ask.FIRST

    @property
    def id(self) -> str:
        """16 hex digits, the same in every run."""
        return _id(self.request_id, self.member_id, self.ask)

    @property
    def first_id(self) -> str:
        """The id of the pair's first label."""
        return _id(self.request_id, self.member_id, Ask.FIRST)


class DimensionLabel(BaseModel):
    """One requirement of the request's role, graded. `requirement` counts from 1 in the order of `requirements()`."""

    model_config = ConfigDict(frozen=True)

    requirement: int = Field(ge=1)
    dimension: str
    importance: str
    grade: int | None = Field(default=None, ge=0, le=4)


class Label(BaseModel):
    """What a teacher said of one pair."""

    model_config = ConfigDict(frozen=True)

    label_id: str
    request_id: str
    member_id: str
    snapshot: str
    drawn: str
    grade: int = Field(ge=0, le=4)
    soft: Soft
    soft_source: SoftSource
    confidence: float = Field(ge=0, le=1)
    dimensions: tuple[DimensionLabel, ...] = ()
    fit: str
    constitution: str
    model: str
    prompting: str
    is_duplicate_of: str | None = Field(default=None, description="id of the pair's first label, where asked again")
    swapped: bool = False
    input_tokens: int = Field(default=0, ge=0)
    output_tokens: int = Field(default=0, ge=0)
    seconds: float = Field(default=0.0, ge=0)
    labelled_at: datetime

    @property
    def expected(self) -> float:
        """The mean grade of the soft label, 0-4."""
        return sum(grade * share for grade, share in enumerate(self.soft))

    @classmethod
    def of(cls, task: Task, judgement: Judgement, *, snapshot: str, at: datetime) -> Label:
        """The numbers of a judgement."""
        return cls(
            label_id=task.id,
            request_id=task.request_id,
            member_id=task.member_id,
            snapshot=snapshot,
            drawn=task.drawn,
            grade=judgement.grade,
            soft=judgement.soft,
            soft_source=judgement.soft_source,
            confidence=judgement.confidence,
            dimensions=tuple(
                DimensionLabel(
                    requirement=number,
                    dimension=one.dimension,
                    importance=one.qualification.importance.value,
                    grade=one.grade,
                )
                for number, one in enumerate(judgement.dimensions, 1)
            ),
            fit=judgement.fit.value,
            constitution=judgement.constitution,
            model=judgement.model,
            prompting=judgement.prompting.label,
            is_duplicate_of=None if task.ask is Ask.FIRST else task.first_id,
            swapped=task.ask is Ask.SWAPPED,
            input_tokens=judgement.input_tokens,
            output_tokens=judgement.output_tokens,
            seconds=judgement.seconds,
            labelled_at=at,
        )


def _id(request_id: str, member_id: str, ask: Ask) -> str:
    said = "\0".join((request_id, member_id, ask.value))
    return blake2b(said.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()

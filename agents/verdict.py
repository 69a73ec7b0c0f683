"""What the guard finds on one candidate: a mark per requirement, quoted, and a grade."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from retrieval.schema import Importance, Qualification, Span


class MarkValue(StrEnum):
    """How a requirement stands. Silence of the profile is `not_shown`; `not_met` needs words against it.

    For an excluded thing, `met` means that it was found.
    """

    MET = "met"
    PARTLY = "partly"
    NOT_MET = "not_met"
    NOT_SHOWN = "not_shown"


class Evidence(BaseModel):
    """Words of a profile and their place: `profile.text[span.start:span.end] == quote`."""

    model_config = ConfigDict(frozen=True)

    quote: str = Field(min_length=1)
    span: Span


class Mark(BaseModel):
    """One requirement, judged."""

    model_config = ConfigDict(frozen=True)

    qualification: Qualification
    value: MarkValue
    evidence: tuple[Evidence, ...] = Field(default=(), description="never empty for `met` and `partly`")
    note: str = Field(default="", description="what the mark rests on, or why it was withheld; one line")


class Verdict(BaseModel):
    """The guard's finding. "n of m required" is `required_met` of `required_total`."""

    model_config = ConfigDict(frozen=True)

    member_id: str
    grade: int = Field(ge=0, le=4, description="0 facepalm, 1 poor, 2 partial, 3 good, 4 highly relevant")
    marks: tuple[Mark, ...]
    explanation: str
    required_met: int = Field(ge=0)
    required_total: int = Field(ge=0)
    constitution: str = Field(description="version of the constitution the verdict was made under")
    model: str = Field(description="name of the model that judged")
    reasoning: str = Field(default="", description="the model's scratchpad, for reading only: nothing in it is checked")


def required(marks: tuple[Mark, ...]) -> tuple[int, int]:
    """How many musts are met, and how many there are."""
    musts = [mark for mark in marks if mark.qualification.importance is Importance.MUST]
    return sum(mark.value is MarkValue.MET for mark in musts), len(musts)

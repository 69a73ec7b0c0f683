"""A worked example: an invented request and person, and the answer that the policy asks for."""

from __future__ import annotations

from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from agents.constitution.fit import Fit
from agents.verdict import MarkValue
from retrieval.schema import Importance, Kind


class ExampleRequirement(BaseModel):
    """One requirement of an example, as the guard marks it and as the judge grades it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Kind
    value: str
    importance: Importance = Importance.MUST
    mark: MarkValue
    grade: int | None = Field(default=None, ge=0, le=4)
    quotes: tuple[str, ...] = ()
    note: str = ""

    @model_validator(mode="after")
    def _quoted(self) -> Self:
        silent = self.mark is MarkValue.NOT_SHOWN
        if silent != (self.grade is None) or silent != (not self.quotes):
            raise ValueError(f"{self.value!r}: a grade and a quote belong to every mark but not_shown, and to no other")
        return self


class Example(BaseModel):
    """One pair. `reasoning` is the scratchpad, `why` what the grade rests on."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(pattern=r"^[a-z]+(-[a-z]+)*$")
    request: str
    profile: str
    requirement: tuple[ExampleRequirement, ...] = Field(min_length=1)
    fit: Fit
    grade: int = Field(ge=0, le=4)
    probabilities: tuple[float, float, float, float, float] = Field(description="of the grades 0 to 4")
    reasoning: str
    why: str

    @model_validator(mode="after")
    def _likely(self) -> Self:
        if abs(sum(self.probabilities) - 1) > 1e-6 or self.probabilities[self.grade] < max(self.probabilities):
            raise ValueError(f"example {self.id}: probabilities sum to 1, and the grade is the likeliest")
        return self

    @model_validator(mode="after")
    def _verbatim(self) -> Self:
        for one in self.requirement:
            for quote in one.quotes:
                if quote not in self.profile:
                    raise ValueError(f"example {self.id}: {quote!r} does not stand in its profile")
        return self

    def finding(self, *, scratchpad: bool) -> dict[str, Any]:
        """The guard's answer, as `agents.finding.Finding` has it."""
        marks = [_said({"value": one.mark.value}, one, number) for number, one in self._numbered]
        return {"reasoning": self.reasoning if scratchpad else "", "marks": marks, "grade": self.grade}

    def opinion(self, *, scratchpad: bool) -> dict[str, Any]:
        """The judge's and the teacher's answer, as `agents.judging.opinion.Opinion` has it."""
        return {
            "reasoning": self.reasoning if scratchpad else "",
            "dimensions": [_said({"grade": one.grade}, one, number) for number, one in self._numbered],
            "fit": self.fit.value,
            "grade": self.grade,
            "confidence": self.probabilities[self.grade],
            "probabilities": list(self.probabilities),
        }

    @property
    def _numbered(self) -> list[tuple[int, ExampleRequirement]]:
        return list(enumerate(self.requirement, 1))


def _said(value: dict[str, Any], one: ExampleRequirement, number: int) -> dict[str, Any]:
    quotes = {"quotes": [{"quote": quote} for quote in one.quotes]} if one.quotes else {}
    return {"requirement": number, **value, **quotes, **({"note": one.note} if one.note else {})}

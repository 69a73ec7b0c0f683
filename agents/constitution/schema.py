"""A constitution: grades, marks, dimensions, clauses and examples, and how they read to each audience."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from agents.constitution.dimension import Dimension
from agents.constitution.example import Example
from agents.constitution.fit import Fit, FitMeaning
from agents.constitution.prompting import Prompting, Wordings
from agents.constitution.rendering import rendered
from agents.verdict import MarkValue
from retrieval.schema import Kind

Audience = Literal["guard", "judge", "teacher"]


class Principle(BaseModel):
    """What a group of clauses is about, such as fairness."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(pattern=r"^[a-z]+(-[a-z]+)*$")
    title: str
    text: str


class Clause(BaseModel):
    """One rule. `id` is `family.name`; an id, once published, keeps its meaning."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(pattern=r"^[a-z]+\.[a-z]+$")
    principle: str = Field(default="", description="id of the principle it serves; version 1 has none")
    text: str = Field(min_length=1)


class GradeMeaning(BaseModel):
    """What a grade says about a person."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    value: int = Field(ge=0, le=4)
    name: str
    meaning: str


class MarkMeaning(BaseModel):
    """What a mark says about a requirement."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    value: MarkValue
    meaning: str


class Opening(BaseModel):
    """How a rendering opens: who reads, what is asked of them, and in what depth."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: str = Field(min_length=1)
    depth: str = ""


class Constitution(BaseModel):
    """One version of the policy; immutable. Grades come best first."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    version: str
    title: str
    grade: tuple[GradeMeaning, ...]
    mark: tuple[MarkMeaning, ...]
    dimension: tuple[Dimension, ...] = ()
    fit: tuple[FitMeaning, ...] = ()
    principle: tuple[Principle, ...] = ()
    clause: tuple[Clause, ...]
    example: tuple[Example, ...] = ()
    audience: dict[Audience, Opening]
    prompting: Wordings = Wordings()

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if [grade.value for grade in self.grade] != [4, 3, 2, 1, 0]:
            raise ValueError("a constitution defines the grades 4, 3, 2, 1 and 0, in this order")
        if {mark.value for mark in self.mark} != set(MarkValue):
            raise ValueError("a constitution defines every mark once")
        if _repeated(clause.id for clause in self.clause):
            raise ValueError("two clauses share an id")
        if _repeated(example.id for example in self.example):
            raise ValueError("two examples share an id")
        if set(self.audience) != {"guard", "judge", "teacher"}:
            raise ValueError("a constitution addresses guard, judge and teacher")
        return self

    @model_validator(mode="after")
    def _joined(self) -> Self:
        """What version 1 has not is whole where it is there."""
        if self.dimension and Counter(kind for one in self.dimension for kind in one.kinds) != Counter(Kind):
            raise ValueError("every kind of requirement belongs to one dimension")
        if self.fit and {fit.value for fit in self.fit} != set(Fit):
            raise ValueError("a constitution defines every fit once")
        if {clause.principle for clause in self.clause} != ({one.id for one in self.principle} or {""}):
            raise ValueError("every clause serves a principle of its constitution, and every principle has a clause")
        return self

    @property
    def name(self) -> str:
        """Id and version, such as `shortlist 2`: what a judgement carries."""
        return f"{self.id} {self.version}"

    def clause_of(self, id: str) -> Clause:
        """The clause with an id. Raises: KeyError."""
        for clause in self.clause:
            if clause.id == id:
                return clause
        raise KeyError(id)

    def family(self, name: str) -> tuple[Clause, ...]:
        """Clauses whose ids start with `name.`, such as all `protected.` ones."""
        return tuple(clause for clause in self.clause if clause.id.startswith(f"{name}."))

    def dimension_of(self, kind: Kind) -> Dimension | None:
        """The dimension on which a requirement of a kind is graded; version 1 has none."""
        return next((one for one in self.dimension if kind in one.kinds), None)

    def render(self, audience: Audience, prompting: Prompting = Prompting()) -> str:  # noqa: B008 - it is frozen
        """The whole policy as instructions for a model (or a person) in that role.

        Judge and teacher read the same but for the depth asked of them.
        """
        return rendered(self, audience, prompting)


def _repeated(ids: Iterable[str]) -> bool:
    return any(count > 1 for count in Counter(ids).values())

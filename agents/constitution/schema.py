"""A constitution: grades, marks and clauses, and how they read to each audience."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from agents.verdict import MarkValue

Audience = Literal["guard", "judge", "teacher"]


class Clause(BaseModel):
    """One rule. `id` is `family.name`; an id, once published, keeps its meaning."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(pattern=r"^[a-z]+\.[a-z]+$")
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
    """How a rendering opens: who reads, and what is asked of them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: str = Field(min_length=1)


class Constitution(BaseModel):
    """One version of the policy; immutable. Grades come best first."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    version: str
    title: str
    grade: tuple[GradeMeaning, ...]
    mark: tuple[MarkMeaning, ...]
    clause: tuple[Clause, ...]
    audience: dict[Audience, Opening]

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if [grade.value for grade in self.grade] != [4, 3, 2, 1, 0]:
            raise ValueError("a constitution defines the grades 4, 3, 2, 1 and 0, in this order")
        if {mark.value for mark in self.mark} != set(MarkValue):
            raise ValueError("a constitution defines every mark once")
        ids = [clause.id for clause in self.clause]
        if len(set(ids)) != len(ids):
            raise ValueError("two clauses share an id")
        if set(self.audience) != {"guard", "judge", "teacher"}:
            raise ValueError("a constitution addresses guard, judge and teacher")
        return self

    def clause_of(self, id: str) -> Clause:
        """The clause with an id. Raises: KeyError."""
        for clause in self.clause:
            if clause.id == id:
                return clause
        raise KeyError(id)

    def family(self, name: str) -> tuple[Clause, ...]:
        """Clauses whose ids start with `name.`, such as all `protected.` ones."""
        return tuple(clause for clause in self.clause if clause.id.startswith(f"{name}."))

    def render(self, audience: Audience) -> str:
        """The whole policy as instructions for a model (or a person) in that role."""
        grades = "\n".join(f"- {grade.value} ({grade.name}): {grade.meaning}" for grade in self.grade)
        marks = "\n".join(f"- {mark.value.value}: {mark.meaning}" for mark in self.mark)
        clauses = "\n".join(f"- [{clause.id}] {clause.text}" for clause in self.clause)
        return (
            f"{self.audience[audience].text.strip()}\n\n"
            f"Grades of a person:\n{grades}\n\n"
            f"Marks of a requirement:\n{marks}\n\n"
            f'Clauses of the constitution "{self.title}", version {self.version}:\n{clauses}\n'
        )

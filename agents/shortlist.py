"""What a search answers with: people in order, why each is there, and how the search went."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from agents.criterion_costs import CriterionCost
from agents.models import Usage
from agents.policy import Refusal
from agents.reflection.edits import EditMade
from agents.role_changes import RoleChange
from agents.verdict import Mark
from retrieval.schema import Hit, Role


class Stage(BaseModel):
    """A row of the waterfall: what one stage left, and how long it took.

    `status` is `ok`, `late` (stopped at its time limit) or `failed`; both of the latter are told apart in `detail`.
    """

    model_config = ConfigDict(frozen=True)

    name: str
    count: int | None = Field(default=None, ge=0, description="people left after the stage; None where it counts none")
    milliseconds: float = Field(ge=0)
    detail: str = ""
    status: str = Field(default="ok", pattern="^(ok|late|failed)$")
    round: int = Field(default=1, ge=1, description="1 for the role as asked, 2 and 3 after edits")


class Shortlisted(BaseModel):
    """One person shown. `grade` is None where the guard could not read the profile; `note` then says why."""

    model_config = ConfigDict(frozen=True)

    member_id: str
    rank: int = Field(ge=1)
    headline: str = ""
    location: str = ""
    grade: int | None = Field(default=None, ge=0, le=4)
    marks: tuple[Mark, ...] = ()
    explanation: str = ""
    required_met: int = Field(default=0, ge=0)
    required_total: int = Field(default=0, ge=0)
    strategies: tuple[str, ...] = ()
    hits: tuple[Hit, ...] = ()
    score: float = Field(default=0.0, description="the ranker's score, else the blended one; higher is better")
    note: str = ""
    preferred: tuple[str, ...] = Field(default=(), description="learned preferences of the recruiter that are met")
    nudge: float = Field(default=0.0, description="what they added to `score`, in grades")


class Shortlist(BaseModel):
    """The answer to one message: the role as understood, and the people for it, best first."""

    model_config = ConfigDict(frozen=True)

    request: str
    role: Role = Field(description="as the recruiter asked; `edits` say how the search went beyond it")
    changes: tuple[str, ...] = Field(default=(), description="what this message changed in the thread's role")
    diff: tuple[RoleChange, ...] = Field(default=(), description="the same, a criterion at a time")
    costs: tuple[CriterionCost, ...] = Field(default=(), description="what each criterion of the role as asked costs")
    refused: tuple[Refusal, ...] = ()
    notes: tuple[str, ...] = ()
    edits: tuple[EditMade, ...] = Field(default=(), description="what the search changed about itself, in turn")
    filter_count: int = Field(ge=0, description="people that pass the hard criteria of the last round")
    candidates: tuple[Shortlisted, ...] = ()
    waterfall: tuple[Stage, ...] = ()
    usage: dict[str, Usage] = Field(default={}, description="what each job's calls to a model server cost")
    synthetic: bool = False
    snapshot: str = ""
    thread: str | None = None
    run: str = Field(default="", description="names this search, for likes and passes to be joined to its trajectory")

    @property
    def relaxed(self) -> tuple[str, ...]:
        """What was asked and had to be relaxed, a sentence each."""
        return tuple(one.said for one in self.edits if one.edit.kind == "broaden")

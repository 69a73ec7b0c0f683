"""One search as a policy could learn from it: what was asked, what was done, what was seen, what came of it.

No text of a profile: people are ids and grades. `forget` of the log takes an id out again.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from agents.reflection.edits import EditKind, SearchEdit
from agents.verdict import MarkValue
from retrieval.schema import Importance, Kind, Role

SCHEMA: Literal[1] = 1
"""Version of a line; raise it when an older one can no longer be read."""


class Part(BaseModel):
    """A piece of a record."""

    model_config = ConfigDict(frozen=True)


class Marked(Part):
    """How those who were read stand to one requirement: counts by mark."""

    kind: Kind
    importance: Importance
    marks: Mapping[MarkValue, int]


class Retrieved(Part):
    """What a round of retrieval and ranking brought."""

    pass_filter: int = Field(ge=0)
    found: Mapping[str, int] = Field(description="strategy -> people")
    pool: int = Field(ge=0)
    ranked: tuple[str, ...] = Field(description="members, the best first, as many as the guard may read")


class Read(Part):
    """What the guard found in one round; a grade is None where it gave no verdict."""

    grades: Mapping[str, int | None]
    marks: tuple[Marked, ...]
    passed: int = Field(ge=0, description="in all rounds so far")


class Changed(Part):
    """The pool after an edit."""

    pool: int = Field(ge=0)


class Shown(Part):
    """The shortlist, best first."""

    members: tuple[str, ...]


class Action(Part):
    """What every step has: the round, and what it cost."""

    round: int = Field(ge=1)
    milliseconds: float = Field(ge=0)
    tokens: int = Field(default=0, ge=0)


class SearchStep(Action):
    """Retrieval and ranking for the role as edited so far (`Trajectory.searched`)."""

    action: Literal["search"] = "search"
    observation: Retrieved


class JudgeStep(Action):
    """The guard over `members`."""

    action: Literal["judge"] = "judge"
    members: tuple[str, ...]
    observation: Read


class EditStep(Action):
    """The search edited; `round` is the one that the edits began."""

    action: Literal["edit"] = "edit"
    edits: tuple[SearchEdit, ...]
    observation: Changed


class FinishStep(Action):
    """The search ended."""

    action: Literal["finish"] = "finish"
    observation: Shown


Step = Annotated[SearchStep | JudgeStep | EditStep | FinishStep, Field(discriminator="action")]


class Liking(Part):
    """What a recruiter thought of one of those shown, later."""

    record: Literal["liking"] = "liking"
    schema_version: Literal[1] = SCHEMA
    run: str
    member_id: str
    liked: bool


class Trajectory(Part):
    """One search."""

    record: Literal["search"] = "search"
    schema_version: Literal[1] = SCHEMA
    run: str = Field(description="as `Shortlist.run`")
    at: datetime
    snapshot: str
    request: str = Field(description="after the policy took out what it refuses")
    role: Role
    asked: int = Field(ge=1, description="how many people were to be shown")
    enough: int = Field(ge=0, description="how many had to pass")
    may: tuple[EditKind, ...] = Field(description="the edits that were allowed")
    declined: tuple[str, ...] = Field(default=(), description="ids of edits that the recruiter did not want")
    steps: tuple[Step, ...]
    likings: tuple[Liking, ...] = Field(default=(), description="joined when read")

    def searched(self, round: int) -> Role:
        """The role that retrieval looked for in a round: the role as asked with all edits until then."""
        role = self.role
        for step in self.steps:
            if isinstance(step, EditStep) and step.round <= round:
                for edit in step.edits:
                    role = edit.apply(role)
        return role


Record = Annotated[Trajectory | Liking, Field(discriminator="record")]

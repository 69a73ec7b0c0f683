"""What a search for several roles streams: its plan, each part's events with the part's number, and the answer."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from agents.events import Event
from agents.project.answer import Part, ProjectAnswer
from agents.project.plan import Plan


class PlanEvent(BaseModel):
    """The request has been taken apart; the parts are searched now."""

    model_config = ConfigDict(frozen=True)

    kind: Literal["plan"] = "plan"
    plan: Plan


class PartEvent(BaseModel):
    """Something happened in the search of one role."""

    model_config = ConfigDict(frozen=True)

    kind: Literal["part"] = "part"
    part: int = Field(ge=1)
    event: Event


class PartEndedEvent(BaseModel):
    """The search of one role is over; `part.problem` says so where it failed."""

    model_config = ConfigDict(frozen=True)

    kind: Literal["part_ended"] = "part_ended"
    part: Part


class ProjectDoneEvent(BaseModel):
    """All parts have ended; always the last event of a project."""

    model_config = ConfigDict(frozen=True)

    kind: Literal["project"] = "project"
    answer: ProjectAnswer


ProjectEvent = Annotated[PlanEvent | PartEvent | PartEndedEvent | ProjectDoneEvent, Field(discriminator="kind")]

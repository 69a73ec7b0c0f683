"""What a search streams while it runs; the last event carries the whole answer."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from agents.reflection.edits import EditMade
from agents.shortlist import Shortlist, Stage
from agents.verdict import Verdict


class StageEvent(BaseModel):
    """A stage has ended, or has been given up (`stage.status`)."""

    model_config = ConfigDict(frozen=True)

    kind: Literal["stage"] = "stage"
    stage: Stage

    @property
    def name(self) -> str:
        """The stage's name."""
        return self.stage.name

    @property
    def count(self) -> int | None:
        """People left after it."""
        return self.stage.count

    @property
    def ms(self) -> float:
        """How long it took, in milliseconds."""
        return self.stage.milliseconds

    @property
    def detail(self) -> str:
        """A remark in words; may be empty."""
        return self.stage.detail


class Glimpse(BaseModel):
    """A candidate before the guard has read the profile."""

    model_config = ConfigDict(frozen=True)

    member_id: str
    rank: int = Field(ge=1)
    headline: str = ""


class CandidatesEvent(BaseModel):
    """The ranked candidates of a round, before the guard runs."""

    model_config = ConfigDict(frozen=True)

    kind: Literal["candidates"] = "candidates"
    candidates: tuple[Glimpse, ...]
    round: int = Field(default=1, ge=1)


class VerdictEvent(BaseModel):
    """The guard has read one candidate. `verdict` is None where it could not; `note` then says why."""

    model_config = ConfigDict(frozen=True)

    kind: Literal["verdict"] = "verdict"
    member_id: str
    verdict: Verdict | None = None
    note: str = ""
    round: int = Field(default=1, ge=1)


class EditEvent(BaseModel):
    """The search has been edited, and runs again; what that brings is told by the `DoneEvent`."""

    model_config = ConfigDict(frozen=True)

    kind: Literal["edit"] = "edit"
    edit: EditMade


class DoneEvent(BaseModel):
    """The search has ended; always the last event of a search that did not raise."""

    model_config = ConfigDict(frozen=True)

    kind: Literal["done"] = "done"
    shortlist: Shortlist


Event = Annotated[StageEvent | CandidatesEvent | VerdictEvent | EditEvent | DoneEvent, Field(discriminator="kind")]

"""What passes between the nodes of one search, and the little a thread keeps for the next."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from langgraph.channels import UntrackedValue
from pydantic import BaseModel, ConfigDict, Field, InstanceOf, ValidationError
from pyroaring import BitMap

from agents.criterion_costs import CriterionCost
from agents.errors import ThreadUnreadable
from agents.policy import Refusal
from agents.reflection.edits import EditMade
from agents.role_changes import RoleChange
from agents.shortlist import Shortlist, Stage
from agents.trajectory.schema import Action
from agents.verdict import Verdict
from retrieval.filters import Filter
from retrieval.schema import Candidate, Context, Feedback, Profile, Retrieval, Role

SCHEMA: Literal[1] = 1
"""Version of `Memory`; raise it when an older one can no longer be read."""


class Memory(BaseModel):
    """What a thread remembers between messages: the role as asked, the recruiter's likes, and which edits of the search
    were made and declined. No profile text.

    It is checkpointed as plain JSON values, so that a checkpoint names no class of ours.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: Literal[1] = SCHEMA
    role: Role
    context: Context = Context()
    made: tuple[str, ...] = Field(default=(), description="ids of the last search's edits")
    declined: tuple[str, ...] = ()

    @classmethod
    def recall(cls, kept: dict[str, Any] | None, *, thread: str | None) -> Memory | None:
        """Read what a checkpoint kept; None for a new thread.

        Raises:
            ThreadUnreadable: another version wrote it.
        """
        if not kept:
            return None
        try:
            return cls.model_validate(kept)
        except ValidationError as error:
            written = kept.get("version", "unknown") if isinstance(kept, dict) else "unknown"
            raise ThreadUnreadable(
                f"thread {thread!r} was written by another version of Shortlist (schema {written}, this one reads "
                f"{SCHEMA}); start a new thread, and repeat the request in it"
            ) from error


def carried(previous: Context | None, given: Context) -> Context:
    """The message's context over the thread's: seeds and a search string stay until replaced, likes and passes add up.

    A later like takes back an earlier pass, and the other way round. Nothing of another recruiter's likes is carried,
    and nothing is added to what a ledger says is all.
    """
    if previous is None:
        return given
    before, now = previous.feedback, given.feedback
    seeds = given.seeds or previous.seeds
    boolean = previous.boolean if given.boolean is None else given.boolean
    if now.complete or previous.recruiter != given.recruiter:
        return given.model_copy(update={"seeds": seeds, "boolean": boolean})
    return Context(
        recruiter=given.recruiter,
        seeds=seeds,
        boolean=boolean,
        preferences=given.preferences,
        feedback=Feedback(
            liked=_added(before.liked, now.liked, without=now.passed),
            passed=_added(before.passed, now.passed, without=now.liked),
            past_roles=_added(before.past_roles, now.past_roles),
        ),
    )


def remembered(context: Context) -> Context:
    """What a thread keeps of a context: nothing that a ledger holds, so that what is taken back there is gone here."""
    feedback = Feedback() if context.feedback.complete else context.feedback
    return context.model_copy(update={"preferences": (), "feedback": feedback})


def _added(before: tuple[str, ...], now: tuple[str, ...], *, without: tuple[str, ...] = ()) -> tuple[str, ...]:
    kept = (value for value in before if value not in now and value not in without)
    return (*kept, *now)


class Retrieved(BaseModel):
    """What one retriever brought in a round; a late or failed one brings no hits and says why."""

    model_config = ConfigDict(frozen=True)

    strategy: str
    retrieval: Retrieval = Retrieval()
    stage: Stage


class Judged(BaseModel):
    """A candidate the guard was given. `verdict` is None where it failed; `note` then says why."""

    model_config = ConfigDict(frozen=True)

    verdict: Verdict | None = None
    note: str = ""


class Gathered(UntrackedValue[Any]):
    """All values written in one step, as a list; the next writes replace them. Never checkpointed."""

    def update(self, values: Sequence[Any]) -> bool:
        """Take the values of a step."""
        if not values:
            return False
        self.value = list(values)
        return True


class Ask(BaseModel):
    """The graph's input: one message."""

    text: Annotated[str, UntrackedValue] = ""
    limit: Annotated[int, UntrackedValue] = Field(default=10, ge=1)
    declined: Annotated[tuple[str, ...], UntrackedValue] = ()


class Answer(BaseModel):
    """The graph's output."""

    shortlist: Annotated[Shortlist | None, UntrackedValue] = None


class State(BaseModel):
    """One search under way. Only `memory` outlives it: untracked channels start empty with every message.

    `role` is what the recruiter asked, and what people are ranked and judged by; `searched` is what retrieval looks
    for, which edits change; `declined` are ids of edits that the recruiter does not want; `arrived` says in which round
    a member of the pool was found, `let_in` which rows a broadening added. `started` is a `perf_counter`.
    """

    model_config = ConfigDict(frozen=True)

    memory: dict[str, Any] | None = None

    text: Annotated[str, UntrackedValue] = ""
    limit: Annotated[int, UntrackedValue] = 10
    declined: Annotated[tuple[str, ...], UntrackedValue] = ()
    run: Annotated[str, UntrackedValue] = ""
    started: Annotated[float, UntrackedValue] = 0.0
    screened: Annotated[str, UntrackedValue] = ""
    refused: Annotated[tuple[Refusal, ...], UntrackedValue] = ()
    context: Annotated[Context, UntrackedValue] = Context()
    previous: Annotated[Role | None, UntrackedValue] = None
    role: Annotated[Role, UntrackedValue] = Role(text="")
    changes: Annotated[tuple[str, ...], UntrackedValue] = ()
    diff: Annotated[tuple[InstanceOf[RoleChange], ...], UntrackedValue] = ()
    costs: Annotated[tuple[InstanceOf[CriterionCost], ...], UntrackedValue] = ()
    searched: Annotated[Role, UntrackedValue] = Role(text="")
    round: Annotated[int, UntrackedValue] = 1
    filtered: Annotated[InstanceOf[Filter] | None, UntrackedValue] = None
    retrieved: Annotated[list[InstanceOf[Retrieved]], Gathered] = []
    pool: Annotated[list[InstanceOf[Candidate]], UntrackedValue] = []
    ranked: Annotated[list[InstanceOf[Candidate]], UntrackedValue] = []
    profiles: Annotated[dict[str, InstanceOf[Profile]], UntrackedValue] = {}
    judged: Annotated[dict[str, InstanceOf[Judged]], UntrackedValue] = {}
    guard_down: Annotated[bool, UntrackedValue] = False
    edits: Annotated[tuple[InstanceOf[EditMade], ...], UntrackedValue] = ()
    arrived: Annotated[InstanceOf[dict[str, int]], UntrackedValue] = {}
    let_in: Annotated[dict[str, InstanceOf[BitMap]], UntrackedValue] = {}
    trail: Annotated[tuple[InstanceOf[Action], ...], UntrackedValue] = ()
    again: Annotated[Literal["", "filter", "rank"], UntrackedValue] = ""
    notes: Annotated[tuple[str, ...], UntrackedValue] = ()
    waterfall: Annotated[tuple[InstanceOf[Stage], ...], UntrackedValue] = ()
    shortlist: Annotated[InstanceOf[Shortlist] | None, UntrackedValue] = None

    @property
    def dropped(self) -> frozenset[str]:
        """Members that edits took out of the pool."""
        return frozenset(member for made in self.edits for member in made.edit.leaves_out)


Update = dict[str, Any]
"""What a node gives back: new values of some fields of `State`."""

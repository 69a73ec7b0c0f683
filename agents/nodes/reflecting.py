"""The way back: look at the round, edit what is searched for, and say so."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Protocol

from langgraph.runtime import Runtime

from agents.embedded.reflecting import decide
from agents.events import EditEvent
from agents.limits import Limits
from agents.nodes.sitting import passing, wanted
from agents.nodes.spending import tokens_used
from agents.nodes.stages import ended, told
from agents.reflection.edits import EditMade, SearchEdit
from agents.reflection.proposal import Reflection, accept
from agents.reflection.survey import Choices, Found, survey
from agents.state import State, Update
from agents.trajectory.schema import Changed, EditStep
from retrieval.schema import Context
from retrieval.snapshot import Snapshot


class Reflects(Protocol):
    """What the graph needs of a reflector."""

    def reflect(self, choices: Choices) -> Awaitable[Sequence[SearchEdit]]:
        """The edits to make, of those there are to choose from; none to stop."""
        ...


@dataclass(frozen=True, kw_only=True)
class Reflecting:
    """Edits what is searched and who is in the pool, where that may help; the role as asked stays.

    Without a reflector, or where it fails or is late, the in-process rules decide.
    """

    reflector: Reflects | None
    snapshot: Snapshot
    limits: Limits

    async def __call__(self, state: State, runtime: Runtime[Context]) -> Update:
        """`again` says from where another round is worth it; empty where nothing is to be changed."""
        started, tokens = perf_counter(), tokens_used()
        choices = await asyncio.to_thread(self._choices, state)
        edits, note = await self._decided(choices)
        notes = (*state.notes, note) if note and note not in state.notes else state.notes
        if not edits:
            return {"again": "", "notes": notes}
        searched = state.searched
        for edit in edits:
            searched = edit.apply(searched)
        next_round = state.round + 1
        detail = "; ".join(edit.said for edit in edits)
        stage = ended(runtime, "edited", started=started, round=next_round, detail=detail)
        gone = {member for edit in edits for member in edit.leaves_out}
        pool = [one for one in state.pool if one.member_id not in gone]
        step = EditStep(
            round=next_round,
            milliseconds=stage.milliseconds,
            tokens=tokens_used() - tokens,
            edits=tuple(edits),
            observation=Changed(pool=len(pool)),
        )
        made = [EditMade(id=edit.id, round=next_round, edit=edit, lost=len(edit.leaves_out)) for edit in edits]
        for one in made:
            runtime.stream_writer(EditEvent(edit=one))
        return {
            "searched": searched,
            "pool": pool,
            "trail": (*state.trail, step),
            "edits": (*state.edits, *made),
            "let_in": {**state.let_in, **{e.id: choices.lets_in[e.id] for e in edits if e.id in choices.lets_in}},
            "again": "filter" if searched != state.searched else "rank",
            "round": next_round,
            "notes": notes,
            "waterfall": (*state.waterfall, stage),
        }

    def _choices(self, state: State) -> Choices:
        read = [one.member_id for one in state.ranked if one.member_id in state.judged]
        found = Found(
            role=state.role,
            searched=state.searched,
            read=read,
            verdicts={member: verdict for member in read if (verdict := state.judged[member].verdict) is not None},
            profiles=state.profiles,
            pool=len(state.pool),
            pass_filter=len(state.filtered.rows) if state.filtered else 0,
            asked=state.limit,
            enough=wanted(self.limits, state.limit),
            passing_grade=self.limits.passing_grade,
        )
        return survey(found, snapshot=self.snapshot, may=self.limits.edits, declined=state.declined)

    async def _decided(self, choices: Choices) -> tuple[Sequence[SearchEdit], str]:
        """The edits, and a note where they are not the reflector's."""
        if self.reflector is None:
            return by_rules(choices), ""
        try:
            async with asyncio.timeout(self.limits.reflect_seconds):
                return await self.reflector.reflect(choices), ""
        except TimeoutError:
            why = f"no answer within {self.limits.reflect_seconds:g} s"
        except Exception as error:
            why = told(error)
        return by_rules(choices), f"the search was edited by rules, since the model did not reflect: {why}"


def by_rules(choices: Choices) -> Sequence[SearchEdit]:
    """What the in-process rules choose."""
    return accept(Reflection(edits=decide(choices.survey)), choices).edits


def worth_it(state: State, limits: Limits) -> bool:
    """Whether there is a reason to reflect: too few pass, or those who crowd out others might go."""
    few = passing(state.judged, limits) < wanted(limits, state.limit)
    return bool(limits.edits) and (few or "drop" in limits.edits)

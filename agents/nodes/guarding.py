"""The guard over the best candidates, several at a time, verdicts streamed as they come."""

from __future__ import annotations

from dataclasses import dataclass
from time import perf_counter

from langgraph.runtime import Runtime

from agents.guard import Guard
from agents.limits import Limits
from agents.nodes.ranking import unread
from agents.nodes.sitting import Sitting, passing
from agents.nodes.spending import tokens_used
from agents.nodes.stages import ended
from agents.reflection.survey import standings
from agents.state import Judged, State, Update
from agents.trajectory.schema import JudgeStep, Marked, Read
from agents.verdict import Verdict
from retrieval.schema import Context, Role


@dataclass(frozen=True, kw_only=True)
class Guarding:
    """Judges those of the best who have no verdict yet, by the role as asked."""

    guard: Guard
    limits: Limits

    async def __call__(self, state: State, runtime: Runtime[Context]) -> Update:
        """Verdicts of this round beside those before; never raises for a guard that fails."""
        started, tokens = perf_counter(), tokens_used()
        waiting = unread(state.ranked, state.judged, self.limits, state.limit)
        sitting = Sitting(guard=self.guard, limits=self.limits, state=state, runtime=runtime)
        expected = {one.member_id: one.expected for one in state.ranked}
        new = await sitting.hear([(state.profiles[member_id], expected[member_id]) for member_id in waiting])
        judged = {**state.judged, **new}
        graded = sum(one.verdict is not None for one in new.values())
        missing = len(new) - graded
        guarded = ended(
            runtime,
            "guarded",
            started=started,
            round=state.round,
            count=graded,
            detail=f"{missing} without a verdict" if missing else "",
            status="failed" if new and not graded else "ok",
        )
        passes = passing(judged, self.limits)
        passed = ended(runtime, "passed", started=None, round=state.round, count=passes)
        note = _note(sitting, new)
        verdicts = {member: one.verdict for member, one in judged.items() if one.verdict is not None}
        step = JudgeStep(
            round=state.round,
            milliseconds=guarded.milliseconds,
            tokens=tokens_used() - tokens,
            members=tuple(new),
            observation=Read(
                grades={member: verdicts[member].grade if member in verdicts else None for member in new},
                marks=_marked(state.role, tuple(verdicts.values())),
                passed=passes,
            ),
        )
        return {
            "judged": judged,
            "trail": (*state.trail, step),
            "guard_down": bool(new) and not graded,
            "notes": (*state.notes, note) if note else state.notes,
            "waterfall": (*state.waterfall, guarded, passed),
        }


def _note(sitting: Sitting, new: dict[str, Judged]) -> str:
    """Why somebody has no verdict, if so."""
    unheard = [one.note for one in new.values() if one.verdict is None]
    if unheard:
        return f"the guard gave no verdict on {len(unheard)} of {len(new)} people: {sitting.ended_by or unheard[0]}"
    return f"the guard stopped reading: {sitting.ended_by}" if sitting.ended_by else ""


def _marked(role: Role, verdicts: tuple[Verdict, ...]) -> tuple[Marked, ...]:
    return tuple(Marked(kind=one.kind, importance=one.importance, marks=one.marks) for one in standings(role, verdicts))

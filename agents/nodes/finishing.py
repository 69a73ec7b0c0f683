"""The last node: the shortlist, and what the thread remembers."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from time import perf_counter

from langgraph.runtime import Runtime

from agents.events import DoneEvent
from agents.limits import Limits
from agents.nodes.ranking import headline
from agents.nodes.sitting import wanted
from agents.nodes.stages import ended
from agents.order import final_order
from agents.reflection.edits import DropCandidates, EditMade
from agents.shortlist import Shortlist, Shortlisted
from agents.state import Judged, Memory, State, Update, remembered
from agents.trajectory.log import TrajectoryLog, TrajectoryNotKept
from agents.trajectory.schema import FinishStep, Shown, Trajectory
from retrieval.schema import Candidate, Context, Profile
from retrieval.snapshot import Snapshot


@dataclass(frozen=True, kw_only=True)
class Finishing:
    """Orders those who were read, and shows as many as were asked for."""

    snapshot: Snapshot
    limits: Limits
    trajectories: TrajectoryLog | None = None

    async def __call__(self, state: State, runtime: Runtime[Context]) -> Update:
        """The answer, streamed last."""
        started = perf_counter()
        read = [one for one in state.ranked if one.member_id in state.judged]
        verdicts = {key: one.verdict for key, one in state.judged.items() if one.verdict is not None}
        shown = tuple(
            card(one, rank=rank, judged=state.judged[one.member_id], profile=state.profiles[one.member_id])
            for rank, one in enumerate(final_order(read, verdicts)[: state.limit], 1)
        )
        notes = (*state.notes, *await self._kept(state, shown, (perf_counter() - started) * 1e3))
        stage = ended(runtime, "shown", started=started, round=state.round, count=len(shown))
        shortlist = Shortlist(
            request=state.text,
            role=state.role,
            changes=state.changes,
            diff=state.diff,
            costs=state.costs,
            refused=state.refused,
            notes=notes,
            edits=_effects(state, [one.member_id for one in shown], self.snapshot),
            filter_count=len(state.filtered.rows) if state.filtered else 0,
            candidates=shown,
            waterfall=(*state.waterfall, stage),
            synthetic=self.snapshot.synthetic > 0,
            snapshot=self.snapshot.id,
            thread=runtime.execution_info.thread_id if runtime.execution_info else None,
            run=state.run,
        )
        runtime.stream_writer(DoneEvent(shortlist=shortlist))
        made = tuple(edit.id for edit in state.edits)
        memory = Memory(role=state.role, context=remembered(state.context), made=made, declined=state.declined)
        return {"shortlist": shortlist, "memory": memory.model_dump(mode="json")}

    async def _kept(self, state: State, shown: Sequence[Shortlisted], milliseconds: float) -> tuple[str, ...]:
        """Keep what was done and seen; a note where that fails."""
        if self.trajectories is None:
            return ()
        members = tuple(one.member_id for one in shown)
        end = FinishStep(round=state.round, milliseconds=milliseconds, observation=Shown(members=members))
        trajectory = Trajectory(
            run=state.run,
            at=datetime.now(UTC),
            snapshot=self.snapshot.id,
            request=state.screened,
            role=state.role,
            asked=state.limit,
            enough=wanted(self.limits, state.limit),
            may=self.limits.edits,
            declined=state.declined,
            steps=(*state.trail, end),
        )
        try:
            await asyncio.to_thread(self.trajectories.append, trajectory)
        except TrajectoryNotKept as error:
            return (f"the course of this search was not kept: {error}",)
        return ()


def _effects(state: State, shown: Sequence[str], snapshot: Snapshot) -> tuple[EditMade, ...]:
    """The edits with whom they brought.

    A broadening brought those whom its filter let in. Who else came in a round came with its other edits.
    """
    rows = {one.member_id: snapshot.row(one.member_id) for one in state.pool}
    found = []
    for made in state.edits:
        if isinstance(made.edit, DropCandidates):
            found.append(made)
            continue
        let_in = state.let_in.get(made.id)
        if let_in is not None:
            came = {member for member, row in rows.items() if row in let_in}
        else:
            wider = [state.let_in[one.id] for one in state.edits if one.round == made.round and one.id in state.let_in]
            came = {
                member
                for member, row in rows.items()
                if state.arrived.get(member) == made.round and not any(row in others for others in wider)
            }
        brought = tuple(member for member in shown if member in came)
        found.append(made.model_copy(update={"gained": len(came), "shown": brought}))
    return tuple(found)


def card(candidate: Candidate, *, rank: int, judged: Judged, profile: Profile) -> Shortlisted:
    """One person as shown."""
    verdict = judged.verdict
    about = Shortlisted(
        member_id=candidate.member_id,
        rank=rank,
        headline=headline(profile),
        location=profile.locations[0].text if profile.locations else "",
        strategies=candidate.strategies,
        hits=candidate.hits,
        score=candidate.blend if candidate.score is None else candidate.score,
        note=judged.note,
        preferred=candidate.preferred,
        nudge=candidate.nudge,
    )
    if verdict is None:
        return about
    return about.model_copy(
        update={
            "grade": verdict.grade,
            "marks": verdict.marks,
            "explanation": verdict.explanation,
            "required_met": verdict.required_met,
            "required_total": verdict.required_total,
        }
    )

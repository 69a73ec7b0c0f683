"""The last node: the shortlist, and what the thread remembers."""

from __future__ import annotations

from dataclasses import dataclass
from time import perf_counter

from langgraph.runtime import Runtime

from agents.events import DoneEvent
from agents.nodes.ranking import headline
from agents.nodes.stages import ended
from agents.order import final_order
from agents.shortlist import Shortlist, Shortlisted
from agents.state import Judged, Memory, State, Update
from retrieval.schema import Candidate, Context, Profile
from retrieval.snapshot import Snapshot


@dataclass(frozen=True, kw_only=True)
class Finishing:
    """Orders those who were read, and shows as many as were asked for."""

    snapshot: Snapshot

    async def __call__(self, state: State, runtime: Runtime[Context]) -> Update:
        """The answer, streamed last."""
        started = perf_counter()
        read = [one for one in state.ranked if one.member_id in state.judged]
        verdicts = {key: one.verdict for key, one in state.judged.items() if one.verdict is not None}
        shown = tuple(
            card(one, rank=rank, judged=state.judged[one.member_id], profile=state.profiles[one.member_id])
            for rank, one in enumerate(final_order(read, verdicts)[: state.limit], 1)
        )
        stage = ended(runtime, "shown", started=started, round=state.round, count=len(shown))
        shortlist = Shortlist(
            request=state.text,
            role=state.role,
            changes=state.changes,
            refused=state.refused,
            notes=state.notes,
            relaxed=state.relaxed,
            filter_count=len(state.filtered.rows) if state.filtered else 0,
            candidates=shown,
            waterfall=(*state.waterfall, stage),
            synthetic=self.snapshot.synthetic > 0,
            snapshot=self.snapshot.id,
            thread=runtime.execution_info.thread_id if runtime.execution_info else None,
        )
        runtime.stream_writer(DoneEvent(shortlist=shortlist))
        memory = Memory(role=state.role, context=state.context).model_dump(mode="json")
        return {"shortlist": shortlist, "memory": memory}


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

"""The pool: what the strategies found, together, with who found whom."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from time import perf_counter

from langgraph.runtime import Runtime

from agents.limits import Limits
from agents.nodes.stages import ended
from agents.state import State, Update
from retrieval.fusion import blend
from retrieval.schema import Candidate, Context


@dataclass(frozen=True, kw_only=True)
class Blending:
    """Fuses this round's hits and adds them to the rounds' before."""

    strategies: Sequence[str]
    limits: Limits

    async def __call__(self, state: State, runtime: Runtime[Context]) -> Update:
        """The pool, and the strategies' stages in the order of the registry, whichever ended first."""
        started = perf_counter()
        order = {name: place for place, name in enumerate(self.strategies)}
        found = sorted(state.retrieved, key=lambda one: order[one.strategy])
        new = blend({one.strategy: one.retrieval for one in found}, weights=self.limits.weights, k=self.limits.fusion_k)
        gone = state.dropped
        pool = merged(state.pool, (one for one in new[: self.limits.pool] if one.member_id not in gone))
        notes = dict.fromkeys(note for one in found for note in one.retrieval.notes if note not in state.notes)
        stage = ended(runtime, "pool", started=started, round=state.round, count=len(pool))
        return {
            "pool": pool,
            "arrived": {**{one.member_id: state.round for one in pool}, **state.arrived},
            "notes": (*state.notes, *notes),
            "waterfall": (*state.waterfall, *(one.stage for one in found), stage),
        }


def merged(before: Iterable[Candidate], new: Iterable[Candidate]) -> list[Candidate]:
    """Both rounds' candidates, best first; of somebody found twice the better find is kept."""
    best: dict[str, Candidate] = {}
    for candidate in (*before, *new):
        held = best.get(candidate.member_id)
        if held is None or candidate.blend > held.blend:
            best[candidate.member_id] = candidate
    return sorted(best.values(), key=lambda candidate: (-candidate.blend, candidate.member_id))

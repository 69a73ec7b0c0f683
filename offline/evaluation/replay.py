"""Judged requests, replayed end to end: the shortlist itself, and each strategy and the blend under the same role."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from agents.sourcing import Sourcing
from offline.evaluation.judged import Judged
from retrieval.filters import compile_filter
from retrieval.fusion import blend
from retrieval.schema import Context

STRATEGY_DEPTH = 100
BLEND = "blend"
RANKED = "ranked"
FINAL = "final"


@dataclass(frozen=True, kw_only=True)
class Answer:
    """Runs and seconds by system: each strategy, `blend`, `ranked` (where there is a ranker), and `final`."""

    runs: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    seconds: dict[str, list[float]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def _keep(self, system: str, qid: str, members: list[str], seconds: float) -> None:
        self.runs.setdefault(system, {})[qid] = members
        self.seconds.setdefault(system, []).append(seconds)


async def replay(
    sourcing: Sourcing,
    judged: Judged,
    *,
    limit: int = 10,
    progress: Callable[[str], None] = lambda _: None,
) -> Answer:
    """Search once a request; `final` is what was shown, at most `limit` people.

    What `final` gains over `ranked` is the guard's doing. The strategies, the blend and the ranker are then asked under
    the role that the search understood, so that all systems answer one reading of the request; the role is as the
    recruiter asked, before anything was relaxed.
    """
    answer = Answer(notes=tuple(_strangers(sourcing, judged)))
    for request in judged.requests:
        started = time.perf_counter()
        shortlist = await sourcing.search(request.text, limit=limit)
        shown = [candidate.member_id for candidate in shortlist.candidates]
        final_seconds = time.perf_counter() - started

        filtered = compile_filter(shortlist.role, sourcing.snapshot)
        retrievals = {}
        spent = 0.0
        for name, retriever in sourcing.retrievers.items():
            started = time.perf_counter()
            retrievals[name] = retriever.retrieve(
                role=shortlist.role, filter=filtered, context=Context(), limit=sourcing.limits.hits
            )
            spent += (took := time.perf_counter() - started)
            found = [hit.member_id for hit in retrievals[name].hits[:STRATEGY_DEPTH]]
            answer._keep(name, request.qid, found, took)

        started = time.perf_counter()
        pool = blend(retrievals, weights=sourcing.limits.weights, k=sourcing.limits.fusion_k)
        blended = [candidate.member_id for candidate in pool[:STRATEGY_DEPTH]]
        answer._keep(BLEND, request.qid, blended, spent := spent + time.perf_counter() - started)
        if sourcing.ranker is not None:
            started = time.perf_counter()
            ranked = sourcing.ranker.rank(shortlist.role, pool[: sourcing.limits.pool], sourcing.snapshot)
            ordered = [candidate.member_id for candidate in ranked[:STRATEGY_DEPTH]]
            answer._keep(RANKED, request.qid, ordered, spent + time.perf_counter() - started)
        answer._keep(FINAL, request.qid, shown, final_seconds)
        progress(request.qid)
    return answer


def _strangers(sourcing: Sourcing, judged: Judged) -> list[str]:
    members = judged.members
    missing = sum(not sourcing.snapshot.has(member) for member in members)
    if not missing:
        return []
    return [
        f"{missing:,} of the {len(members):,} judged people are not in the snapshot, so the figures are too low: "
        "index the population that was judged"
    ]

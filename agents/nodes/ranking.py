"""The second ranking of the pool, and the profiles that the guard will read."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Container, Sequence
from dataclasses import dataclass, field
from itertools import islice
from time import perf_counter
from typing import Protocol

from langgraph.runtime import Runtime

from agents.events import CandidatesEvent, Glimpse
from agents.limits import Limits
from agents.memory.effect import Nudged, nudge
from agents.nodes.lane import Lane
from agents.nodes.stages import ended, told
from agents.shortlist import Stage
from agents.state import State, Update
from agents.trajectory.schema import Retrieved, SearchStep
from retrieval.schema import Candidate, Context, Profile, Role
from retrieval.snapshot import Snapshot


class Ranks(Protocol):
    """What the graph needs of a ranker."""

    def rank(self, role: Role, candidates: list[Candidate], snapshot: Snapshot) -> list[Candidate]:
        """The same candidates, best first; `score` (and `expected`, the grade it predicts) at least for the best."""
        ...


@dataclass(frozen=True, kw_only=True)
class Ranking:
    """Orders the pool by the ranker; without one, or where it fails or is late, the blend's order stays."""

    ranker: Ranks | None
    snapshot: Snapshot
    limits: Limits
    lane: Lane = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "lane", Lane("ranker"))

    async def __call__(self, state: State, runtime: Runtime[Context]) -> Update:
        """People are ranked by the role as asked, also those that broadening brought."""
        started = perf_counter()
        ranked, detail, status, told_of = await self._ranked(state)
        best = [one.member_id for one in ranked[: at_once(self.limits, state.limit)]]
        wanted = dict.fromkeys((*best, *unread(ranked, state.judged, self.limits, state.limit)))
        missing = [member_id for member_id in wanted if member_id not in state.profiles]
        profiles = {**state.profiles, **await asyncio.to_thread(self._read, missing)} if missing else state.profiles
        stage = ended(
            runtime, "ranked", started=started, round=state.round, count=len(ranked), detail=detail, status=status
        )
        runtime.stream_writer(
            CandidatesEvent(
                candidates=tuple(
                    Glimpse(member_id=member_id, rank=rank, headline=headline(profiles.get(member_id)))
                    for rank, member_id in enumerate(best, 1)
                ),
                round=state.round,
            )
        )
        note = (f"people are in the order of the blend: {detail}",) if status != "ok" else told_of
        return {
            "ranked": ranked,
            "profiles": profiles,
            "trail": (*state.trail, _step(state, best, len(ranked), stage)),
            "notes": (*state.notes, *(said for said in note if said not in state.notes)),
            "waterfall": (*state.waterfall, stage),
        }

    async def _ranked(self, state: State) -> tuple[list[Candidate], str, str, tuple[str, ...]]:
        """The order, a remark and a status for the stage, and what to tell of learned preferences."""
        ranker, pool = self.ranker, state.pool
        if ranker is None or not pool:
            return pool, "" if ranker else "by the blend", "ok", ()
        try:
            async with asyncio.timeout(self.limits.rank_seconds):
                ranked = await self.lane.run(lambda: ranker.rank(state.role, list(pool), self.snapshot))
        except TimeoutError:
            return pool, f"the ranker was stopped after {self.limits.rank_seconds:g} s", "late", ()
        except Exception as error:
            return pool, f"the ranker failed: {told(error)}", "failed", ()
        if {one.member_id for one in ranked} != {one.member_id for one in pool} or len(ranked) != len(pool):
            return pool, "the ranker failed: it did not return the people it was given", "failed", ()
        nudged = await self._nudged(ranked, state)
        return with_scores_before(nudged.candidates, state.ranked), "", "ok", nudged.notes

    async def _nudged(self, ranked: list[Candidate], state: State) -> Nudged:
        """By what this recruiter prefers; at no cost where nothing was learned, and no search fails for it."""
        if not state.context.preferences or not self.limits.preferences:
            return Nudged(candidates=ranked)

        def run() -> Nudged:
            return nudge(
                ranked, role=state.role, context=state.context, snapshot=self.snapshot, most=self.limits.preferences
            )

        try:
            return await asyncio.to_thread(run)
        except Exception as error:
            return Nudged(candidates=ranked, notes=(f"what was learned of you was left aside: {told(error)}",))

    def _read(self, member_ids: list[str]) -> dict[str, Profile]:
        return {member_id: self.snapshot.profile(self.snapshot.row(member_id)) for member_id in member_ids}


def _step(state: State, best: list[str], pool: int, stage: Stage) -> SearchStep:
    """Retrieval and ranking of this round; strategies ran side by side, so the slowest counts."""
    found = {} if state.again == "rank" else {one.strategy: one for one in state.retrieved}
    alone = [one for one in state.waterfall if one.round == state.round and one.name in {"filter", "pool"}]
    slowest = max((one.stage.milliseconds for one in found.values()), default=0.0)
    return SearchStep(
        round=state.round,
        milliseconds=sum(one.milliseconds for one in alone) + slowest + stage.milliseconds,
        observation=Retrieved(
            pass_filter=len(state.filtered.rows) if state.filtered else 0,
            found={name: len(one.retrieval.hits) for name, one in found.items()},
            pool=pool,
            ranked=tuple(best),
        ),
    )


def with_scores_before(ranked: Sequence[Candidate], before: Sequence[Candidate]) -> list[Candidate]:
    """A ranker may score only a pool's head: whom a wider pool pushed out of it keeps the score of the round before.

    Best first; whoever has no score follows in the ranker's order.
    """
    held = {one.member_id: one for one in before if one.score is not None}
    kept = [held.get(one.member_id, one) if one.score is None else one for one in ranked]
    return sorted(kept, key=lambda one: math.inf if one.score is None else -one.score)


def at_once(limits: Limits, asked: int) -> int:
    """How many people the guard reads in a round: nobody is shown unread."""
    return max(limits.guarded, asked)


def unread(ranked: Sequence[Candidate], judged: Container[str], limits: Limits, asked: int) -> list[str]:
    """The best of those whom the guard has not been given yet, as many as it reads in a round."""
    waiting = (one.member_id for one in ranked if one.member_id not in judged)
    return list(islice(waiting, at_once(limits, asked)))


def headline(profile: Profile | None) -> str:
    """The profile's headline, else its latest title."""
    if profile is None:
        return ""
    latest = next((position.title for position in profile.positions if position.title), "")
    return profile.headline or latest or ""

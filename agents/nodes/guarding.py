"""The guard over the best candidates, several at a time, verdicts streamed as they come."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from time import perf_counter

from langgraph.runtime import Runtime

from agents.events import VerdictEvent
from agents.guard import Guard
from agents.limits import Limits
from agents.nodes.ranking import unread
from agents.nodes.stages import ended, told
from agents.state import Judged, State, Update
from retrieval.schema import Context, Profile, Role


@dataclass(frozen=True, kw_only=True)
class Guarding:
    """Judges those of the best who have no verdict yet, by the role as asked."""

    guard: Guard
    limits: Limits

    async def __call__(self, state: State, runtime: Runtime[Context]) -> Update:
        """Verdicts of this round beside those before; never raises for a guard that fails."""
        started = perf_counter()
        waiting = unread(state.ranked, state.judged, self.limits, state.limit)
        sitting = Sitting(guard=self.guard, limits=self.limits, role=state.role, round=state.round, runtime=runtime)
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
        passed = ended(runtime, "passed", started=None, round=state.round, count=passing(judged, self.limits))
        reason = next((one.note for one in new.values() if one.verdict is None), "")
        note = f"the guard gave no verdict on {missing} of {len(new)} people: {reason}" if missing else ""
        return {
            "judged": judged,
            "guard_down": bool(new) and not graded,
            "notes": (*state.notes, note) if note else state.notes,
            "waterfall": (*state.waterfall, guarded, passed),
        }


@dataclass(kw_only=True)
class Sitting:
    """One round of the guard. Stops asking once its first calls have all failed: then the model is down."""

    guard: Guard
    limits: Limits
    role: Role
    round: int
    runtime: Runtime[Context]
    failures: int = 0
    successes: int = 0

    async def hear(self, cases: list[tuple[Profile, float | None]]) -> dict[str, Judged]:
        """Profiles, each with the grade the ranker expects; best first, at most `guard_concurrency` at a time."""
        turn = asyncio.Semaphore(self.limits.guard_concurrency)

        async def one(profile: Profile, expected: float | None) -> Judged:
            async with turn:
                judged = await self._judge(profile, expected)
            self.runtime.stream_writer(
                VerdictEvent(member_id=profile.member_id, verdict=judged.verdict, note=judged.note, round=self.round)
            )
            return judged

        async with asyncio.TaskGroup() as group:
            tasks = {profile.member_id: group.create_task(one(profile, expected)) for profile, expected in cases}
        return {member_id: task.result() for member_id, task in tasks.items()}

    async def _judge(self, profile: Profile, expected: float | None) -> Judged:
        if not self.successes and self.failures >= self.limits.guard_failures:
            return Judged(note="not read: the guard is not available")
        try:
            async with asyncio.timeout(self.limits.verdict_seconds):
                verdict = await self.guard.judge(self.role, profile, expected=expected)
            if verdict.member_id != profile.member_id:
                raise ValueError("the verdict is about somebody else")
        except TimeoutError:
            self.failures += 1
            return Judged(note=f"no verdict within {self.limits.verdict_seconds:g} s")
        except Exception as error:
            self.failures += 1
            return Judged(note=f"the guard failed: {told(error)}")
        self.successes += 1
        return Judged(verdict=verdict)


def passing(judged: dict[str, Judged], limits: Limits) -> int:
    """How many have the passing grade."""
    return sum(one.verdict is not None and one.verdict.grade >= limits.passing_grade for one in judged.values())

"""One round of the guard: who is read, how many at a time, and when it stops."""

from __future__ import annotations

import asyncio
import math
from dataclasses import dataclass, field

from langgraph.runtime import Runtime

from agents.events import VerdictEvent
from agents.guard import Guard
from agents.limits import Limits
from agents.models import BudgetSpent, ModelDown
from agents.nodes.spending import spent
from agents.nodes.stages import told
from agents.state import Judged, State
from retrieval.schema import Context, Profile


@dataclass(kw_only=True)
class Sitting:
    """One round of the guard. Stops asking once its first calls have all failed: then the model is down; once the
    search's time or tokens are used; and, where the limits say so, once enough people pass."""

    guard: Guard
    limits: Limits
    state: State
    runtime: Runtime[Context]
    begun: int = field(init=False)  # profiles given to the guard, with those of the rounds before
    passed: int = field(init=False)
    failures: int = 0
    successes: int = 0
    ended_by: str = ""  # why no further call of this round would be answered: said once, not on every card

    def __post_init__(self) -> None:
        self.begun = len(self.state.judged)
        self.passed = passing(self.state.judged, self.limits)

    async def hear(self, cases: list[tuple[Profile, float | None]]) -> dict[str, Judged]:
        """Profiles, each with the grade the ranker expects; best first, at most `guard_concurrency` at a time.

        Whom the guard was not given because enough passed, or the search's time was over, is not in the answer, unless
        there would be fewer people to show than were asked for.
        """
        turn = asyncio.Semaphore(self.limits.guard_concurrency)

        async def one(profile: Profile, expected: float | None) -> Judged | None:
            async with turn:
                judged = await self._heard(profile, expected)
            if judged is not None:
                event = VerdictEvent(
                    member_id=profile.member_id, verdict=judged.verdict, note=judged.note, round=self.state.round
                )
                self.runtime.stream_writer(event)
            return judged

        async with asyncio.TaskGroup() as group:
            tasks = {profile.member_id: group.create_task(one(profile, expected)) for profile, expected in cases}
        return {member_id: judged for member_id, task in tasks.items() if (judged := task.result()) is not None}

    async def _heard(self, profile: Profile, expected: float | None) -> Judged | None:
        missing = self.begun < self.state.limit
        if not missing and self._enough():
            return None
        if why := spent(self.limits, self.state.started):
            self.ended_by = self.ended_by or why
            if not missing:
                return None
            self.begun += 1
            return Judged(note="not read: the search's time or budget is over")
        self.begun += 1
        judged = await self._judge(profile, expected)
        self.passed += passing({profile.member_id: judged}, self.limits)
        return judged

    def _enough(self) -> bool:
        share = self.limits.stop_when_passed
        return share is not None and self.passed >= math.ceil(share * self.state.limit)

    async def _judge(self, profile: Profile, expected: float | None) -> Judged:
        if not self.successes and self.failures >= self.limits.guard_failures:
            return Judged(note="not read: the guard is not available")
        try:
            async with asyncio.timeout(self.limits.verdict_seconds):
                verdict = await self.guard.judge(self.state.role, profile, expected=expected)
            if verdict.member_id != profile.member_id:
                raise ValueError("the verdict is about somebody else")
        except TimeoutError:
            self.failures += 1
            return Judged(note=f"no verdict within {self.limits.verdict_seconds:g} s")
        except (BudgetSpent, ModelDown) as error:
            self.failures += 1
            self.ended_by = self.ended_by or str(error)
            spent = isinstance(error, BudgetSpent)
            return Judged(note=f"not read: {'the budget is spent' if spent else 'the guard is not available'}")
        except Exception as error:
            self.failures += 1
            return Judged(note=f"the guard failed: {told(error)}")
        self.successes += 1
        return Judged(verdict=verdict)


def passing(judged: dict[str, Judged], limits: Limits) -> int:
    """How many have the passing grade."""
    return sum(one.verdict is not None and one.verdict.grade >= limits.passing_grade for one in judged.values())


def wanted(limits: Limits, asked: int) -> int:
    """How many have to pass, that no edit is needed."""
    return math.ceil(limits.enough * asked)

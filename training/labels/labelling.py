"""The run: every pair of a plan that has no label yet, asked at a pace, kept as it comes."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from pydantic import ValidationError
from pydantic_ai.exceptions import AgentRunError

from agents.errors import SearchError
from agents.judging import Judge
from agents.models import BudgetSpent
from offline.evaluation.agreement.asking import GIVE_UP, reason
from retrieval.schema import Profile
from training.labels.label import Ask, Label, Task
from training.labels.pace import Pace
from training.labels.plan import Plan
from training.labels.store import Failure, LabelStore


class ProfileGone(SearchError):
    """A person of the plan whom the snapshot no longer holds."""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What one run did. `left` pairs have no label yet; `stopped` says why it ended before them, where it did."""

    labelled: int
    left: int
    seconds: float
    reasons: tuple[str, ...] = ()
    """Why pairs failed, one for each."""
    stopped: str = ""

    @property
    def failed(self) -> int:
        """Pairs that were asked and got no label; the next run asks again."""
        return len(self.reasons)


class Labelling:
    """Labels what a plan asks for. `judges` has one for each way of asking; those of repeats must not use a cache.

    `profile` gives a member's profile, or raises `ProfileGone`. Safe to stop at any time: what was kept stays.
    """

    def __init__(
        self,
        *,
        plan: Plan,
        store: LabelStore,
        judges: Mapping[Ask, Judge],
        profile: Callable[[str], Profile],
        snapshot: str,
        concurrency: int = 2,
        pace: Pace | None = None,
    ) -> None:
        self._plan = plan
        self._roles = plan.roles
        self._store = store
        self._judges = judges
        self._profile = profile
        self._snapshot = snapshot
        self._concurrency = concurrency
        self._pace = pace or Pace(None)
        self._labelled = self._failed_in_a_row = 0
        self._reasons: list[str] = []
        self._stopped = ""

    async def run(self, *, limit: int | None = None, progress: Callable[[int, int], None] = lambda *_: None) -> Outcome:
        """Label at most `limit` pairs, or all that are left. `progress` is told how many of all have a label."""
        started = time.perf_counter()
        self._labelled = self._failed_in_a_row = 0
        self._reasons = []
        self._stopped = ""
        waiting = [task for task in self._plan.tasks if task.id not in self._store.done]
        queue = iter(waiting[:limit])
        total = len(self._plan.tasks)
        before = total - len(waiting)

        def advance() -> None:
            progress(before + self._labelled, total)

        advance()
        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(min(self._concurrency, len(waiting))):
                    group.create_task(self._work(queue, advance))
        except ExceptionGroup as several:  # a full disk, a damaged snapshot: whoever reads it wants the reason
            raise several.exceptions[0] from several
        return Outcome(
            labelled=self._labelled,
            left=len(waiting) - self._labelled,
            seconds=time.perf_counter() - started,
            reasons=tuple(self._reasons),
            stopped=self._stopped,
        )

    async def _work(self, queue: Iterator[Task], advance: Callable[[], None]) -> None:
        for task in queue:
            await self._pace.turn()
            if self._stopped:
                return
            await self._label(task)
            advance()

    async def _label(self, task: Task) -> None:
        try:
            judgement = await self._judges[task.ask].judge(self._roles[task.request_id], self._profile(task.member_id))
        except BudgetSpent as spent:
            self._stopped = str(spent)
        except (SearchError, AgentRunError, ValidationError) as error:
            self._reasons.append(reason(error))
            self._failed_in_a_row += not isinstance(error, ProfileGone)
            self._store.fail(Failure(task=task, reason=reason(error)))
            if self._failed_in_a_row >= GIVE_UP and not self._stopped:
                self._stopped = f"{GIVE_UP} pairs in a row failed, the last with: {reason(error)}"
        else:
            self._failed_in_a_row = 0
            self._labelled += 1
            self._store.add(Label.of(task, judgement, snapshot=self._snapshot, at=datetime.now(UTC)))

"""Searches for requests that ask for one role or for several: several are searched side by side and merged."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from time import perf_counter
from typing import TYPE_CHECKING
from uuid import uuid4

from agents.errors import SearchError
from agents.events import DoneEvent, Event
from agents.limits import Limits
from agents.nodes.stages import told
from agents.policy import screen
from agents.project.answer import Part, ProjectAnswer, failed, merged
from agents.project.decomposing import Decomposing
from agents.project.events import PartEndedEvent, PartEvent, PlanEvent, ProjectDoneEvent, ProjectEvent
from agents.project.plan import Plan, PlannedPart
from agents.shortlist import Shortlist
from agents.sourcing import Sourcing
from retrieval.schema import Context

if TYPE_CHECKING:
    from agents.policy import Screening

AT_A_TIME = 4
"""Parts that are searched side by side; the others wait."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Projects:
    """One door for requests: those for one role go to `sourcing` as they are, those for several are taken apart.

    Each part has a share of the budget (`share`), a conversation of its own where there is one, and fails alone.
    """

    sourcing: Sourcing
    decomposing: Decomposing
    _shares: dict[int, Sourcing] = field(default_factory=dict, init=False, repr=False)

    async def search(
        self, text: str, *, thread: str | None = None, context: Context | None = None, limit: int = 10
    ) -> Shortlist | ProjectAnswer:
        """Search and wait for the whole answer. Raises what `stream` raises."""
        async with aclosing(self.stream(text, thread=thread, context=context, limit=limit)) as events:
            async for event in events:
                if isinstance(event, DoneEvent):
                    return event.shortlist
                if isinstance(event, ProjectDoneEvent):
                    return event.answer
        raise RuntimeError("the search ended without an answer")

    async def stream(
        self,
        text: str,
        *,
        thread: str | None = None,
        context: Context | None = None,
        limit: int = 10,
        follow_up: bool = False,
        declined: Sequence[str] = (),
    ) -> AsyncGenerator[Event | ProjectEvent, None]:
        """Search and hear of it as it goes; the last event is a `DoneEvent` or a `ProjectDoneEvent`.

        `limit` people are asked for a role. `follow_up`: `thread` has a role, which `text` edits unless it plainly asks
        for several people. A request with seeds or a search string is for one role. For the rest, see
        `Sourcing.stream`.

        Raises:
            SearchError: as `Sourcing.stream`; of several parts only where all of them raise one.
        """
        found = await self._plan(text, context or Context(), follow_up=follow_up)
        if found is None:
            alone = self.sourcing.stream(text, thread=thread, context=context, limit=limit, declined=declined)
            async with aclosing(alone) as events:
                async for event in events:
                    yield event
            return
        screening, plan = found
        running = _Running(
            sourcing=self._share(len(plan.parts)), plan=plan, context=context or Context(), limit=limit, thread=thread
        )
        async with aclosing(running.events()) as several:
            async for one in several:
                yield one
        parts = tuple(running.ended[part.number] for part in plan.parts)
        if all(part.shortlist is None for part in parts) and running.refusals:
            raise running.refusals[0]
        yield ProjectDoneEvent(answer=running.answer(text, screening, parts))

    async def _plan(self, text: str, context: Context, *, follow_up: bool) -> tuple[Screening, Plan] | None:
        """The plan of a request for several roles; None where there is one, or nothing that can be searched."""
        alone = bool(context.seeds or (context.boolean or "").strip())
        if alone or not self.decomposing.asks(text) or len(text) > self.sourcing.limits.request_characters:
            return None
        # Before any model sees it, as in a search for one role.
        screening = await asyncio.to_thread(screen, text)
        plan = await self.decomposing.plan(screening.text, most=self.sourcing.limits.parts, follow_up=follow_up)
        return (screening, plan) if plan.several else None

    def _share(self, parts: int) -> Sourcing:
        if parts not in self._shares:
            self._shares[parts] = self.sourcing.limited(share(self.sourcing.limits, parts))
        return self._shares[parts]


def share(limits: Limits, parts: int) -> Limits:
    """The limits of one of several parts: what costs is divided, a little of everything stays; at most one edit round.

    Whoever is shown has been read by the guard, so a part reads at least as many profiles as it is asked for.
    """
    return limits.model_copy(
        update={
            "guarded": max(1, limits.guarded // parts),
            "guard_concurrency": max(1, -(-limits.guard_concurrency // min(parts, AT_A_TIME))),
            "rounds": min(limits.rounds, 1),
            "tokens": None if limits.tokens is None else max(1, limits.tokens // parts),
        }
    )


@dataclass(kw_only=True)
class _Running:
    """The parts of one project while they are searched."""

    sourcing: Sourcing
    plan: Plan
    context: Context
    limit: int
    thread: str | None
    started: float = field(default_factory=perf_counter)
    ended: dict[int, Part] = field(default_factory=dict)
    refusals: list[SearchError] = field(default_factory=list)
    _name: str = field(default_factory=lambda: uuid4().hex[:6])
    _told: asyncio.Queue[ProjectEvent] = field(default_factory=asyncio.Queue)

    async def events(self) -> AsyncGenerator[ProjectEvent, None]:
        """The plan, then events of all parts as they come; stopping early stops all parts."""
        yield PlanEvent(plan=self.plan)
        turn = asyncio.Semaphore(AT_A_TIME)
        tasks = [asyncio.create_task(self._search(part, turn)) for part in self.plan.parts]
        try:
            while len(self.ended) < len(tasks):
                event = await self._told.get()
                if isinstance(event, PartEndedEvent):
                    self.ended[event.part.number] = event.part
                yield event
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _search(self, planned: PlannedPart, turn: asyncio.Semaphore) -> None:
        """Search one part; whatever happens there is told as an event, and raised nowhere."""
        thread = f"{self.thread}.{planned.number}-{self._name}" if self.thread is not None else None
        async with turn:
            try:
                part = await self._answered(planned, thread)
            except SearchError as error:
                self.refusals.append(error)
                part = failed(planned, str(error), thread=None)
            except TimeoutError:
                part = failed(planned, f"stopped after {self.sourcing.limits.seconds:g} s", thread=None)
            except Exception as error:
                part = failed(planned, told(error), thread=None)
        self._told.put_nowait(PartEndedEvent(part=part))

    async def _answered(self, planned: PlannedPart, thread: str | None) -> Part:
        stream = self.sourcing.stream(planned.text, thread=thread, context=self.context, limit=self.limit)
        async with asyncio.timeout(self.sourcing.limits.seconds), aclosing(stream) as events:
            async for event in events:
                self._told.put_nowait(PartEvent(part=planned.number, event=event))
                if isinstance(event, DoneEvent):
                    return Part(
                        number=planned.number,
                        words=planned.words,
                        headcount=planned.headcount,
                        shortlist=event.shortlist,
                        thread=thread,
                    )
        raise RuntimeError("the search ended without an answer")

    def answer(self, text: str, screening: Screening, parts: tuple[Part, ...]) -> ProjectAnswer:
        """All parts in one."""
        lists = [part.shortlist for part in parts if part.shortlist]
        lost = tuple(f'"{part.words}" brought nobody: {part.problem}' for part in parts if part.shortlist is None)
        return ProjectAnswer(
            request=text,
            parts=parts,
            people=merged(parts),
            shared=self.plan.shared,
            refused=screening.refused,
            notes=(*self.plan.notes, *lost),
            milliseconds=(perf_counter() - self.started) * 1e3,
            synthetic=any(one.synthetic for one in lists),
            snapshot=lists[0].snapshot if lists else self.sourcing.snapshot.id,
            thread=self.thread,
        )

"""The public face: a search, with everything it needs."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from agents.limits import Limits
from agents.models.runs import Run
from retrieval.retriever import Retriever
from retrieval.schema import Context

if TYPE_CHECKING:
    from langchain_core.runnables import RunnableConfig
    from langgraph.checkpoint.base import BaseCheckpointSaver

    from agents.events import DoneEvent, Event
    from agents.graph import Graph
    from agents.guard import Guard
    from agents.models.opening import Models
    from agents.nodes.ranking import Ranks
    from agents.nodes.reflecting import Reflects
    from agents.shortlist import Shortlist
    from agents.threads import Threads
    from agents.trajectory import TrajectoryLog
    from agents.understanding import Understanding
    from retrieval.snapshot import Snapshot


@dataclass(frozen=True, kw_only=True, eq=False)
class Sourcing:
    """Finds people for a role. Several searches may run at a time on one event loop; they share nothing that changes.

    `checkpointer` says where threads are kept between messages: a file (sqlite, shared by processes), a saver of
    LangGraph's, or None for this process's memory. A thread's file is opened for each message, unless the sourcing is
    entered (`async with sourcing:`), which holds it open. `notes` are told with every answer. `models` are those that
    the parts run on, for whoever needs more of them.
    """

    snapshot: Snapshot
    retrievers: Mapping[str, Retriever]
    understanding: Understanding
    guard: Guard
    ranker: Ranks | None = None
    reflector: Reflects | None = None
    trajectories: TrajectoryLog | None = None
    models: Models | None = None
    limits: Limits = field(default_factory=Limits)
    checkpointer: BaseCheckpointSaver[Any] | Path | None = None
    notes: tuple[str, ...] = ()
    _held: AsyncExitStack = field(default_factory=AsyncExitStack, init=False, repr=False)

    async def search(
        self,
        text: str,
        *,
        thread: str | None = None,
        context: Context | None = None,
        limit: int = 10,
        declined: Sequence[str] = (),
    ) -> Shortlist:
        """Search and wait for the whole answer. Raises what `stream` raises."""
        from agents.events import DoneEvent  # noqa: PLC0415  # as in `graph`

        running = self.stream(text, thread=thread, context=context, limit=limit, declined=declined)
        async with aclosing(running) as events:
            async for event in events:
                if isinstance(event, DoneEvent):
                    return event.shortlist
        raise RuntimeError("the search ended without an answer")

    async def stream(
        self,
        text: str,
        *,
        thread: str | None = None,
        context: Context | None = None,
        limit: int = 10,
        declined: Sequence[str] = (),
    ) -> AsyncGenerator[Event, None]:
        """Search and hear of it as it goes; the last event is a `DoneEvent`.

        With a `thread`, its earlier messages are remembered and `text` edits their role; `declined` are ids of edits
        (`Shortlist.edits`) that this search and the thread's next are to do without, for which `text` may be empty. To
        stop early, close the generator or cancel its task: what runs is cancelled, and answers of threads that cannot
        be are thrown away.

        Raises:
            SearchError: see `agents.errors`; the message is for the person who asked.
            NothingToSearch: the words name nothing to search for.
            ValueError: `limit` is below 1.
        """
        if limit < 1:
            raise ValueError(f"the number of people asked for must be 1 or more, not {limit}")
        from agents.graph import steps  # noqa: PLC0415  # as in `graph`
        from agents.state import Ask  # noqa: PLC0415

        config: RunnableConfig = {"recursion_limit": steps(self.limits)}
        if thread is not None:
            config["configurable"] = {"thread_id": thread}
        done: DoneEvent | None = None
        run = Run(tokens=self.limits.tokens)
        async with self._graph_for(thread) as graph:
            running = graph.astream(
                Ask(text=text, limit=limit, declined=tuple(declined)),
                config,
                context=context or Context(),
                stream_mode="custom",
                durability="exit" if thread is not None else None,
            )
            try:
                async with (
                    aclosing(cast("AsyncGenerator[Event, None]", running)) as steps_taken,
                    aclosing(run.over(steps_taken)) as events,
                ):
                    async for event in events:
                        if event.kind == "done":
                            done = event
                        else:
                            yield event
            except sqlite3.Error as error:
                done = self._unkept(done, error)
        if done is None:
            raise RuntimeError("the search ended without an answer")
        # Told only now: the thread has been written, so that a next message may follow at once.
        notes = (*done.shortlist.notes, *(self.models.notes if self.models else ()))
        yield _with(done, usage=run.usage(), notes=notes)

    def limited(self, limits: Limits) -> Sourcing:
        """This sourcing within other limits, on the same threads."""
        other = replace(self, limits=limits)
        # What is opened once is shared: the file of threads that is held, or this process's memory of them.
        for name in ("_threads", "_saver"):
            other.__dict__[name] = getattr(self, name)
        return other

    @cached_property
    def graph(self) -> Graph:
        """The compiled graph, without a checkpointer. LangGraph is imported here, not at start."""
        from agents.graph import build  # noqa: PLC0415

        return build(self)

    async def __aenter__(self) -> Sourcing:
        """Hold the file of threads open until the end of the block."""
        if self._threads is not None:
            await self._held.enter_async_context(self._threads.keep())
        return self

    async def __aexit__(self, *raised: object) -> None:
        await self._held.aclose()

    @cached_property
    def _threads(self) -> Threads | None:
        if not isinstance(self.checkpointer, Path):
            return None
        from agents.threads import Threads  # noqa: PLC0415

        return Threads(self.checkpointer)

    @cached_property
    def _saver(self) -> BaseCheckpointSaver[Any]:
        """The saver that was given, else this process's memory."""
        if self.checkpointer is None or isinstance(self.checkpointer, Path):
            from langgraph.checkpoint.memory import InMemorySaver  # noqa: PLC0415

            return InMemorySaver()
        return self.checkpointer

    @asynccontextmanager
    async def _graph_for(self, thread: str | None) -> AsyncIterator[Graph]:
        if thread is None:
            yield self.graph
        elif self._threads is None:
            yield self.graph.copy({"checkpointer": self._saver})
        else:
            async with self._threads.saver() as saver:
                yield self.graph.copy({"checkpointer": saver})

    def _unkept(self, done: DoneEvent | None, error: sqlite3.Error) -> DoneEvent:
        """An answer that is there is given, with a note that the thread was not written."""
        from agents.threads import unavailable  # noqa: PLC0415

        problem = unavailable(self.checkpointer if isinstance(self.checkpointer, Path) else "the checkpointer", error)
        if done is None:
            raise problem from error
        return _with(done, notes=(*done.shortlist.notes, f"this message is not remembered: {problem}"))


def _with(done: DoneEvent, **told: object) -> DoneEvent:
    """The answer with more told in it."""
    return done.model_copy(update={"shortlist": done.shortlist.model_copy(update=told)})

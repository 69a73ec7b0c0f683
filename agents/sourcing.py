"""The public face: everything a search needs, opened once, and the search itself."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from agents.limits import Limits
from retrieval.retriever import Retriever
from retrieval.schema import Context

if TYPE_CHECKING:
    from langchain_core.runnables import RunnableConfig
    from langgraph.checkpoint.base import BaseCheckpointSaver

    from agents.events import DoneEvent, Event
    from agents.graph import Graph
    from agents.guard import Guard
    from agents.nodes.ranking import Ranks
    from agents.shortlist import Shortlist
    from agents.threads import Threads
    from agents.understanding import Understanding
    from ranking import Ranker
    from retrieval.snapshot import Snapshot


@dataclass(frozen=True, kw_only=True, eq=False)
class Sourcing:
    """Finds people for a role. Several searches may run at a time on one event loop; they share nothing that changes.

    `checkpointer` says where threads are kept between messages: a file (sqlite, shared by processes), a saver of
    LangGraph's, or None for this process's memory. A thread's file is opened for each message, unless the sourcing is
    entered (`async with sourcing:`), which holds it open. `notes` are told with every answer.
    """

    snapshot: Snapshot
    retrievers: Mapping[str, Retriever]
    understanding: Understanding
    guard: Guard
    ranker: Ranks | None = None
    limits: Limits = field(default_factory=Limits)
    checkpointer: BaseCheckpointSaver[Any] | Path | None = None
    notes: tuple[str, ...] = ()
    _held: AsyncExitStack = field(default_factory=AsyncExitStack, init=False, repr=False)

    async def search(
        self, text: str, *, thread: str | None = None, context: Context | None = None, limit: int = 10
    ) -> Shortlist:
        """Search and wait for the whole answer. Raises what `stream` raises."""
        from agents.events import DoneEvent  # noqa: PLC0415  # as in `graph`

        async with aclosing(self.stream(text, thread=thread, context=context, limit=limit)) as events:
            async for event in events:
                if isinstance(event, DoneEvent):
                    return event.shortlist
        raise RuntimeError("the search ended without an answer")

    async def stream(
        self, text: str, *, thread: str | None = None, context: Context | None = None, limit: int = 10
    ) -> AsyncGenerator[Event, None]:
        """Search and hear of it as it goes; the last event is a `DoneEvent`.

        With a `thread`, its earlier messages are remembered and `text` edits their role. To stop early, close the
        generator or cancel its task: what runs is cancelled, and answers of threads that cannot be are thrown away.

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
        async with self._graph_for(thread) as graph:
            running = graph.astream(
                Ask(text=text, limit=limit),
                config,
                context=context or Context(),
                stream_mode="custom",
                durability="exit" if thread is not None else None,
            )
            try:
                async with aclosing(cast("AsyncGenerator[Event, None]", running)) as events:
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
        yield done

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
        shortlist = done.shortlist
        notes = (*shortlist.notes, f"this message is not remembered: {problem}")
        return done.model_copy(update={"shortlist": shortlist.model_copy(update={"notes": notes})})


def open_sourcing(workspace: Path, *, limits: Limits | None = None, checkpoints: Path | None = None) -> Sourcing:
    """Open a workspace's snapshot and everything that searches it, on the in-process models.

    Imports wait until here, so that a command line can greet before they have run.

    Raises:
        SnapshotError: the workspace has no snapshot that can be served; the message says what to do.
    """
    from agents.embedded import EmbeddedModel  # noqa: PLC0415
    from agents.embedded.guarding import make_guard_job  # noqa: PLC0415
    from agents.embedded.understanding import reader  # noqa: PLC0415
    from agents.embedded.vocabulary import Vocabulary  # noqa: PLC0415
    from agents.guard import OUTPUT, Guard  # noqa: PLC0415
    from agents.reading import Reading  # noqa: PLC0415
    from agents.understanding import Understanding  # noqa: PLC0415
    from retrieval import registry  # noqa: PLC0415
    from retrieval.snapshot import Snapshot  # noqa: PLC0415

    snapshot = Snapshot.open(workspace)
    left_out: list[registry.Listing] = []
    retrievers = registry.load(snapshot, on_problem=left_out.append)
    words = cache(lambda: Vocabulary.of(snapshot.attributes))
    model = EmbeddedModel(jobs={Reading.__name__: reader(words), OUTPUT: make_guard_job(snapshot)})
    ranker, problem = _ranker()
    return Sourcing(
        snapshot=snapshot,
        retrievers=retrievers,
        understanding=Understanding(model),
        guard=Guard(model),
        ranker=ranker,
        limits=limits or Limits(),
        checkpointer=checkpoints,
        notes=(
            *(f"the {one.name} strategy of {one.distribution} is left out: {one.why_not}" for one in left_out),
            *((problem,) if problem else ()),
        ),
    )


def _ranker() -> tuple[Ranker | None, str]:
    """The learned ranker, or why there is none."""
    from ranking import Ranker  # noqa: PLC0415
    from ranking.boosting import WeightsMismatch  # noqa: PLC0415

    try:
        return Ranker(), ""
    except (ImportError, FileNotFoundError, WeightsMismatch) as error:
        return None, f"people are in the order of the blend, since the ranker cannot be loaded: {error}"

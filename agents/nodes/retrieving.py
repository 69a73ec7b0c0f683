"""One strategy's node, and what happens where it fails or is late."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from time import perf_counter

from langgraph.errors import NodeError, NodeTimeoutError
from langgraph.runtime import Runtime
from langgraph.types import Command

from agents.limits import Limits
from agents.nodes.lane import Lane
from agents.nodes.stages import ended, told
from agents.shortlist import Stage
from agents.state import Retrieved, State, Update
from retrieval.filters import Filter
from retrieval.retriever import Retriever
from retrieval.schema import Context, Hit, Retrieval
from retrieval.snapshot import Snapshot, UnknownMember


class RetrieverFailed(RuntimeError):
    """A retriever raised, or answered what is no retrieval; `milliseconds` is how long it took."""

    def __init__(self, said: str, milliseconds: float) -> None:
        super().__init__(said)
        self.milliseconds = milliseconds


@dataclass(frozen=True, kw_only=True)
class Retrieving:
    """Runs one retriever in a thread of its own and checks what it returns."""

    name: str
    retriever: Retriever
    snapshot: Snapshot
    limits: Limits
    lane: Lane = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "lane", Lane(self.name))

    async def __call__(self, state: State, runtime: Runtime[Context]) -> Update:
        """The retrieval of this round. Raises RetrieverFailed, which `failed` turns into a stage without hits."""
        started = perf_counter()
        try:
            retrieval, dropped = await self.lane.run(lambda: self._retrieve(state))
        except Exception as error:
            raise RetrieverFailed(told(error), (perf_counter() - started) * 1e3) from error
        detail = f"{dropped} unusable hits dropped" if dropped else ""
        stage = ended(runtime, self.name, started=started, round=state.round, count=len(retrieval.hits), detail=detail)
        return {"retrieved": Retrieved(strategy=self.name, retrieval=retrieval, stage=stage)}

    def _retrieve(self, state: State) -> tuple[Retrieval, int]:
        if state.filtered is None:
            raise RuntimeError("the filter has not been compiled")
        answer = self.retriever.retrieve(
            role=state.searched, filter=state.filtered, context=state.context, limit=self.limits.hits
        )
        if not isinstance(answer, Retrieval):
            raise TypeError(f"it returned a {type(answer).__name__}, not a Retrieval")
        return usable(answer, name=self.name, filter=state.filtered, snapshot=self.snapshot, limit=self.limits.hits)


def usable(answer: Retrieval, *, name: str, filter: Filter, snapshot: Snapshot, limit: int) -> tuple[Retrieval, int]:
    """The hits that may be used, ranked anew where some are not, and how many were dropped.

    Dropped are members that the snapshot does not hold or the filter does not pass, repeated ones, scores that are no
    number, and what goes beyond the limit: outsiders' code is not trusted with the filter.
    """
    kept: list[Hit] = []
    seen: set[str] = set()
    for hit in answer.hits:
        if len(kept) == limit:
            break
        if isinstance(hit, Hit) and hit.member_id not in seen and math.isfinite(hit.score):
            try:
                allowed = snapshot.row(hit.member_id) in filter.rows
            except UnknownMember:
                allowed = False
            if allowed:
                seen.add(hit.member_id)
                kept.append(hit)
    ranked = tuple(
        hit if hit.rank == rank and hit.strategy == name else hit.model_copy(update={"rank": rank, "strategy": name})
        for rank, hit in enumerate(kept, 1)
    )
    return Retrieval(hits=ranked, notes=tuple(str(note) for note in answer.notes)), len(answer.hits) - len(kept)


def failed(name: str, *, goto: str) -> Callable[[State, NodeError, Runtime[Context]], Awaitable[Command[str]]]:
    """The error handler of a strategy's node: it costs its hits, says so, and the search goes on at `goto`."""

    async def handle(state: State, error: NodeError, runtime: Runtime[Context]) -> Command[str]:
        cause = error.error
        if isinstance(cause, NodeTimeoutError):
            status, detail = "late", f"stopped after {cause.timeout:g} s"
            milliseconds = cause.elapsed * 1e3
        else:
            status, detail = "failed", str(cause) if isinstance(cause, RetrieverFailed) else told(cause)
            milliseconds = cause.milliseconds if isinstance(cause, RetrieverFailed) else 0.0
        stage: Stage = ended(
            runtime,
            name,
            started=perf_counter() - milliseconds / 1e3,
            round=state.round,
            count=0,
            detail=detail,
            status=status,
        )
        note = f"the {name} strategy brought nothing: {detail}"
        found = Retrieved(strategy=name, retrieval=Retrieval(notes=(note,)), stage=stage)
        return Command(update={"retrieved": found}, goto=goto)

    return handle

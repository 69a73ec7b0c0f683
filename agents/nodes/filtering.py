"""The hard part of the role, compiled before any strategy runs."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from time import perf_counter

from langgraph.runtime import Runtime

from agents.nodes.stages import ended
from agents.state import State, Update
from retrieval.filters import compile_filter
from retrieval.schema import Context
from retrieval.snapshot import Snapshot


@dataclass(frozen=True, kw_only=True)
class Filtering:
    """Compiles the searched role to a bitmap."""

    snapshot: Snapshot

    async def __call__(self, state: State, runtime: Runtime[Context]) -> Update:
        """The filter, its notes, and a stage that names its steps."""
        started = perf_counter()
        compiled = await asyncio.to_thread(compile_filter, state.searched, self.snapshot)
        steps = "; ".join(f"{step.criterion}: {step.passing:,}" for step in compiled.steps)
        stage = ended(runtime, "filter", started=started, round=state.round, count=len(compiled.rows), detail=steps)
        new = tuple(note for note in compiled.notes if note not in state.notes)
        return {"filtered": compiled, "notes": (*state.notes, *new), "waterfall": (*state.waterfall, stage)}

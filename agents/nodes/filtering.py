"""Who may be found at all: the hard part of the role, less the people this recruiter has dealt with."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass, replace
from time import perf_counter

from langgraph.runtime import Runtime
from pyroaring import BitMap

from agents.criterion_costs import CriterionCost, costs
from agents.nodes.stages import ended
from agents.state import State, Update
from retrieval.filters import Filter, compile_filter
from retrieval.schema import Context
from retrieval.snapshot import Snapshot, UnknownMember


@dataclass(frozen=True, kw_only=True)
class Filtering:
    """Compiles the searched role to a bitmap. The examples given to search by, and those passed, are left out of it."""

    snapshot: Snapshot

    async def __call__(self, state: State, runtime: Runtime[Context]) -> Update:
        """The filter, its notes, and a stage that names its steps."""
        started = perf_counter()
        compiled, found = await asyncio.to_thread(self._compile, state)
        steps = "; ".join(f"{step.criterion}: {step.passing:,}" for step in compiled.steps)
        stage = ended(runtime, "filter", started=started, round=state.round, count=len(compiled.rows), detail=steps)
        new = tuple(note for note in compiled.notes if note not in state.notes)
        return {
            "filtered": compiled,
            "costs": found,
            "notes": (*state.notes, *new),
            "waterfall": (*state.waterfall, stage),
        }

    def _compile(self, state: State) -> tuple[Filter, tuple[CriterionCost, ...]]:
        compiled = compile_filter(state.searched, self.snapshot)
        # Costs are those of the role as asked, which the first round searches.
        first = state.searched == state.role and not state.costs
        found = costs(state.role, self.snapshot, compiled=compiled) if first else state.costs
        return self._less(compiled, state.context), found

    def _less(self, compiled: Filter, context: Context) -> Filter:
        """The filter without the people this recruiter has dealt with."""
        dealt_with = BitMap()
        for member_id in (*context.seeds, *context.feedback.passed):
            with suppress(UnknownMember):  # a seed is checked by the strategy that needs it; a pass may be of old
                dealt_with.add(self.snapshot.row(member_id))
        left_out = len(compiled.rows & dealt_with)
        if not left_out:
            return compiled
        note = f"left out {left_out} who {'was' if left_out == 1 else 'were'} given as examples or passed before"
        return replace(compiled, rows=compiled.rows - dealt_with, notes=(*compiled.notes, note))

"""The way back: widen what is searched for, and say so."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import partial
from time import perf_counter

from langgraph.runtime import Runtime

from agents.broaden import broaden
from agents.nodes.stages import ended
from agents.state import State, Update
from retrieval.schema import Context
from retrieval.snapshot import Snapshot


@dataclass(frozen=True, kw_only=True)
class Broadening:
    """Relaxes one thing of the searched role, where there is one left; the role as asked stays."""

    snapshot: Snapshot

    async def __call__(self, state: State, runtime: Runtime[Context]) -> Update:
        """`widened` says whether another round is worth it."""
        started = perf_counter()
        if state.filtered is None:
            return {"widened": False}
        work = partial(broaden, state.searched, snapshot=self.snapshot)
        wider = await asyncio.to_thread(work)
        if wider is None:
            return {"widened": False}
        stage = ended(runtime, "broadened", started=started, round=state.round + 1, detail=wider.relaxed)
        return {
            "searched": wider.role,
            "relaxed": (*state.relaxed, wider.relaxed),
            "widened": True,
            "round": state.round + 1,
            "waterfall": (*state.waterfall, stage),
        }

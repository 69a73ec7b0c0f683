"""What the graph costs beside the work inside its nodes: `python benchmarks/orchestration.py [--workspace DIR]`.

Two figures, each with checkpoints off, kept in sqlite, and kept in sqlite held open. "Gaps": in a real search, the wall
time that no node's body covers. "Hollow": the whole run where nodes give back at once what they gave in a search
before, so that nothing hides behind a strategy that still runs; it includes copying states of real size. Beside it
stands the processor time of the event loop's thread, which a busy machine disturbs less than the wall time.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from time import perf_counter, thread_time
from typing import Any

from langgraph.runtime import Runtime

from agents.events import DoneEvent
from agents.graph import Node, build
from agents.opening import open_sourcing
from agents.sourcing import Sourcing
from agents.state import State, Update
from offline.index_build import build as index
from offline.synthetic import generate
from retrieval.schema import Context

REQUEST = "Registered nurse in New York with 3 years of experience and patient care; Spanish is a plus"
BUDGET = 5.0
TURNS = ("checkpoints off", "sqlite", "sqlite held open")


@dataclass
class Watch:
    """Takes down when nodes ran, and what they gave back."""

    times: list[tuple[float, float]] = field(default_factory=list)
    given: dict[str, list[Update]] = field(default_factory=dict)

    def record(self, name: str, node: Node) -> Node:
        """The node, watched."""

        async def recorded(state: State, runtime: Runtime[Context]) -> Update:
            started = perf_counter()
            update = await node(state, runtime)
            self.given.setdefault(name, []).append(update)
            self.times.append((started, perf_counter()))
            return update

        return recorded

    def replay(self, name: str, node: Node) -> Node:
        """What the node gave back before, at once; a search ends with an event, so the last node streams it."""
        del node
        given = self.given.get(name, [{}])

        async def replayed(state: State, runtime: Runtime[Context]) -> Update:
            update = given[min(state.round, len(given)) - 1]
            if name == "finish":
                runtime.stream_writer(DoneEvent(shortlist=update["shortlist"]))
            return update

        return replayed

    def covered(self) -> float:
        """Seconds in which at least one node ran."""
        total, end = 0.0, 0.0
        for started, ended in sorted(self.times):
            total += max(0.0, ended - max(started, end))
            end = max(end, ended)
        return total


@asynccontextmanager
async def turn(sourcing: Sourcing, name: str, folder: Path) -> AsyncIterator[Callable[[], Any]]:
    """A way to search, as `name` says."""
    thread = None if name == TURNS[0] else "benchmark"
    kept = replace(sourcing, checkpointer=folder / f"{name}.sqlite")
    kept.__dict__["graph"] = sourcing.graph
    async with AsyncExitStack() as stack:
        if name == TURNS[2]:
            await stack.enter_async_context(kept)
        yield lambda: kept.search(REQUEST, thread=thread)


async def gaps(sourcing: Sourcing, name: str, folder: Path, runs: int) -> tuple[float, float]:
    """Median milliseconds outside nodes, and in all."""
    outside, whole = [], []
    watch = Watch()
    watched = replace(sourcing)
    watched.__dict__["graph"] = build(sourcing, wrap=watch.record)
    async with turn(watched, name, folder) as search:
        for run in range(runs + 2):
            watch.times.clear()
            started = perf_counter()
            await search()
            took = perf_counter() - started
            if run > 1:
                outside.append((took - watch.covered()) * 1e3)
                whole.append(took * 1e3)
    return statistics.median(outside), statistics.median(whole)


async def hollow(sourcing: Sourcing, name: str, folder: Path, runs: int) -> tuple[float, float]:
    """Median milliseconds, wall and processor, of a search whose nodes do nothing."""
    watch = Watch()
    first = replace(sourcing)
    first.__dict__["graph"] = build(sourcing, wrap=watch.record)
    await first.search(REQUEST)
    emptied = replace(sourcing)
    emptied.__dict__["graph"] = build(sourcing, wrap=watch.replay)
    took, worked = [], []
    async with turn(emptied, name, folder) as search:
        for run in range(runs + 2):
            started, before = perf_counter(), thread_time()
            await search()
            if run > 1:
                took.append((perf_counter() - started) * 1e3)
                worked.append((thread_time() - before) * 1e3)
    return statistics.median(took), statistics.median(worked)


async def measure(workspace: Path, folder: Path, runs: int) -> dict[str, Any]:
    """All figures, as `benchmarks/run.py` reads them."""
    sourcing = open_sourcing(workspace)
    parts: dict[str, float] = {}
    notes = []
    for name in TURNS:
        outside, whole = await gaps(sourcing, name, folder, runs)
        empty, worked = await hollow(sourcing, name, folder, runs * 3)
        parts[f"{name}: gaps"] = outside
        parts[f"{name}: hollow"] = empty
        parts[f"{name}: hollow, processor"] = worked
        notes.append(f"{name}: {outside:.2f} ms outside nodes of {whole:.0f} ms ({outside / whole:.1%})")
    worst = max(parts[f"{name}: gaps"] for name in TURNS)
    return {
        "name": "orchestration: graph less the work inside nodes, median, worst way to keep threads",
        "total": worst,
        "unit": "ms",
        "parts": parts,
        "note": f"budget {BUDGET:g} ms; " + "; ".join(notes),
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workspace", type=Path, help="a workspace with a snapshot; otherwise 300 invented people")
    parser.add_argument("--runs", type=int, default=15)
    parser.add_argument("--json", action="store_true", help="print JSON")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        workspace = chosen.workspace
        if workspace is None:
            workspace = folder / "workspace"
            index((profile for profile, _ in generate(size=300, seed=1)), workspace=workspace)
        found = asyncio.run(measure(workspace, folder, chosen.runs))
    if chosen.json:
        print(json.dumps(found))
        return
    print(f"{found['name']}: {found['total']:.2f} ms")
    for name, milliseconds in found["parts"].items():
        print(f"  {milliseconds:6.2f} ms  {name}")
    print(f"  {found['note']}")


if __name__ == "__main__":
    main()

"""Engines side by side: query by query in the same run, in a new order each time, so that all see the same machine."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.vectors import truth
from benchmarks.vectors.dataset import Dataset, Filter
from benchmarks.vectors.peers.peer import Engine, written

Progress = Callable[[str, int, int | None], None]
SLOW = 0.03  # CPU seconds a query, from which an engine is asked
SELDOM = 5  # only every fifth query,
ENOUGH = 10  # once it has been asked this often


@dataclass(frozen=True, kw_only=True)
class Row:
    """One engine behind one filter. Milliseconds a query: `cpu` of all threads, `wall` of the clock. `short` counts
    answers with fewer rows than there could be."""

    engine: str
    filter: str
    kind: str
    percent: float
    passing: int
    setting: str
    recall: float
    least: float
    short: int
    queries: int
    cpu_p50: float
    cpu_p95: float
    wall_p50: float
    wall_p95: float
    wall_best: float


@dataclass(kw_only=True)
class Taken:
    """What an engine did so far, query by query."""

    cpu: list[float] = field(default_factory=list)
    wall: list[float] = field(default_factory=list)
    recall: list[float] = field(default_factory=list)
    short: int = 0

    def due(self, turn: int) -> bool:
        """Slow ones sit most queries out."""
        return len(self.cpu) < ENOUGH or turn % SELDOM == 0 or float(np.median(self.cpu)) < SLOW

    def row(self, engine: str, setting: str, chosen: Filter) -> Row:
        """What it comes to."""
        cpu, wall = np.array(self.cpu) * 1e3, np.array(self.wall) * 1e3
        return Row(
            engine=engine,
            filter=chosen.name,
            kind=chosen.kind,
            percent=chosen.percent,
            passing=chosen.passing,
            setting=setting,
            recall=float(np.mean(self.recall)),
            least=min(self.recall),
            short=self.short,
            queries=len(cpu),
            cpu_p50=float(np.median(cpu)),
            cpu_p95=float(np.percentile(cpu, 95)),
            wall_p50=float(np.median(wall)),
            wall_p95=float(np.percentile(wall, 95)),
            wall_best=float(wall.min()),
        )


def compare(
    engines: Mapping[str, Engine],
    *,
    dataset: Dataset,
    chosen: Filter,
    best: NDArray[np.float32],
    queries: Sequence[int],
    k: int,
    progress: Progress,
) -> tuple[list[Row], dict[str, str]]:
    """Search every query with every engine, `best` [q, k] being the truth; and why engines gave up on the way."""
    prepared: dict[str, Any] = {name: engine.peer.prepare(chosen) for name, engine in engines.items()}
    taken = {name: Taken() for name in engines}
    for name, engine in engines.items():  # what is done once, and pages not yet in memory
        engine.search(dataset.queries[queries[-1]], k=k, rows=prepared[name])
    order = np.random.default_rng(0)
    names = list(engines)
    broken: dict[str, str] = {}
    for turn, number in enumerate(queries):
        progress(f"behind {chosen.name}", turn, len(queries))
        query = dataset.queries[number]
        for place in order.permutation(len(names)):
            name = names[place]
            one = taken[name]
            if name in broken or not one.due(turn):
                continue
            wall, cpu = time.perf_counter(), time.process_time()
            try:
                hits = engines[name].search(query, k=k, rows=prepared[name])
            except Exception as error:  # one that breaks must not cost the others their run
                broken[name] = f"behind {chosen.name}: {type(error).__name__}: {error}"
                continue
            one.cpu.append(time.process_time() - cpu)
            one.wall.append(time.perf_counter() - wall)
            found = truth.hits(hits.rows, query=query, vectors=dataset.vectors, chosen=chosen, best=best[number])
            one.recall.append(truth.recall(found, k=k, passing=chosen.passing))
            one.short += len(hits.rows) < min(k, chosen.passing)
    progress(f"behind {chosen.name}", len(queries), len(queries))
    rows = [
        taken[name].row(name, written(engine.setting), chosen) for name, engine in engines.items() if name not in broken
    ]
    return rows, broken

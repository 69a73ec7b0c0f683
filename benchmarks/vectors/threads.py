"""What a second core brings: to one search, and to two at a time."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from pyroaring import BitMap

from benchmarks.vectors.contest import K
from benchmarks.vectors.dataset import Dataset, Filter
from retrieval.vectors import VectorIndex

Progress = Callable[[str, int, int | None], None]
QUERIES = 40
ROUNDS = 3


@dataclass(frozen=True, kw_only=True)
class Threads:
    """Milliseconds of the clock: of one search on one thread and on two, and a query of `QUERIES` searches by one
    caller and by two at a time. Best of some rounds, since neighbours slow the clock."""

    filter: str
    one: float
    two: float
    caller: float
    callers: float


def measure(index: VectorIndex, dataset: Dataset, *, progress: Progress) -> list[Threads]:
    """Behind every filter."""
    made = []
    for number, chosen in enumerate(dataset.filters):
        progress("threads", number, len(dataset.filters))
        made.append(_behind(index, dataset, chosen))
    return made


def _behind(index: VectorIndex, dataset: Dataset, chosen: Filter) -> Threads:
    rows = BitMap(np.flatnonzero(chosen.mask).astype(np.uint32))
    queries = range(min(QUERIES, len(dataset.queries)))
    best = {"one": np.inf, "two": np.inf, "caller": np.inf, "callers": np.inf}

    def search(numbers: Sequence[int], threads: int = 1) -> list[float]:
        taken = []
        for number in numbers:
            started = time.perf_counter()
            index.search(dataset.queries[number], k=K, rows=rows, threads=threads)
            taken.append(time.perf_counter() - started)
        return taken

    with ThreadPoolExecutor(2) as pool:
        for _ in range(ROUNDS):
            best["one"] = min(best["one"], float(np.median(search(queries))))
            best["two"] = min(best["two"], float(np.median(search(queries, threads=2))))
            for name, callers in (("caller", 1), ("callers", 2)):
                started = time.perf_counter()
                list(pool.map(search, [queries[start::callers] for start in range(callers)]))
                best[name] = min(best[name], (time.perf_counter() - started) / len(queries))
    return Threads(filter=chosen.name, **{name: value * 1e3 for name, value in best.items()})

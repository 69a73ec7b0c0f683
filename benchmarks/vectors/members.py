"""Several vectors a member: the best people, by their best passage and by the mean of their best three.

Against a comparison of everybody in plain numpy, which is timed beside it.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

from benchmarks.vectors.contest import K
from benchmarks.vectors.dataset import Filter
from benchmarks.vectors.peers.ours import parts
from benchmarks.vectors.peers.peer import built_once, folder_bytes
from benchmarks.vectors.population import Population
from benchmarks.vectors.truth import TIE, recall
from retrieval.vectors import VectorIndex

Progress = Callable[[str, int, int | None], None]


@dataclass(frozen=True, kw_only=True)
class Members:
    """One way of scoring members behind one filter; milliseconds of CPU, medians, and the 95th percentile of ours."""

    filter: str
    note: str
    best: int
    passing: int
    recall: float
    short: int
    ours: float
    ours_p95: float
    numpy: float
    plan: str


def measure(people: Population, *, queries: int, progress: Progress) -> list[Members]:
    """Behind every filter, by the best passage and by the best three."""
    index = _index(people)
    made = []
    for number, chosen in enumerate(people.filters):
        progress("members of several vectors", number, len(people.filters))
        made += [_behind(people, index, chosen, best, queries) for best in (1, 3)]
    return made


def _index(people: Population) -> VectorIndex:
    folder = people.passages.folder / "members"
    facts = people.passages.folder / "members.json"
    if not facts.is_file():
        shutil.rmtree(folder, ignore_errors=True)

    def make() -> int:
        vectors = people.passages.vectors
        VectorIndex.write(folder, parts(vectors), shape=vectors.shape, offsets=people.offsets, best=3)
        return folder_bytes(folder)

    built_once(facts, make=make)
    return VectorIndex.open(folder)


def _behind(people: Population, index: VectorIndex, chosen: Filter, best: int, queries: int) -> Members:
    rows = BitMap(np.flatnonzero(chosen.mask).astype(np.uint32))
    ours, numpy, found, short = [], [], [], 0
    possible = min(K, int((chosen.mask & (np.diff(people.offsets) > 0)).sum()))
    plan = ""
    for query in people.passages.queries[:queries]:
        started = time.process_time()
        hits = index.search(query, k=K, rows=rows, best=best)
        between = time.process_time()
        scores = member_scores(people.passages.vectors @ query, people.offsets, best)
        numpy.append(time.process_time() - between)
        ours.append(between - started)
        passing = np.where(chosen.mask, scores, -np.inf)
        last = np.partition(passing, len(passing) - possible)[len(passing) - possible] if possible else np.inf
        returned = np.unique(hits.rows)
        found.append(recall(int((passing[returned] >= last - TIE).sum()), k=K, passing=possible))
        short += len(hits.rows) < possible
        plan = hits.plan.method
    return Members(
        filter=chosen.name,
        note=chosen.note,
        best=best,
        passing=chosen.passing,
        recall=float(np.mean(found)),
        short=short,
        ours=float(np.median(ours)) * 1e3,
        ours_p95=float(np.percentile(ours, 95)) * 1e3,
        numpy=float(np.median(numpy)) * 1e3,
        plan=plan,
    )


def member_scores(scores: NDArray[np.float32], offsets: NDArray[np.int64], best: int) -> NDArray[np.float32]:
    """[n] mean of each member's best `min(best, count)` of passage scores [v]; -inf for one without passages."""
    counts = np.diff(offsets)
    member = np.repeat(np.arange(len(counts)), counts)
    order = np.lexsort((-scores, member))
    place = np.arange(len(scores)) - np.repeat(offsets[:-1], counts)
    kept = order[place < best]
    sums = np.bincount(member[kept], weights=scores[kept].astype(np.float64), minlength=len(counts))
    divisor = np.minimum(counts, best)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(divisor > 0, sums / divisor, -np.inf).astype(np.float32)

"""Turns a peer's knobs on queries of its own, until it is as fast as it gets at the recall asked for."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.vectors import truth
from benchmarks.vectors.dataset import Dataset, Filter
from benchmarks.vectors.peers.peer import Engine, Peer, Setting

FIRST = 4
HOPELESS = 3.0
"""A setting this many times slower than one that is good enough is left after its first queries."""
PATIENCE = 0.4
"""CPU seconds a query, from which a setting is left after its first queries too."""


@dataclass(frozen=True, kw_only=True)
class Tried:
    """One setting. `cpu` is the median of milliseconds a query, `queries` how many it ran on."""

    setting: Setting
    recall: float
    cpu: float
    queries: int


def sweep(
    peer: Peer,
    *,
    dataset: Dataset,
    chosen: Filter,
    best: NDArray[np.float32],
    queries: Sequence[int],
    k: int,
    target: float,
) -> list[Tried]:
    """Every setting of the peer on some of the queries (numbers into `dataset.queries`; `best` goes with those)."""
    rows = peer.prepare(chosen)
    tried: list[Tried] = []
    for setting in peer.settings(k=k, percent=chosen.percent):
        engine = Engine.of(peer, setting, dataset=dataset, chosen=chosen)
        good = min((one.cpu for one in tried if one.recall >= target), default=np.inf)
        taken: list[float] = []
        found: list[float] = []
        for number in queries:
            query = dataset.queries[number]
            started = time.process_time()
            hits = engine.search(query, k=k, rows=rows)
            taken.append(time.process_time() - started)
            count = truth.hits(hits.rows, query=query, vectors=dataset.vectors, chosen=chosen, best=best[number])
            found.append(truth.recall(count, k=k, passing=chosen.passing))
            median = float(np.median(taken))
            if len(taken) == FIRST and (median * 1e3 > HOPELESS * good or median > PATIENCE):
                break
        tried.append(
            Tried(setting=setting, recall=float(np.mean(found)), cpu=float(np.median(taken)) * 1e3, queries=len(taken))
        )
    return tried


def fastest(tried: Sequence[Tried], *, target: float) -> Tried:
    """The fastest that reaches `target`; where none does, the one with the highest recall."""
    enough = [one for one in tried if one.recall >= target]
    if enough:
        return min(enough, key=lambda one: one.cpu)
    return max(tried, key=lambda one: (one.recall, -one.cpu))


def truest(tried: Sequence[Tried], *, within: float) -> Tried:
    """The highest recall in no more than `within` milliseconds; where all take longer, the fastest."""
    quick = [one for one in tried if one.cpu <= within]
    if quick:
        return max(quick, key=lambda one: (one.recall, -one.cpu))
    return min(tried, key=lambda one: one.cpu)

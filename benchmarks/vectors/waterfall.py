"""Where candidates are lost: by approximation, by filtering afterwards, and by both at once.

One IVFPQ for every filter, as a service runs it that does not know them beforehand: `CANDIDATES` times k candidates,
and the fewest probes that find nine tenths of the best when nothing is filtered.

- approximation alone: the same probes and candidates, the filter asked inline, so that nothing is fetched in vain;
- post-filter alone: as many candidates from an exact search, then filtered;
- both together: as it runs.

Beside them stands the IVFPQ with post-filter that finds most behind this very filter in the time that ours takes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.vectors import truth
from benchmarks.vectors.comparing import Row
from benchmarks.vectors.dataset import Dataset, Filter
from benchmarks.vectors.peers.peer import Engine, Peer, Setting, written
from benchmarks.vectors.tuning import fastest, sweep

CANDIDATES = 5
UNFILTERED = 0.9


@dataclass(frozen=True, kw_only=True)
class Waterfall:
    """Mean numbers of the true best k behind one filter. `in_time` is what the best IVFPQ with post-filter finds in no
    more time than ours; milliseconds are CPU."""

    filter: str
    kind: str
    percent: float
    setting: str
    wanted: float
    approximate: float
    post_filtered: float
    both: float
    both_ms: float
    in_time: float
    in_time_ms: float
    in_time_setting: str
    ours: float
    ours_ms: float


def usual(peer: Peer, *, dataset: Dataset, best: NDArray[np.float32], queries: Sequence[int], k: int) -> Setting:
    """The setting for every filter, chosen with none. `best` [q, k] is the truth of everybody."""
    tried = sweep(peer, dataset=dataset, chosen=dataset.everybody, best=best, queries=queries, k=k, target=UNFILTERED)
    return fastest([one for one in tried if one.setting["fetch"] == CANDIDATES * k], target=UNFILTERED).setting


def after_filter(order: NDArray[np.int64], *, chosen: Filter, fetched: int, k: int) -> NDArray[np.int64]:
    """What a post-filter leaves of an exact search: of the first `fetched` rows of `order`, the first k that pass."""
    candidates = order[:fetched]
    return candidates[chosen.mask[candidates]][:k]


def measure(
    *,
    dataset: Dataset,
    chosen: Filter,
    best: NDArray[np.float32],
    queries: Sequence[int],
    k: int,
    inline: Peer,
    setting: Setting,
    both: Row,
    in_time: Row,
    ours: Row,
) -> Waterfall:
    """The two steps that were not timed; the rest comes from the timed run."""
    engine = Engine.of(inline, setting, dataset=dataset, chosen=chosen)
    rows = inline.prepare(chosen)
    approximate: list[int] = []
    filtered: list[int] = []
    everybody = np.asarray(dataset.vectors)
    fetched = min(int(setting["fetch"]), dataset.rows)
    for number in queries:
        query = dataset.queries[number]
        scores = everybody @ query
        top = np.argpartition(scores, len(scores) - fetched)[len(scores) - fetched :]
        left = after_filter(top[np.argsort(-scores[top])], chosen=chosen, fetched=fetched, k=k)
        for found, counted in ((engine.search(query, k=k, rows=rows).rows, approximate), (left, filtered)):
            counted.append(truth.hits(found, query=query, vectors=everybody, chosen=chosen, best=best[number]))
    wanted = float(min(k, chosen.passing))
    return Waterfall(
        filter=chosen.name,
        kind=chosen.kind,
        percent=chosen.percent,
        setting=written(setting),
        wanted=wanted,
        approximate=float(np.mean(approximate)),
        post_filtered=float(np.mean(filtered)),
        both=both.recall * wanted,
        both_ms=both.cpu_p50,
        in_time=in_time.recall * wanted,
        in_time_ms=in_time.cpu_p50,
        in_time_setting=in_time.setting,
        ours=ours.recall * wanted,
        ours_ms=ours.cpu_p50,
    )

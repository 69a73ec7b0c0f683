"""All engines over one data set: opened, tuned, compared, and the waterfall of what IVFPQ with post-filter loses."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.vectors import truth, waterfall
from benchmarks.vectors.comparing import Row, compare
from benchmarks.vectors.dataset import Dataset
from benchmarks.vectors.peers import PEERS, Missing, Peer
from benchmarks.vectors.peers.peer import Engine, Setting, written
from benchmarks.vectors.tuning import Tried, fastest, sweep, truest
from benchmarks.vectors.waterfall import Waterfall

Progress = Callable[[str, int, int | None], None]
K = 200
TARGET = 0.99
TUNING = 16
"""Queries to tune on, beside those that are measured."""
SOME = 40
"""Queries for which everybody is compared again, to see what each step loses."""
OURS, INLINE, POST = "shortlist", "faiss IVFPQ, inline filter", "faiss IVFPQ, post filter"
EQUAL = f"{POST}, in our time"
USUAL = f"{POST}, one for all"


@dataclass(frozen=True, kw_only=True)
class Contest:
    """All that was measured over one data set. `builds` by engine; `sweeps` by filter and engine; `missing` says why an
    engine is not there."""

    dataset: str
    rows: int
    width: int
    k: int
    target: float
    filters: dict[str, dict[str, Any]]
    builds: dict[str, dict[str, Any]]
    measured: list[Row]
    sweeps: dict[str, dict[str, list[dict[str, Any]]]]
    waterfalls: list[Waterfall]
    missing: dict[str, str]

    def found(self, engine: str, name: str) -> Row | None:
        """What an engine did behind the filter of a name."""
        return next((row for row in self.measured if row.engine == engine and row.filter == name), None)


def hold(dataset: Dataset, *, peers: Sequence[str], queries: int, progress: Progress, k: int = K) -> Contest:
    """Measure `queries` queries behind every filter, after tuning on the last `TUNING` of the data set."""
    best = truth.best_scores(dataset, k=k, progress=progress)
    opened, missing = _open(dataset, peers, progress)
    asked = range(queries)
    practice = range(len(dataset.queries) - TUNING, len(dataset.queries))
    measured: list[Row] = []
    sweeps: dict[str, dict[str, list[dict[str, Any]]]] = {}
    falls: list[Waterfall] = []
    usual = _usual(opened, dataset, best[dataset.everybody.name], practice, k)
    for chosen in dataset.filters:
        engines: dict[str, Engine] = {}
        tried: dict[str, list[Tried]] = {}
        for peer in opened:
            if peer.name in missing:
                continue
            progress(f"tuning behind {chosen.name}: {peer.name}", len(tried), len(opened))
            try:
                tried[peer.name] = sweep(
                    peer, dataset=dataset, chosen=chosen, best=best[chosen.name], queries=practice, k=k, target=TARGET
                )
            except Exception as error:
                if peer.name.startswith(OURS):
                    raise
                missing[peer.name] = f"behind {chosen.name}: {type(error).__name__}: {error}"
                continue
            setting = fastest(tried[peer.name], target=TARGET).setting
            engines[peer.name] = Engine.of(peer, setting, dataset=dataset, chosen=chosen)
        by_name = {peer.name: peer for peer in opened}
        if OURS in tried and POST in tried:
            ours = tried[OURS][0].cpu
            setting = truest(tried[POST], within=ours).setting
            engines[EQUAL] = Engine.of(by_name[POST], setting, dataset=dataset, chosen=chosen)
            if usual:
                engines[USUAL] = Engine.of(by_name[POST], usual, dataset=dataset, chosen=chosen)
        rows, broken = compare(
            engines,
            dataset=dataset,
            chosen=chosen,
            best=best[chosen.name],
            queries=asked,
            k=k,
            progress=progress,
        )
        measured += rows
        missing |= broken
        sweeps[chosen.name] = {name: [_plain(one) for one in found] for name, found in tried.items() if len(found) > 1}
        timed = {row.engine: row for row in rows}
        if usual and {USUAL, EQUAL, INLINE} <= timed.keys() and chosen.passing:
            progress(f"what is lost behind {chosen.name}", 0, None)
            falls.append(
                waterfall.measure(
                    dataset=dataset,
                    chosen=chosen,
                    best=best[chosen.name],
                    queries=asked[:SOME],
                    k=k,
                    inline=by_name[INLINE],
                    setting=usual,
                    both=timed[USUAL],
                    in_time=timed[EQUAL],
                    ours=timed[OURS],
                )
            )
    return Contest(
        dataset=dataset.name,
        rows=dataset.rows,
        width=dataset.width,
        k=k,
        target=TARGET,
        filters={one.name: {"passing": one.passing, "note": one.note} for one in dataset.filters},
        builds=_builds(opened),
        measured=measured,
        sweeps=sweeps,
        waterfalls=falls,
        missing=missing,
    )


def _open(dataset: Dataset, names: Sequence[str], progress: Progress) -> tuple[list[Peer], dict[str, str]]:
    opened: list[Peer] = []
    missing: dict[str, str] = {}
    for number, name in enumerate(names):
        progress(f"opening or building {name}", number, len(names))
        try:
            opened += PEERS[name](dataset)
        except Missing as error:
            missing[name] = str(error)
        except Exception as error:  # an engine that cannot take the data must not cost the others their run
            if name == "ours":
                raise
            missing[name] = f"{type(error).__name__}: {error}"
    return opened, missing


def _builds(opened: Sequence[Peer]) -> dict[str, dict[str, Any]]:
    """Each once: several peers may search one index."""
    builds: dict[str, dict[str, Any]] = {}
    for peer in opened:
        if (built := asdict(peer.built)) not in builds.values():
            builds[peer.name] = built
    return builds


def _plain(one: Tried) -> dict[str, Any]:
    return {**asdict(one), "setting": written(one.setting)}


def _usual(
    opened: Sequence[Peer], dataset: Dataset, best: NDArray[np.float32], queries: Sequence[int], k: int
) -> Setting | None:
    """The IVFPQ of the waterfall, if it is there."""
    peer = next((peer for peer in opened if peer.name == POST), None)
    return waterfall.usual(peer, dataset=dataset, best=best, queries=queries, k=k) if peer else None

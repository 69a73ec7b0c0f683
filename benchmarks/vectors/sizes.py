"""What it costs as the population grows: 100 thousand, a million and ten million rows of 192 numbers."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.vectors import truth
from benchmarks.vectors.clusters import synthetic
from benchmarks.vectors.comparing import Row, compare
from benchmarks.vectors.contest import K
from benchmarks.vectors.dataset import Dataset
from benchmarks.vectors.peers.ours import Ours
from benchmarks.vectors.peers.peer import Engine, folder_bytes
from retrieval.vectors import VectorIndex

Progress = Callable[[str, int, int | None], None]
SIZES = (100_000, 1_000_000, 10_000_000)
WIDTH = 192
QUERIES = 30


@dataclass(frozen=True, kw_only=True)
class Size:
    """One size. CPU seconds of the build, milliseconds of opening, bytes of codes (without the float32 vectors) and of
    all files; what searches took."""

    rows: int
    width: int
    build_cpu: float
    open_ms: float
    code_bytes: int
    file_bytes: int
    searches: list[Row]


def measure(folder: Path, *, sizes: Sequence[int], progress: Progress) -> list[Size]:
    """Each size in turn; its vectors and index are kept."""
    return [
        _size(synthetic(folder, rows=rows, width=WIDTH, queries=QUERIES, progress=progress), progress) for rows in sizes
    ]


def _size(dataset: Dataset, progress: Progress) -> Size:
    best = truth.best_scores(dataset, k=K, progress=progress)
    progress(f"indexing {dataset.name}", 0, None)
    ours = Ours(dataset)
    opening = []
    for _ in range(5):
        started = time.perf_counter()
        VectorIndex.open(dataset.folder / "index")
        opening.append(time.perf_counter() - started)
    searches = []
    for chosen in dataset.filters:
        engines = {ours.name: Engine.of(ours, {}, dataset=dataset, chosen=chosen)}
        rows, _ = compare(
            engines,
            dataset=dataset,
            chosen=chosen,
            best=best[chosen.name],
            queries=range(QUERIES),
            k=K,
            progress=progress,
        )
        searches += rows
    codes = ours.index.codes
    return Size(
        rows=dataset.rows,
        width=dataset.width,
        build_cpu=ours.built.cpu,
        open_ms=float(np.median(opening)) * 1e3,
        code_bytes=codes.int8.codes.nbytes + codes.bits.records.nbytes,
        file_bytes=folder_bytes(dataset.folder / "index"),
        searches=searches,
    )

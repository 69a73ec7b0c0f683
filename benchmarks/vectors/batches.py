"""32 queries behind one filter at once, beside torch's int8 matrix product with the same codes and rescoring."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from pyroaring import BitMap

from benchmarks.vectors import truth
from benchmarks.vectors.contest import K
from benchmarks.vectors.dataset import Dataset, Filter
from retrieval.vectors import VectorIndex

Progress = Callable[[str, int, int | None], None]
BATCH = 32
ROUNDS = 7
PERCENTS = (100.0, 50.0, 10.0, 1.0)


@dataclass(frozen=True, kw_only=True)
class Batch:
    """Milliseconds of CPU a query: of a whole search, and of scoring all int8 codes alone (`score_...`)."""

    percent: float
    ours: float
    single: float
    torch: float
    how: str
    recall: float
    torch_recall: float
    score_ours: float
    score_torch: float

    @property
    def faster(self) -> float:
        """How many times torch's time ours is."""
        return self.torch / self.ours


class Torch:
    """The codes as torch multiplies them: [n, d] int8, and [d, b] or [b, d] of queries."""

    def __init__(self, index: VectorIndex) -> None:
        self._index = index
        codes = index.codes.int8.codes
        self._codes = torch.from_numpy((codes ^ np.uint8(128)).view(np.int8))
        self._rotation = index.codes.rotation

    def queries(self, queries: NDArray[np.float32]) -> torch.Tensor:
        """[b, s] int8, each query scaled to use all of it."""
        rotated = queries @ self._rotation
        scaled = np.rint(rotated * (127 / np.abs(rotated).max(axis=1, keepdims=True))).astype(np.int8)
        wide = np.zeros((len(queries), self._codes.shape[1]), np.int8)
        wide[:, : scaled.shape[1]] = scaled
        return torch.from_numpy(wide)

    def product(self, codes: torch.Tensor, queries: torch.Tensor, how: str) -> torch.Tensor:
        """[b, m] int32, either way round."""
        if how.startswith("codes"):
            return torch._int_mm(codes, queries.T.contiguous()).T
        return torch._int_mm(queries, codes.T)

    def search(self, queries: NDArray[np.float32], rows: torch.Tensor | None, how: str) -> list[NDArray[np.int64]]:
        """The best K of each query: the passing codes gathered or all multiplied, the best 2 K rescored in float32."""
        given = self.queries(queries)
        gathered = rows is not None and how.endswith("gathered")
        codes = self._codes[rows] if gathered else self._codes
        scores = self.product(codes, given, how)
        if rows is not None and not gathered:
            scores = scores[:, rows]
        kept = scores.float().topk(min(2 * K, scores.shape[1]), dim=1).indices
        found = kept if rows is None else rows[kept]
        answers = []
        for query, candidates in zip(queries, found.numpy(), strict=True):
            exact = self._index.vectors[candidates] @ query
            answers.append(candidates[np.argsort(-exact)[:K]])
        return answers

    def score(self, queries: torch.Tensor, how: str) -> None:
        """All codes, and nothing else."""
        self.product(self._codes, queries, how)


WAYS = ("codes x queries, all", "codes x queries, gathered", "queries x codes, all", "queries x codes, gathered")


def measure(index: VectorIndex, dataset: Dataset, *, progress: Progress) -> list[Batch]:
    """Behind no filter and behind the independent ones."""
    torch.set_num_threads(1)
    peer = Torch(index)
    queries = np.ascontiguousarray(dataset.queries[:BATCH])
    best = truth.best_scores(dataset, k=K, progress=progress)
    ways = WAYS[::2]
    given = peer.queries(queries)
    score = {way: _median(lambda w=way: peer.score(given, w), 3) for way in ways}  # type: ignore[misc]
    scoring = min(score, key=lambda way: score[way])
    ours_score, torch_score = _in_turn(lambda: _score(index, given), lambda: peer.score(given, scoring))
    made: list[Batch] = []
    alone = (ours_score, torch_score)
    for percent in PERCENTS:
        progress("batches of 32", len(made), len(PERCENTS))
        filters = (dataset.everybody, *dataset.filters)
        chosen = next(one for one in filters if one.percent == percent and one.kind in {"all", "ind"})
        made.append(_behind(index, peer, dataset, chosen, best[chosen.name], alone))
    return made


def _behind(
    index: VectorIndex,
    peer: Torch,
    dataset: Dataset,
    chosen: Filter,
    best: NDArray[np.float32],
    scoring: tuple[float, float],
) -> Batch:
    """One filter, or none."""
    some = chosen is not dataset.everybody
    queries = np.ascontiguousarray(dataset.queries[:BATCH])
    bitmap = BitMap(np.flatnonzero(chosen.mask).astype(np.uint32)) if some else None
    rows = torch.from_numpy(np.flatnonzero(chosen.mask)) if some else None
    tried = {
        way: _median(lambda w=way: peer.search(queries, rows, w), 2)  # type: ignore[misc]
        for way in (WAYS if some else WAYS[::2])
    }
    way = min(tried, key=lambda name: tried[name])
    ours, other = _in_turn(
        lambda: index.search_batch(queries, k=K, rows=bitmap), lambda: peer.search(queries, rows, way)
    )
    answers = [hits.rows for hits in index.search_batch(queries, k=K, rows=bitmap)]
    return Batch(
        percent=chosen.percent,
        ours=ours / BATCH * 1e3,
        single=_median(lambda: [index.search(query, k=K, rows=bitmap) for query in queries], 3) / BATCH * 1e3,
        torch=other / BATCH * 1e3,
        how=way,
        recall=_recall(answers, dataset, chosen, best),
        torch_recall=_recall(peer.search(queries, rows, way), dataset, chosen, best),
        score_ours=scoring[0] / BATCH * 1e3,
        score_torch=scoring[1] / BATCH * 1e3,
    )


def _score(index: VectorIndex, given: torch.Tensor) -> None:
    codes = index.codes.int8.codes
    out = np.empty((BATCH, len(codes)), np.float32)
    index.kernels.int8_scores_batch(
        codes, given.numpy(), np.zeros(BATCH, np.int32), np.ones(BATCH, np.float32), None, out
    )


def _recall(answers: list[NDArray[np.int64]], dataset: Dataset, chosen: Filter, best: NDArray[np.float32]) -> float:
    found = [
        truth.recall(
            truth.hits(rows, query=query, vectors=dataset.vectors, chosen=chosen, best=best[number]),
            k=K,
            passing=chosen.passing,
        )
        for number, (query, rows) in enumerate(zip(dataset.queries[:BATCH], answers, strict=True))
    ]
    return float(np.mean(found))


def _median(do: Callable[[], object], rounds: int) -> float:
    """CPU seconds."""
    do()
    taken = []
    for _ in range(rounds):
        started = time.process_time()
        do()
        taken.append(time.process_time() - started)
    return float(np.median(taken))


def _in_turn(ours: Callable[[], object], other: Callable[[], object]) -> tuple[float, float]:
    """Median CPU seconds of both."""
    taken: tuple[list[float], list[float]] = ([], [])
    for turn in range(ROUNDS + 1):
        for which, do in enumerate((ours, other)):
            started = time.process_time()
            do()
            if turn:
                taken[which].append(time.process_time() - started)
    return float(np.median(taken[0])), float(np.median(taken[1]))

"""What the right answers are, by comparing everybody; and how much of them an answer has."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from benchmarks.vectors.dataset import Dataset, Filter

Progress = Callable[[str, int, int | None], None]
CHUNK = 50_000
TIE = 2e-6
"""Inner products of unit vectors closer than this count as equal: summed in another order they change places."""


def best_scores(dataset: Dataset, *, k: int, progress: Progress) -> dict[str, NDArray[np.float32]]:
    """Filter name -> [q, k] the k best inner products behind it, best first; -inf where fewer pass. Kept in files.

    Also of everybody.
    """
    filters = (*dataset.filters, dataset.everybody)
    paths = {chosen.name: dataset.folder / f"truth_{chosen.key}_{k}.npy" for chosen in filters}
    if not all(path.is_file() for path in paths.values()):
        for name, scores in _compare(dataset, filters, k=k, progress=progress).items():
            np.save(paths[name], scores)
    return {name: np.load(path) for name, path in paths.items()}


def _compare(
    dataset: Dataset, filters: Sequence[Filter], *, k: int, progress: Progress
) -> dict[str, NDArray[np.float32]]:
    best = {chosen.name: np.full((len(dataset.queries), k), -np.inf, np.float32) for chosen in filters}
    for start in range(0, dataset.rows, CHUNK):
        progress("comparing everybody", start, dataset.rows)
        every = dataset.queries @ np.ascontiguousarray(dataset.vectors[start : start + CHUNK]).T
        for chosen in filters:
            passing = every[:, chosen.mask[start : start + CHUNK]]
            best[chosen.name] = largest(np.concatenate([best[chosen.name], passing], axis=1), k)
    progress("comparing everybody", dataset.rows, dataset.rows)
    return {name: -np.sort(-scores, axis=1) for name, scores in best.items()}


def largest(scores: NDArray[np.float32], k: int) -> NDArray[np.float32]:
    """[q, k] the k largest of each row [q, m], in no order."""
    if scores.shape[1] <= k:
        return scores
    found: NDArray[np.float32] = np.partition(scores, scores.shape[1] - k, axis=1)[:, -k:]
    return found


def hits(
    rows: NDArray[np.int64],
    *,
    query: NDArray[np.float32],
    vectors: NDArray[np.float32],
    chosen: Filter,
    best: NDArray[np.float32],
) -> int:
    """How many of the true k best are among `rows`: those that pass, once each, and score as one of the best does.

    `best` [k] from `best_scores`. Identical vectors stand for each other.
    """
    rows = np.unique(rows[rows >= 0])
    rows = rows[chosen.mask[rows]]
    if not rows.size:
        return 0
    there = best[np.isfinite(best)]
    return min(len(there), int((vectors[rows] @ query >= there[-1] - TIE).sum()))


def recall(found: int, *, k: int, passing: int) -> float:
    """Share of what could have been found; 1 where nothing passes."""
    possible = min(k, passing)
    return found / possible if possible else 1.0

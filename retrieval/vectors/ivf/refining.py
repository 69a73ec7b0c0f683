"""Exact scores of a few members, from vectors that live elsewhere: a memory map, a key-value file, another machine."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from retrieval.vectors.kernels import Kernels
from retrieval.vectors.members import Members

Fetch: TypeAlias = Callable[[NDArray[np.int64]], NDArray[np.float32]]
"""From numbers of vectors [m], ascending, to these vectors float32 [m, d] in full."""

_AT_ONCE = 1 << 14  # vectors fetched in one call: 25 MB at 384 numbers


def fetch_from(vectors: NDArray[np.float32]) -> Fetch:
    """Fetches from an array or memory map [v, d]."""

    def fetch(numbers: NDArray[np.int64]) -> NDArray[np.float32]:
        return np.asarray(vectors[numbers], dtype=np.float32)

    return fetch


def refine(
    query: NDArray[np.float32], rows: NDArray[np.int64], fetch: Fetch, *, members: Members, kernels: Kernels
) -> NDArray[np.float32]:
    """Scores [r] of the members `rows` [r], ascending, each of which has a vector.

    All vectors of each are compared, whichever of them was found.

    Raises: ValueError where `fetch` brings something else than was asked for.
    """
    scores = np.empty(len(rows), np.float32)
    start = 0
    while start < len(rows):
        end = _end(rows, start, members)
        numbers, counts = members.vectors_of(rows[start:end].astype(np.uint32))
        assert numbers is not None  # noqa: S101 -- only None gives None
        fetched = np.ascontiguousarray(fetch(numbers.astype(np.int64)), dtype=np.float32)
        if fetched.shape != (len(numbers), len(query)):
            raise ValueError(f"fetch brought {fetched.shape} for {len(numbers)} vectors of width {len(query)}")
        products = np.empty(len(numbers), np.float32)
        kernels.float_scores(fetched, query, None, products)
        if counts is None:
            scores[start:end] = products
        else:
            kernels.best_means(products, counts, members.best, scores[start:end])
        start = end
    return scores


def _end(rows: NDArray[np.int64], start: int, members: Members) -> int:
    """How far from `start` on members are fetched in one call; at least one."""
    if members.offsets is None:
        return min(len(rows), start + _AT_ONCE)
    some = rows[start : start + _AT_ONCE]
    counts = members.offsets[some + 1] - members.offsets[some]
    return start + max(1, int(np.searchsorted(np.cumsum(counts), _AT_ONCE, side="right")))

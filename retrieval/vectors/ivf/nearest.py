"""Which list a vector belongs to: the same one in whatever company it is asked about."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_PRODUCTS = 1 << 20  # computed at a time: 4 MB
_FEWEST, _MOST = 256, 4096  # vectors at a time
_DOUBT = 1e-5  # of the norms: what two roundings may differ by; 8 times the most seen, 32 to 4,096 numbers

Floats = NDArray[np.float32]


def nearest(centroids: Floats, vectors: Floats) -> tuple[NDArray[np.int32], Floats]:
    """Numbers [n] of the nearest centroids (Euclidean, ties to the first) and squared distances [n].

    l: lists, n: vectors, d: width. `centroids` [l, d], `vectors` [n, d].
    A matrix product rounds differently with the number of rows and threads. So where two centroids are as near as
    its rounding can tell, they are compared again in float64, one vector at a time: chunks of any size agree.
    """
    lists = np.empty(len(vectors), np.int32)
    squared = np.empty(len(vectors), np.float32)
    centroids = np.ascontiguousarray(centroids, dtype=np.float32)
    lengths = np.einsum("ld,ld->l", centroids, centroids, dtype=np.float64)
    longest = float(np.sqrt(lengths.max()))
    half = (lengths / 2).astype(np.float32)
    step = min(_MOST, max(_FEWEST, _PRODUCTS // len(centroids)))
    for start in range(0, len(vectors), step):
        block = np.ascontiguousarray(vectors[start : start + step], dtype=np.float32)
        near = block @ centroids.T
        np.subtract(half, near, out=near)  # half the squared distance, less half the vector's own length
        best = near.argmin(axis=1)
        every = np.arange(len(block))
        least = near[every, best]
        near[every, best] = np.inf
        norms = np.sqrt(np.einsum("nd,nd->n", block, block, dtype=np.float64))
        floor = least + (_DOUBT * longest * (longest + norms)).astype(np.float32)
        for row in np.flatnonzero(near.min(axis=1) <= floor):
            near[row, best[row]] = least[row]
            rivals = np.flatnonzero(near[row] <= floor[row])
            best[row] = rivals[_squared(centroids[rivals], block[row]).argmin()]
        lists[start : start + step] = best
        squared[start : start + step] = _squared(block, centroids[best])
    return lists, squared


def _squared(left: NDArray[np.float32], right: NDArray[np.float32]) -> NDArray[np.float64]:
    """Squared distances [n] of `left` [n, d] to `right` [d] or [n, d], summed row by row in one order."""
    apart = left.astype(np.float64) - right
    np.multiply(apart, apart, out=apart)
    distances: NDArray[np.float64] = apart.sum(axis=1)
    return distances

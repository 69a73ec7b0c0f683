"""One bit a number: the sign of what is left after the nearest centroid is taken away, in one cache line a vector.

After J. Gao and C. Long, RaBitQ (SIGMOD 2024, arXiv:2405.12497): r.q is estimated as |r|^2 / |r|_1 times sign(r).q,
with the query in four bits, so that the sum is four ANDs and counts of bits. Unlike there, the centroids are few and
all in one table.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

PLANES = 4
_LEVELS = (1 << PLANES) - 1


def code_bytes(width: int) -> int:
    """Bytes that the signs of `width` numbers take: whole 64-bit words."""
    return -(-width // 64) * 8


def record_bytes(width: int) -> int:
    """Bytes of a record: the signs and 8 more, rounded up so that none lies across two cache lines needlessly."""
    needed = code_bytes(width) + 8
    for size in (16, 32, 64):
        if needed <= size:
            return size
    return -(-needed // 64) * 64


@dataclass(frozen=True, kw_only=True)
class BitCodes:
    """Residuals as signs.

    v: vectors, w: width, C: centroids. `records` uint8 [v, `record_bytes(w)`]: signs (little bit order), float32
    factor, uint16 centroid, uint16 number of set bits. `centroids` float32 [C, w].
    """

    records: NDArray[np.uint8]
    width: int
    centroids: NDArray[np.float32]

    def query(self, query: NDArray[np.float32]) -> BitQuery:
        """`query` [w] in four bits a number."""
        low, high = float(query.min()), float(query.max())
        step = (high - low) / _LEVELS or 1.0
        levels = np.rint((query - np.float32(low)) / np.float32(step)).astype(np.uint8)
        padded = np.zeros(8 * code_bytes(self.width), np.uint8)
        padded[: self.width] = levels
        planes = np.packbits((padded >> np.arange(PLANES, dtype=np.uint8)[:, None]) & 1, axis=1, bitorder="little")
        return BitQuery(
            planes=planes,
            table=self.centroids @ query,
            low=low,
            step=step,
            total=low * self.width + step * float(levels.sum(dtype=np.int64)),
        )


@dataclass(frozen=True, kw_only=True)
class BitQuery:
    """A query for the kernels: `planes` uint8 [4, code_bytes], `table` float32 [C] centroids . query; a number of the
    query is low + step * level, and `total` the sum of them all."""

    planes: NDArray[np.uint8]
    table: NDArray[np.float32]
    low: float
    step: float
    total: float


def encode_bits(vectors: NDArray[np.float32], *, centroids: NDArray[np.float32], out: NDArray[np.uint8]) -> None:
    """Write the records of `vectors` [m, w] into `out` [m, `record_bytes(w)`]."""
    width, size = vectors.shape[1], code_bytes(vectors.shape[1])
    nearest = nearest_centroid(vectors, centroids)
    residual = vectors - centroids[nearest]
    signs = np.zeros((len(vectors), 8 * size), np.bool_)
    np.greater(residual, 0, out=signs[:, :width])
    out[:, :size] = np.packbits(signs, axis=1, bitorder="little")
    absolute = np.abs(residual).sum(axis=1)
    squared = np.einsum("ij,ij->i", residual, residual)
    factor = np.divide(squared, absolute, out=np.zeros_like(squared), where=absolute > 0)
    out[:, size : size + 4] = factor.astype("<f4").view(np.uint8).reshape(-1, 4)
    out[:, size + 4 : size + 6] = nearest.astype("<u2").view(np.uint8).reshape(-1, 2)
    out[:, size + 6 : size + 8] = signs.sum(axis=1).astype("<u2").view(np.uint8).reshape(-1, 2)
    out[:, size + 8 :] = 0


def nearest_centroid(vectors: NDArray[np.float32], centroids: NDArray[np.float32]) -> NDArray[np.int64]:
    """[m] for each vector the centroid at the least Euclidean distance."""
    half = np.einsum("ij,ij->i", centroids, centroids) / 2
    scores = vectors @ centroids.T
    scores -= half
    nearest: NDArray[np.int64] = scores.argmax(axis=1)
    return nearest


def find_centroids(
    sample: NDArray[np.float32], *, most: int = 512, rounds: int = 5, seed: int = 0
) -> NDArray[np.float32]:
    """[C, w] by Lloyd's algorithm on a sample [m, w]: one for every 32 vectors, 1 at least and `most` at most."""
    if not len(sample):
        return np.zeros((1, sample.shape[1]), np.float32)
    count = max(1, min(most, len(sample) // 32))
    chooser = np.random.default_rng(seed)
    centroids = sample[np.sort(chooser.choice(len(sample), count, replace=False))].astype(np.float32)
    for _ in range(rounds):
        nearest = nearest_centroid(sample, centroids)
        order = np.argsort(nearest, kind="stable")
        present, starts, sizes = np.unique(nearest[order], return_index=True, return_counts=True)
        centroids[present] = np.add.reduceat(sample[order], starts, axis=0) / sizes[:, None].astype(np.float32)
    return centroids

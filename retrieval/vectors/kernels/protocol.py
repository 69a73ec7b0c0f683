"""What every set of kernels does. All paths give the same bits."""

from __future__ import annotations

from typing import Any, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

Rows: TypeAlias = NDArray[np.uint32] | None
"""Which rows, or None for all in order. Their values are trusted: one that does not exist is undefined behaviour."""


class Kernels(Protocol):
    """Passes over arrays that lie in memory row after row.

    v: rows there are, m: rows asked for (v where `rows` is None), s, r: bytes a row takes, d: floats a row has, b:
    queries, c: bytes of a code, C: centroids, g: members.

    Every array must be C-contiguous, of the very dtype and shape that is written here; it may be read-only (but `out`)
    and memory-mapped; `codes`, `records` and `vectors` may start at any address. `out` must not overlap what is read.
    The interpreter's lock is released. Rows come fastest ascending. Numbers are finite.

    Raises: ValueError for an array that is not as described.
    """

    @property
    def name(self) -> str:
        """avx512, avx2, portable or numpy."""

    def int8_scores(
        self,
        codes: NDArray[np.uint8],
        query: NDArray[np.int8],
        offset: int,
        scale: float,
        rows: Rows,
        out: NDArray[np.float32],
    ) -> None:
        """out[i] = scale * float32(sum(codes[i] * query) - offset), in float32.

        `codes` [v, s], `query` [s], `out` [m]; s up to 32,768, `offset` between -2^30 and 2^30.
        """

    def int8_scores_batch(
        self,
        codes: NDArray[np.uint8],
        queries: NDArray[np.int8],
        offsets: NDArray[np.int32],
        scales: NDArray[np.float32],
        rows: Rows,
        out: NDArray[np.float32],
    ) -> None:
        """`int8_scores` of many queries in one pass: `queries` [b, s], `offsets` and `scales` [b], `out` [b, m]."""

    def bit_scores(  # noqa: PLR0913, PLR0917 - a loop takes what it reads, bundling it would only hide that
        self,
        records: NDArray[np.uint8],
        width: int,
        planes: NDArray[np.uint8],
        table: NDArray[np.float32],
        low: float,
        step: float,
        total: float,
        rows: Rows,
        out: NDArray[np.float32],
    ) -> None:
        """Estimated inner products of one-bit residual codes with a four-bit query (RaBitQ, arXiv:2405.12497).

        `records` [v, r], a row being a code of c = 8 * ceil(width / 64) bytes, its factor (float32), its centroid
        (uint16), its ones (uint16) and unused bytes; `planes` [4, c], the query's bits; `table` [C], the query's inner
        products with the centroids; `width` up to 65,535. With S = sum_j 2^j popcount(code & planes[j]), in float32,
        without fused operations:

            out = table[centroid] + factor * (2 * (low * ones + step * S) - total)

        A centroid beyond the table counts as its last, so that a damaged record stays harmless.
        """

    def float_scores(
        self, vectors: NDArray[np.float32], query: NDArray[np.float32], rows: Rows, out: NDArray[np.float32]
    ) -> None:
        """out[i] = the inner product of row i with `query`: `vectors` [v, d], `query` [d], `out` [m].

        Products of two float32 are exact in float64. They are summed there in eight lanes, ascending, lane j taking the
        places p with p % 8 == j, then ((l0 + l4) + (l2 + l6)) + ((l1 + l5) + (l3 + l7)); rounded to float32 at the end.
        """

    def at_least(self, scores: NDArray[np.float32], threshold: float, out: NDArray[np.uint32]) -> int:
        """Writes where `scores` [m] >= float32(threshold), ascending, into `out` [m]; returns how many there are.

        What stands in `out` behind those is undefined.
        """

    def best_means(
        self, scores: NDArray[np.float32], counts: NDArray[np.uint32], best: int, out: NDArray[np.float32]
    ) -> None:
        """The mean of the best min(best, count) scores of each member; -inf for one that has none.

        `scores` [v] stand member after member, `counts` [g] of them each, v in all; `out` [g]; `best` from 1. The best
        are added in float32, the largest first, and divided by their number.
        """

    def read(self, array: NDArray[Any]) -> int:
        """The sum of the array's 64-bit words modulo 2^64, the last filled with zeros: how fast memory can be read."""

"""The kernels in plain numpy, for where nothing could be compiled: the same answers, several times slower."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retrieval.vectors.kernels import checks
from retrieval.vectors.kernels.protocol import Rows

_BLOCK = 1 << 20  # bytes of a matrix taken at a time, so that what is made of them stays in the caches
_EXACT = 1 << 24  # integers below add up exactly in float32, in any order


class NumpyKernels:
    """`Kernels` without a compiler."""

    name = "numpy"

    def int8_scores(
        self,
        codes: NDArray[np.uint8],
        query: NDArray[np.int8],
        offset: int,
        scale: float,
        rows: Rows,
        out: NDArray[np.float32],
    ) -> None:
        """See `Kernels`."""
        checks.codes(codes)
        checks.array(query, np.int8, (codes.shape[1],), "query")
        checks.offset(offset)
        checks.array(out, np.float32, (checks.asked(codes, rows),), "out", written=True)
        for start, block in _blocks(codes, rows):
            sums = (_products(block, query) - offset).astype(np.float32)
            np.multiply(sums, np.float32(scale), out=out[start : start + len(block)])

    def int8_scores_batch(
        self,
        codes: NDArray[np.uint8],
        queries: NDArray[np.int8],
        offsets: NDArray[np.int32],
        scales: NDArray[np.float32],
        rows: Rows,
        out: NDArray[np.float32],
    ) -> None:
        """See `Kernels`."""
        checks.codes(codes)
        checks.array(queries, np.int8, (-1, codes.shape[1]), "queries")
        checks.array(offsets, np.int32, (len(queries),), "offsets")
        checks.array(scales, np.float32, (len(queries),), "scales")
        for offset in offsets.tolist():
            checks.offset(offset)
        checks.array(out, np.float32, (len(queries), checks.asked(codes, rows)), "out", written=True)
        for start, block in _blocks(codes, rows):
            sums = (_products(block, queries.T) - offsets).astype(np.float32)
            np.multiply(sums.T, scales[:, None], out=out[:, start : start + len(block)])

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
        """See `Kernels`."""
        code = checks.records(records, width)
        checks.array(planes, np.uint8, (4, code), "planes")
        checks.array(table, np.float32, (-1,), "table")
        if not table.size:
            raise ValueError("the table has no centroid")
        checks.array(out, np.float32, (checks.asked(records, rows),), "out", written=True)
        words = planes.view(np.uint64)
        for start, block in _blocks(records, rows):
            bits = np.ascontiguousarray(block[:, :code]).view(np.uint64)
            sums = np.zeros(len(block), np.int64)
            for plane in range(4):
                sums += np.bitwise_count(bits & words[plane]).sum(axis=1, dtype=np.int64) << plane
            tail = np.ascontiguousarray(block[:, code : code + 8])
            factors = tail[:, :4].copy().view(np.float32)[:, 0]
            centroids, ones = tail[:, 4:].copy().view(np.uint16).T
            inner = np.float32(low) * ones.astype(np.float32) + np.float32(step) * sums.astype(np.float32)
            residuals = factors * (np.float32(2) * inner - np.float32(total))
            np.add(table[np.minimum(centroids, len(table) - 1)], residuals, out=out[start : start + len(block)])

    def float_scores(
        self, vectors: NDArray[np.float32], query: NDArray[np.float32], rows: Rows, out: NDArray[np.float32]
    ) -> None:
        """See `Kernels`."""
        checks.array(vectors, np.float32, (-1, -1), "vectors", loose=True)
        checks.array(query, np.float32, (vectors.shape[1],), "query")
        checks.array(out, np.float32, (checks.asked(vectors, rows),), "out", written=True)
        width = vectors.shape[1]
        padded = -(-width // 8) * 8
        for start, block in _blocks(vectors, rows):
            products = np.zeros((len(block), padded))
            np.multiply(block, query, out=products[:, :width], dtype=np.float64)
            # a sum over an axis that is not the last goes step by step
            lanes = products.reshape(len(block), padded // 8, 8).sum(axis=1)
            pairs = lanes[:, :4] + lanes[:, 4:]
            halves = pairs[:, :2] + pairs[:, 2:]
            out[start : start + len(block)] = halves[:, 0] + halves[:, 1]

    def at_least(self, scores: NDArray[np.float32], threshold: float, out: NDArray[np.uint32]) -> int:
        """See `Kernels`."""
        checks.array(scores, np.float32, (-1,), "scores")
        checks.array(out, np.uint32, (len(scores),), "out", written=True)
        found = np.flatnonzero(scores >= np.float32(threshold))
        out[: len(found)] = found
        return len(found)

    def best_means(
        self, scores: NDArray[np.float32], counts: NDArray[np.uint32], best: int, out: NDArray[np.float32]
    ) -> None:
        """See `Kernels`."""
        checks.array(scores, np.float32, (-1,), "scores")
        checks.members(counts, len(scores), best)
        checks.array(out, np.float32, (len(counts),), "out", written=True)
        out[:] = -np.inf
        some = np.flatnonzero(counts)
        sizes = counts[some].astype(np.int64)
        starts = np.cumsum(sizes) - sizes
        if best == 1 and some.size:
            out[some] = np.maximum.reduceat(scores, starts) + np.float32(0)
            return
        # stable, so that equal scores need no thought; a member's own come largest first
        ordered = scores[np.lexsort((-scores, np.repeat(np.arange(len(some)), sizes)))]
        sums = ordered[starts]
        for turn in range(1, min(best, int(sizes.max(initial=1)))):
            going = np.flatnonzero(sizes > turn)
            sums[going] += ordered[starts[going] + turn]
        # adding zero makes one zero of the two, whose order among equals is nobody's business
        out[some] = sums / np.minimum(sizes, best).astype(np.float32) + np.float32(0)

    def read(self, array: NDArray[Any]) -> int:
        """See `Kernels`."""
        checks.array(array, array.dtype.type, array.shape, "the array", loose=True)
        plain = array.reshape(-1).view(np.uint8)
        whole = len(plain) // 8 * 8
        words = int(np.add.reduce(plain[:whole].view(np.uint64), dtype=np.uint64))
        return (words + int.from_bytes(plain[whole:].tobytes(), "little")) % (1 << 64)


def _blocks(matrix: NDArray[Any], rows: Rows) -> Iterator[tuple[int, NDArray[Any]]]:
    """The rows asked for, some at a time, each block with the place of its first."""
    height = max(1, _BLOCK // max(1, matrix.strides[0]))
    for start in range(0, len(matrix) if rows is None else len(rows), height):
        end = start + height
        yield start, matrix[start:end] if rows is None else matrix[rows[start:end]]


def _products(codes: NDArray[np.uint8], queries: NDArray[np.int8]) -> NDArray[np.int64]:
    """`codes @ queries`, exactly: BLAS multiplies floats many times as fast as numpy does integers."""
    small = 255 * 128 * codes.shape[1] < _EXACT
    dtype = np.float32 if small else np.float64
    products: NDArray[np.int64] = (codes.astype(dtype) @ queries.astype(dtype)).astype(np.int64)
    return products

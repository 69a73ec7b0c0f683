"""The kernels in C, one object for each instruction set; importing fails where they were not compiled."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from retrieval.vectors.kernels import _native
from retrieval.vectors.kernels.protocol import Rows


def runnable() -> tuple[str, ...]:
    """Names of the instruction sets that this processor has and the compiler knew, the fastest first."""
    return tuple(_native.runnable())


class CompiledKernels:
    """Passes everything on; the extension checks arrays itself and releases the interpreter's lock."""

    def __init__(self, name: str) -> None:
        self.name = name

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
        _native.int8_scores(self.name, codes, query, offset, scale, rows, out)

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
        _native.int8_scores_batch(self.name, codes, queries, offsets, scales, rows, out)

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
        _native.bit_scores(self.name, records, width, planes, table, low, step, total, rows, out)

    def float_scores(
        self, vectors: NDArray[np.float32], query: NDArray[np.float32], rows: Rows, out: NDArray[np.float32]
    ) -> None:
        """See `Kernels`."""
        _native.float_scores(self.name, vectors, query, rows, out)

    def at_least(self, scores: NDArray[np.float32], threshold: float, out: NDArray[np.uint32]) -> int:
        """See `Kernels`."""
        return _native.at_least(self.name, scores, threshold, out)

    def best_means(
        self, scores: NDArray[np.float32], counts: NDArray[np.uint32], best: int, out: NDArray[np.float32]
    ) -> None:
        """See `Kernels`."""
        _native.best_means(self.name, scores, counts, best, out)

    def read(self, array: NDArray[Any]) -> int:
        """See `Kernels`."""
        return _native.read(self.name, array)

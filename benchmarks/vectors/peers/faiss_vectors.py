"""What the faiss peers share: filters as faiss takes them, and rescoring in float32."""

from __future__ import annotations

from typing import Any

import faiss as library
import numpy as np
from numpy.typing import NDArray

from benchmarks.vectors.dataset import Filter
from benchmarks.vectors.peers.peer import Found, best_of

faiss: Any = library  # its types know half of it


def selector(chosen: Filter) -> Any:
    """A packed bitmap that faiss asks about each row."""
    return faiss.IDSelectorBitmap(np.packbits(chosen.mask, bitorder="little"))


class Refine:
    """Scores candidates by their float32 vectors, in faiss's own kernel, as its refining index does."""

    def __init__(self, vectors: NDArray[np.float32]) -> None:
        self._vectors = np.ascontiguousarray(vectors)
        self._start = faiss.swig_ptr(self._vectors)

    def __call__(self, query: NDArray[np.float32], candidates: NDArray[np.int64], k: int) -> Found:
        """The `k` best of candidates [m], -1 standing for none."""
        rows = np.ascontiguousarray(candidates[candidates >= 0])
        scores = np.empty(len(rows), np.float32)
        if len(rows):
            faiss.fvec_inner_products_by_idx(
                faiss.swig_ptr(scores),
                faiss.swig_ptr(query),
                self._start,
                faiss.swig_ptr(rows),
                self._vectors.shape[1],
                1,
                len(rows),
            )
        return best_of(rows, scores, k)

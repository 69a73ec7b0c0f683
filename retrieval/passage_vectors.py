"""The vectors of a snapshot's passages, and where in the members' texts these stand."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

from retrieval.vectors import Hits, VectorEngine, VectorIndex

BEST = 3
"""A member scores by the mean cosine of so many passages, the best (docs/retrievers.md)."""


class PassageVectors:
    """Cosine over unit vectors, only of the rows that may be returned.

    p: passages, n: members, d: width. `index` holds the vectors [p, d] of the members; `spans` int64 [p, 2] are
    characters in the member's text. `engine` searches in the place of `index`, where given: IVFPQ, a GPU, a peer.
    """

    def __init__(self, *, index: VectorIndex, spans: NDArray[np.int64], engine: VectorEngine | None = None) -> None:
        """Raises: ValueError where there are not as many spans as vectors, or members stand without `offsets`."""
        if index.offsets is None or len(spans) != len(index.vectors):
            raise ValueError(f"{len(spans)} spans for {len(index.vectors)} passages")
        self.index = index
        self.engine = engine or index
        self.vectors = index.vectors
        self.offsets = index.offsets
        self.spans = spans

    @property
    def width(self) -> int:
        """`d`"""
        return self.index.width

    def passages(self, row: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Spans [k, 2] and vectors [k, d] of one member, in the order of the text."""
        start, end = int(self.offsets[row]), int(self.offsets[row + 1])
        return self.spans[start:end], self.vectors[start:end]

    def search(self, query: NDArray[np.float32], *, rows: BitMap, limit: int) -> Hits:
        """The `limit` best members of `rows` by the mean cosine of their best three passages; see `VectorEngine`.

        One without passages is not found. Raises: ValueError as that.
        """
        return self.engine.search(query, k=limit, rows=rows)

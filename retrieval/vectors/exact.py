"""Exact, pre-filtered search over several vectors a member."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

_CHUNK = 1 << 15  # passages multiplied at a time: 50 MB at 384 floats
_DENSE = 0.25  # from this share of passages on, multiplying all of them in place beats gathering some

Rows = NDArray[np.int64]
Scores = NDArray[np.float32]


class PassageVectors:
    """Cosine over unit vectors, only of the rows that may be returned; a member's best passages make its score.

    Shapes: `p` passages, `n` members, `d` width. `vectors` [p, d] float32, `offsets` [n + 1] (passages of row r are
    `offsets[r]:offsets[r + 1]`), `spans` [p, 2] (characters in the member's text).
    """

    def __init__(self, *, vectors: NDArray[np.float32], offsets: NDArray[np.int64], spans: NDArray[np.int64]) -> None:
        self.vectors = vectors
        self.offsets = offsets
        self.spans = spans

    @property
    def width(self) -> int:
        """`d`"""
        return int(self.vectors.shape[1])

    def passages(self, row: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Spans [k, 2] and vectors [k, d] of one member, in the order of the text."""
        start, end = int(self.offsets[row]), int(self.offsets[row + 1])
        return self.spans[start:end], self.vectors[start:end]

    def search(self, query: NDArray[np.float32], *, rows: BitMap, limit: int, best: int = 3) -> tuple[Rows, Scores]:
        """The `limit` best members of `rows` and their scores, best first; ties by row.

        A member scores the mean cosine of its best `min(best, count)` passages; one without passages is not found.
        Scores are rounded to six decimals: what a sum comes to in the last bits depends on its neighbours.
        """
        if query.shape != (self.width,):
            raise ValueError(f"the query vector has shape {query.shape}, the passages have width {self.width}")
        if limit < 1 or best < 1:
            raise ValueError(f"limit and best count from 1, not {limit} and {best}")
        chosen = np.asarray(rows.to_array(), dtype=np.int64)
        chosen = chosen[chosen < len(self.offsets) - 1]
        starts, counts = self.offsets[chosen], self.offsets[chosen + 1] - self.offsets[chosen]
        some = counts > 0
        chosen, starts, counts = chosen[some], starts[some], counts[some]
        if not chosen.size:
            return np.empty(0, np.int64), np.empty(0, np.float32)
        similar = self._similarities(query.astype(np.float32), starts, counts)
        scores = np.round(_mean_of_best(similar, counts, best), 6)
        keep = _top(scores, limit)
        order = keep[np.lexsort((chosen[keep], -scores[keep]))]
        return chosen[order], scores[order]

    def _similarities(self, query: NDArray[np.float32], starts: Rows, counts: Rows) -> Scores:
        """Cosines of the chosen members' passages, member by member."""
        total = int(counts.sum())
        # passage numbers: 0..total-1, shifted member by member to where its passages stand
        wanted = np.arange(total) + np.repeat(starts - (np.cumsum(counts) - counts), counts)
        if total >= _DENSE * len(self.vectors):
            every = np.empty(len(self.vectors), np.float32)
            for start in range(0, len(every), _CHUNK):
                np.matmul(self.vectors[start : start + _CHUNK], query, out=every[start : start + _CHUNK])
            taken: Scores = every if total == len(every) else every[wanted]
            return taken
        some = np.empty(total, np.float32)
        for start in range(0, total, _CHUNK):
            some[start : start + _CHUNK] = self.vectors[wanted[start : start + _CHUNK]] @ query
        return some


def _mean_of_best(similar: Scores, counts: Rows, best: int) -> Scores:
    """Mean of each member's `best` largest values; takes the largest away `best` times, for all members at once."""
    starts = np.cumsum(counts) - counts
    member = np.repeat(np.arange(len(counts)), counts)
    sums: Scores = np.zeros(len(counts), np.float32)
    left = similar.copy()
    for turn in range(min(best, int(counts.max()))):
        largest = np.maximum.reduceat(left, starts)
        np.add(sums, largest, out=sums, where=counts > turn)
        at = np.flatnonzero(left == largest[member])
        first = at[np.diff(member[at], prepend=-1) > 0]  # one only, where equal values stand side by side
        left[first] = -np.inf
    np.divide(sums, np.minimum(counts, best), out=sums, casting="same_kind")
    return sums


def _top(scores: Scores, limit: int) -> Rows:
    """Places of the `limit` best scores; of those that tie with the last, the first."""
    if limit >= len(scores):
        return np.arange(len(scores))
    last = np.partition(scores, len(scores) - limit)[len(scores) - limit]
    above = np.flatnonzero(scores > last)
    return np.concatenate([above, np.flatnonzero(scores == last)[: limit - len(above)]])

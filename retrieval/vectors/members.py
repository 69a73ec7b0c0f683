"""Members that have several vectors each: where these stand, and which belong to some members."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retrieval.vectors.rows import Chosen


@dataclass(frozen=True, kw_only=True)
class Members:
    """n members over v vectors. `offsets` int64 [n + 1]: those of member i are `offsets[i]:offsets[i + 1]`, maybe none;
    None where every member has one, at its own number. A member scores the mean of its best `min(best, count)`,
    added in float32, the largest first."""

    count: int
    offsets: NDArray[np.int64] | None
    best: int

    def vectors_of(self, rows: Chosen | None) -> tuple[Chosen | None, NDArray[np.uint32] | None]:
        """Numbers of the vectors of some members, member after member (None: all), and how many each has (None: one).

        Members without vectors count 0.
        """
        if self.offsets is None:
            return rows, None
        if rows is None:
            return None, np.diff(self.offsets).astype(np.uint32)
        starts = self.offsets[rows]
        counts = self.offsets[rows.astype(np.int64) + 1] - starts
        # 0, 1, 2 ... over all of them, shifted member by member to where its vectors stand
        shift = starts - (np.cumsum(counts) - counts)
        numbers = np.repeat(shift, counts)
        numbers += np.arange(len(numbers))
        return numbers.astype(np.uint32), counts.astype(np.uint32)


def check_offsets(offsets: NDArray[np.int64], vectors: int) -> NDArray[np.int64]:
    """Raises: ValueError where they do not divide `vectors` vectors among members."""
    offsets = np.ascontiguousarray(offsets, dtype=np.int64)
    if (
        offsets.ndim != 1
        or len(offsets) < 1
        or offsets[0] != 0
        or offsets[-1] != vectors
        or bool((np.diff(offsets) < 0).any())
    ):
        raise ValueError(
            f"offsets must rise from 0 to the number of vectors, {vectors}, one more than there are members"
        )
    return offsets

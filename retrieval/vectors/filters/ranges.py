"""One number a row, laid out so that the rows of a range are the difference of two stored bitmaps and little more."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pyroaring import BitMap

from retrieval.vectors.filters.bitmaps import Part, StoredBitmaps, bitmap_of, bitmap_of_mask, stored_bitmaps

_BLOCKS = 128  # bitmaps take n / 8 bytes each; a range looks at the values of two blocks at most


def block_starts(counts: NDArray[np.int64], step: int) -> NDArray[np.int64]:
    """Where blocks of about `step` rows begin, of things that have `counts` [m] rows and cannot be divided.

    What has `step` rows or more is a block of its own; a block of others has less than twice `step`.
    """
    before = np.cumsum(counts) - counts
    return np.flatnonzero((np.diff(before // step, prepend=-1) > 0) | (counts >= step))


def number_arrays(name: str, values: ArrayLike) -> dict[str, NDArray[Any]]:
    """The arrays that `Numbers` reads. b: blocks, k: rows whose number is known.

    values: [n], NaN where unknown; float32 is kept as such, everything else becomes float64.

    Raises: ValueError where the numbers are not one a row or infinite.
    """
    given = np.asarray(values)
    given = given.astype(np.float32 if given.dtype in (np.float16, np.float32) else np.float64)
    if given.ndim != 1:
        raise ValueError(f"the numbers {name!r} have shape {given.shape}: give one a row")
    if np.isinf(given).any():
        raise ValueError(f"row {np.flatnonzero(np.isinf(given))[0]} of {name!r} is infinite; unknown numbers are NaN")
    known = np.flatnonzero(~np.isnan(given))
    distinct, counts = np.unique(np.sort(given[known]), return_counts=True)
    starts = block_starts(counts, max(-(-len(known) // _BLOCKS), 1))
    block = np.searchsorted(distinct[starts], given[known], side="right") - 1
    order = np.argsort(block, kind="stable")  # block by block; in a block, row by row
    block_of = np.full(len(given), len(starts), np.int32)
    block_of[known] = block
    return {
        "values": given[known][order],
        "rows": known[order].astype(np.uint32),
        "starts": np.searchsorted(block[order], np.arange(len(starts) + 1)),
        "lows": distinct[starts],
        "highs": distinct[np.append(starts[1:], len(distinct)) - 1] if len(starts) else distinct,
        **stored_bitmaps(bitmap_of_mask(block_of < end) for end in range(len(starts) + 1)),
    }


class Numbers:
    """Rows by range. Bitmap i holds the rows of all blocks below i."""

    def __init__(self, part: Part, *, name: str) -> None:
        self._part = part
        self._below = StoredBitmaps(part, name=f"the numbers {name!r}").bitmap

    def known(self) -> BitMap:
        """Rows with a number. Shared: copy before changing it. Raises: DamagedFile."""
        return self._below(len(self._part("lows")))

    def between(self, low: float, high: float) -> BitMap:
        """Rows with `low <= number <= high`; the bounds are rounded to the precision of the numbers.

        Raises: DamagedFile.
        """
        lows, highs = self._part("lows"), self._part("highs")
        with np.errstate(over="ignore"):
            least, most = lows.dtype.type(low), lows.dtype.type(high)
        first = int(np.searchsorted(highs, least))
        last = int(np.searchsorted(lows, most, side="right")) - 1
        if first > last:
            return BitMap()
        cut = {block for block in (first, last) if lows[block] < least or highs[block] > most}
        start, end = first + (first in cut), last + (last not in cut)
        found = self._below(end) - self._below(start) if start < end else BitMap()
        for block in cut:
            found |= self._some(block, least, most)
        return found

    def _some(self, block: int, least: np.floating[Any], most: np.floating[Any]) -> BitMap:
        start, end = self._part("starts")[block : block + 2]
        values = self._part("values")[start:end]
        return bitmap_of(self._part("rows")[start:end][(values >= least) & (values <= most)])

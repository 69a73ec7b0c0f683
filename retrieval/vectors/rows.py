"""The members a search may return, in whichever form the caller holds them."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

Rows: TypeAlias = BitMap | NDArray[Any] | None
"""A bitmap, a mask [n] of bool, or row numbers in any order; None for all members."""
Chosen: TypeAlias = NDArray[np.uint32]


def chosen(rows: Rows, count: int) -> Chosen | None:
    """Row numbers [m], ascending, each once; None where that is all `count` members.

    Raises: ValueError for a mask of another length and for rows outside 0..count-1.
    """
    if rows is None:
        return None
    if isinstance(rows, BitMap):
        found = np.asarray(rows.to_array(), dtype=np.uint32)
    else:
        rows = np.asarray(rows)
        if rows.dtype == np.bool_:
            if rows.shape != (count,):
                raise ValueError(
                    f"the mask has shape {rows.shape}, there are {count} members: it takes one bool a member"
                )
            found = np.flatnonzero(rows).astype(np.uint32)
        elif rows.ndim == 1 and (np.issubdtype(rows.dtype, np.integer) or not rows.size):
            found = _numbers(rows, count)
        else:
            raise ValueError(
                f"rows of dtype {rows.dtype} and shape {rows.shape}: give a BitMap, a mask of bool or row numbers [m]"
            )
    if found.size and int(found[-1]) >= count:
        raise ValueError(f"the filter names row {found[-1]}, there are {count} members (rows count from 0)")
    return None if len(found) == count else found


def _numbers(rows: NDArray[Any], count: int) -> Chosen:
    if rows.size and int(rows.min()) < 0:
        raise ValueError(f"the filter names row {rows.min()}; rows count from 0")
    if rows.size and int(rows.max()) >= count:
        raise ValueError(f"the filter names row {rows.max()}, there are {count} members (rows count from 0)")
    ascending = rows.size < 2 or bool((rows[1:] > rows[:-1]).all())
    return (rows if ascending else np.unique(rows)).astype(np.uint32)

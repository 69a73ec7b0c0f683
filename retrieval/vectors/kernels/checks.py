"""What the numpy kernels check of their arguments; the compiled ones check the same in C."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

LARGEST_OFFSET = 1 << 30
WIDEST_CODES = 1 << 15  # 255 * 128 * 2^15 < 2^30: sums less an offset fit 32 bits


def array(
    given: NDArray[Any],
    dtype: type,
    shape: tuple[int, ...],
    name: str,
    *,
    written: bool = False,
    loose: bool = False,
) -> None:
    """Raises ValueError unless `given` is of this dtype and shape (-1: any length) and in C order.

    It must be writable if `written`, and aligned as numpy's own arrays are unless `loose`.
    """
    if given.dtype != dtype or given.ndim != len(shape):
        raise ValueError(
            f"{name} is {given.dtype} with {given.ndim} axes, it must be {np.dtype(dtype)} with {len(shape)}"
        )
    if any(wanted not in (-1, has) for wanted, has in zip(shape, given.shape, strict=True)):
        raise ValueError(f"{name} has shape {given.shape}, it must be {shape}")
    if not given.flags.c_contiguous:
        raise ValueError(f"{name} is not C-contiguous: pass numpy.ascontiguousarray({name})")
    if not loose and not given.flags.aligned:
        raise ValueError(f"{name} does not start at a multiple of {given.itemsize} bytes: pass a copy")
    if written and not given.flags.writeable:
        raise ValueError(f"{name} is read-only, results are written to it")


def asked(matrix: NDArray[Any], rows: NDArray[np.uint32] | None) -> int:
    """How many rows are asked for. Raises: ValueError where `rows` is not uint32 [m]."""
    if rows is None:
        return len(matrix)
    array(rows, np.uint32, (-1,), "rows")
    return len(rows)


def codes(given: NDArray[np.uint8]) -> None:
    """Raises ValueError unless `given` is uint8 [v, s], s at most 32,768."""
    array(given, np.uint8, (-1, -1), "codes")
    if given.shape[1] > WIDEST_CODES:
        raise ValueError(f"codes have {given.shape[1]} bytes a row, at most {WIDEST_CODES} fit")


def offset(given: int) -> None:
    """Raises ValueError beyond what 32 bits hold together with a sum."""
    if not -LARGEST_OFFSET <= given <= LARGEST_OFFSET:
        raise ValueError(f"the offset is {given}, it must lie between -2^30 and 2^30")


def records(given: NDArray[np.uint8], width: int) -> int:
    """Bytes of a record's code. Raises: ValueError where `given` cannot hold records of this width."""
    array(given, np.uint8, (-1, -1), "records")
    if not 1 <= width <= 65_535:
        raise ValueError(f"the width is {width}, it must lie between 1 and 65,535")
    code = (width + 63) // 64 * 8
    if given.shape[1] < code + 8:
        raise ValueError(f"records have {given.shape[1]} bytes, width {width} takes {code + 8}")
    return code


def members(counts: NDArray[np.uint32], total: int, best: int) -> None:
    """Raises ValueError where `counts` do not add up to `total` scores or `best` is below 1."""
    array(counts, np.uint32, (-1,), "counts")
    if best < 1:
        raise ValueError(f"best counts from 1, not {best}")
    if int(counts.sum(dtype=np.int64)) != total:
        raise ValueError(f"the counts add up to {int(counts.sum(dtype=np.int64))}, there are {total} scores")

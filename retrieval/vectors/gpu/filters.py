"""Filters on their way to a device: packed bits, or the rows where those are fewer bytes."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from pyroaring import BitMap
from torch import Tensor

from retrieval.vectors.gpu.passes import Passes
from retrieval.vectors.rows import Rows, chosen

_CHUNK = 1 << 16  # rows of one roaring container
_SPARSE = 4096  # rows up to which a container without runs lists them
_NO_RUNS, _RUNS = 12346, 12347
_BITS_OF_ROW = 32


def uploaded(rows: Rows, count: int, *, device: torch.device, passes: Passes) -> Tensor | None:
    """Row numbers int32 [m], ascending, on the device; None where that is all `count` members.

    Raises: ValueError as `retrieval.vectors.rows.chosen`.
    """
    bits = packed(rows, count)
    if bits is not None:
        members = passes.compact(torch.from_numpy(bits).to(device))
        return None if len(members) == count else members
    some = chosen(rows, count)
    return None if some is None else torch.from_numpy(some.astype(np.int32)).to(device)


def packed(rows: Rows, count: int) -> NDArray[np.uint8] | None:
    """Bits [ceil(count / 8)], little bit order; None where a list of rows is shorter, or `rows` is wrong."""
    if isinstance(rows, BitMap):
        if not rows or rows.max() >= count or len(rows) * _BITS_OF_ROW < count or len(rows) == count:
            return None
        return unrolled(rows.serialize(), count)
    if isinstance(rows, np.ndarray) and rows.dtype == np.bool_ and rows.shape == (count,):
        return np.packbits(rows, bitorder="little")
    return None


def unrolled(roaring: bytes, count: int) -> NDArray[np.uint8]:
    """Bits [ceil(count / 8)] of a bitmap in roaring's portable format, all of whose rows are below `count`.

    Dense containers hold bits already: copying them is ten times cheaper than listing rows and setting a bit for each.
    Format: github.com/RoaringBitmap/RoaringFormatSpec. Raises: ValueError where it is another format.
    """
    cookie = int.from_bytes(roaring[:4], "little")
    if cookie & 0xFFFF == _RUNS:
        size = (cookie >> 16) + 1
        at = 4 + -(-size // 8)
        runs = np.unpackbits(np.frombuffer(roaring[4:at], np.uint8), bitorder="little")[:size]
        listed = size >= 4  # offsets follow the heads; without runs always
    elif cookie == _NO_RUNS:
        size = int.from_bytes(roaring[4:8], "little")
        at, runs, listed = 8, np.zeros(size, np.uint8), True
    else:
        raise ValueError("the bitmap is not in roaring's portable format")
    heads = np.frombuffer(roaring, "<u2", 2 * size, at).reshape(-1, 2).tolist()
    at += (8 if listed else 4) * size
    bits = np.zeros(-(-count // _CHUNK) * _CHUNK // 8, np.uint8)
    for (key, last), run in zip(heads, runs.tolist(), strict=True):
        part = bits[key * _CHUNK // 8 : (key + 1) * _CHUNK // 8]
        if run:
            many = int.from_bytes(roaring[at : at + 2], "little")
            part[:] = _of_runs(np.frombuffer(roaring, "<u2", 2 * many, at + 2).reshape(-1, 2))
            at += 2 + 4 * many
        elif last < _SPARSE:
            part[:] = _of_places(np.frombuffer(roaring, "<u2", last + 1, at))
            at += 2 * (last + 1)
        else:
            part[:] = np.frombuffer(roaring, np.uint8, _CHUNK // 8, at)
            at += _CHUNK // 8
    return bits[: -(-count // 8)]


def _of_places(places: NDArray[np.uint16]) -> NDArray[np.uint8]:
    mask = np.zeros(_CHUNK, np.bool_)
    mask[places] = True
    return np.packbits(mask, bitorder="little")


def _of_runs(runs: NDArray[np.uint16]) -> NDArray[np.uint8]:
    """`runs` [r, 2]: first place, and how many follow it."""
    mask = np.zeros(_CHUNK, np.bool_)
    for first, more in runs.tolist():
        mask[first : first + more + 1] = True
    return np.packbits(mask, bitorder="little")

"""From vectors to an index, chunk by chunk, so that memory does not grow with their number."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from retrieval.vectors.quantisation import BitCodes, Int8Codes, random_rotation
from retrieval.vectors.quantisation.bit_codes import encode_bits, find_centroids, record_bytes
from retrieval.vectors.quantisation.int8_codes import Int8Part, encode_int8, scale_for, stride

CHUNK_BYTES = 32 << 20
SAMPLE = 16_384
LARGEST = 1e15
Progress = Callable[[int, int], None]
"""Told how many vectors are done, and of how many."""


class Store(Protocol):
    """Where arrays are made: in memory, or as files."""

    def create(self, name: str, shape: tuple[int, ...], dtype: str) -> NDArray[Any]:
        """An array to be filled."""


class Memory:
    """Arrays in memory."""

    def create(self, name: str, shape: tuple[int, ...], dtype: str) -> NDArray[Any]:  # noqa: ARG002 -- the protocol's
        """An array that starts at a cache line."""
        kind = np.dtype(dtype)
        size = int(np.prod(shape)) * kind.itemsize
        raw = np.empty(size + 64, np.uint8)
        start = -raw.ctypes.data % 64
        made: NDArray[Any] = raw[start : start + size].view(kind).reshape(shape)
        return made


@dataclass(frozen=True, kw_only=True)
class Codes:
    """What was derived from the vectors; see `Scan`."""

    rotation: NDArray[np.float32]
    bit_rotation: NDArray[np.float32]
    int8: Int8Codes
    bits: BitCodes


def check_vectors(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Raises: ValueError where they are no table of float32 with at least one column."""
    if vectors.ndim != 2 or vectors.shape[1] < 1:
        raise ValueError(f"vectors have shape {vectors.shape}; give a table [vectors, width]")
    if vectors.dtype != np.float32:
        if not np.issubdtype(vectors.dtype, np.floating):
            raise ValueError(f"vectors have dtype {vectors.dtype}; give float32")
        vectors = vectors.astype(np.float32)
    return vectors if vectors.flags.c_contiguous else np.ascontiguousarray(vectors)


def check_ids(ids: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    """Raises: ValueError where they are not `count` different whole numbers."""
    ids = np.asarray(ids)
    if ids.shape != (count,) or not np.issubdtype(ids.dtype, np.integer):
        raise ValueError(
            f"ids of shape {ids.shape} and dtype {ids.dtype}: give one whole number for each of {count} members"
        )
    if len(np.unique(ids)) != count:
        raise ValueError("two members have the same id")
    return ids.astype(np.int64)


def encode(vectors: NDArray[np.float32], *, store: Store, scan_width: int, progress: Progress | None = None) -> Codes:
    """Codes of `vectors` [v, d], made in `store` with the memory of a chunk; bits of their first `scan_width` numbers.

    Raises: ValueError where a vector has numbers that are not finite, or beyond `LARGEST`.
    """
    total, width = vectors.shape
    rotation = _stored(store, "rotation", random_rotation(width))
    bit_rotation = rotation
    if scan_width != width:
        bit_rotation = _stored(store, "bit_rotation", random_rotation(scan_width))
    # spread over all, sorted: a mapped file is read forwards
    at = np.sort(np.random.default_rng(0).choice(total, min(SAMPLE, total), replace=False))
    sample = vectors[at]
    _usable(sample, at)
    scale = scale_for(sample @ rotation)
    centroids = _stored(store, "centroids", find_centroids(sample[:, :scan_width] @ bit_rotation))
    coded = store.create("int8", (total, stride(width)), "|u1")
    records = store.create("bits", (total, record_bytes(scan_width)), "|u1")
    parts: list[Int8Part] = []
    step = max(1, CHUNK_BYTES // (4 * width))
    for start in range(0, total, step):
        part = np.asarray(vectors[start : start + step])
        end = start + len(part)
        _usable(part, np.arange(start, end))
        turned = part @ rotation
        parts.append(encode_int8(turned, scale=scale, out=coded[start:end], first=start))
        short = turned if scan_width == width else part[:, :scan_width] @ bit_rotation
        encode_bits(short, centroids=centroids, out=records[start:end])
        if progress:
            progress(end, total)
    outliers = np.concatenate([part.outliers for part in parts]) if parts else np.empty(0, np.uint32)
    return Codes(
        rotation=rotation,
        bit_rotation=bit_rotation,
        int8=Int8Codes(
            codes=coded,
            width=width,
            scale=scale,
            error=max((part.error for part in parts), default=0.0),
            longest=max((part.longest for part in parts), default=0.0),
            outliers=_stored(store, "int8_outliers", outliers),
        ),
        bits=BitCodes(records=records, width=scan_width, centroids=centroids),
    )


def _stored(store: Store, name: str, array: NDArray[Any]) -> NDArray[Any]:
    """A copy of `array` in `store`."""
    made = store.create(name, array.shape, array.dtype.str)
    made[...] = array
    return made


def _usable(part: NDArray[np.float32], numbers: NDArray[np.int64]) -> None:
    """Raises: ValueError where a vector holds what cannot be squared and added in float32."""
    with np.errstate(invalid="ignore"):
        if not len(part) or max(float(part.max()), -float(part.min())) <= LARGEST:  # false for NaN
            return
        bad = int(np.flatnonzero(~(np.abs(part) <= LARGEST).all(axis=1))[0])
    what = f"larger than {LARGEST:.0e}" if np.isfinite(part[bad]).all() else "that are not finite (NaN or infinite)"
    raise ValueError(f"vector {numbers[bad]} has numbers {what}; leave it out")

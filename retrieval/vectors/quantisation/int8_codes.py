"""One byte a number, with a bound on what that can change: what makes a scan over bytes exact."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

ZERO = 128
_MOST = 127
_ROOM = 1.1  # a scale made from a sample leaves room for somewhat larger numbers
_LINE = 64
_ROUNDING = 2e-5


@dataclass(frozen=True, kw_only=True)
class Int8Codes:
    """Vectors x as bytes: 128 + round(x * scale), cut to 1..255.

    v: vectors, w: width, s: w rounded up to a multiple of 64 (a cache line). `codes` uint8 [v, s]. `error` is the
    largest |x - decoded x| and `longest` the largest |decoded x| of all vectors but `outliers` (uint32, ascending),
    whose numbers did not fit the scale.
    """

    codes: NDArray[np.uint8]
    width: int
    scale: float
    error: float
    longest: float
    outliers: NDArray[np.uint32]

    def query(self, query: NDArray[np.float32]) -> Int8Query:
        """`query` [w] as bytes."""
        largest = float(np.abs(query).max(initial=0.0))
        step = _MOST / largest if largest else 1.0
        numbers = np.rint(query * np.float32(step))
        coded = np.zeros(self.codes.shape[1], np.int8)
        coded[: self.width] = numbers
        lost = float(np.linalg.norm(query - numbers / np.float32(step)))
        length = float(np.linalg.norm(query))
        # Cauchy-Schwarz on x.q - x'.q' = (x - x').q + x'.(q - q'), and what rotating in float32 may cost
        margin = self.error * length + self.longest * lost + _ROUNDING * self.longest * length
        return Int8Query(
            numbers=coded,
            offset=ZERO * int(coded.sum(dtype=np.int64)),
            scale=1.0 / (self.scale * step),
            margin=margin,
        )


@dataclass(frozen=True, kw_only=True)
class Int8Query:
    """A query for the kernels: score = scale * (codes . numbers - offset).

    `margin`: no score is further than this from the true inner product (outliers aside).
    """

    numbers: NDArray[np.int8]
    offset: int
    scale: float
    margin: float


def scale_for(sample: NDArray[np.float32]) -> float:
    """The scale at which the numbers of a sample [m, w] fit a byte, with some room."""
    largest = float(np.abs(sample).max(initial=0.0))
    return _MOST / (largest * _ROOM) if largest else 1.0


def stride(width: int) -> int:
    """Bytes a coded vector takes."""
    return -(-width // _LINE) * _LINE


@dataclass(frozen=True, kw_only=True)
class Int8Part:
    """What encoding some vectors said of them: see `Int8Codes`."""

    error: float
    longest: float
    outliers: NDArray[np.uint32]


def encode_int8(vectors: NDArray[np.float32], *, scale: float, out: NDArray[np.uint8], first: int) -> Int8Part:
    """Write the codes of `vectors` [m, w] into `out` [m, s]; `first` is the number of the first of them."""
    width = vectors.shape[1]
    numbers = np.rint(vectors * np.float32(scale))
    cut = np.clip(numbers, -_MOST, _MOST)
    out[:, :width] = (cut + ZERO).astype(np.uint8)
    out[:, width:] = ZERO
    decoded = cut / np.float32(scale)
    fits = (cut == numbers).all(axis=1)
    lost = np.linalg.norm(vectors - decoded, axis=1)[fits]
    lengths = np.linalg.norm(decoded, axis=1)[fits]
    return Int8Part(
        error=float(lost.max(initial=0.0)),
        longest=float(lengths.max(initial=0.0)),
        outliers=(np.flatnonzero(~fits) + first).astype(np.uint32),
    )

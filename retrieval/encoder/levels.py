"""Matryoshka levels: the first numbers of a vector are a vector too (Kusupati et al., 2022)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from retrieval.encoder.errors import WidthRefused

Floats = NDArray[np.float32]


def chosen(width: int | None, levels: Sequence[int]) -> int:
    """The width to deliver: the last of `levels` where none is asked for. Raises: WidthRefused."""
    if width is None:
        return levels[-1]
    if width not in levels:
        raise WidthRefused(width, levels)
    return width


def cut(vectors: Floats, width: int) -> Floats:
    """[n, width] unit rows from [n, full] ones; the same array where nothing is to be cut. Zeros stay zeros."""
    if width == vectors.shape[1]:
        return vectors
    part = vectors[:, :width]
    length = np.linalg.norm(part, axis=1, keepdims=True)
    short: Floats = (part / np.maximum(length, np.float32(1e-12))).astype(np.float32)
    return short

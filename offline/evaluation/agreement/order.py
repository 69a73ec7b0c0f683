"""Whether a judge puts people in the order that people do: Spearman's rank correlation, also of weighted pairs."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def spearman(first: Floats, second: Floats, weights: Floats | None = None) -> float:
    """Rank correlation of two lists [n], ties at their mean rank; `weights` [n] say how often each pair stands.

    NaN where either list is constant.
    """
    weights = np.ones(len(first)) if weights is None else weights
    total = weights.sum()
    if total == 0:
        return float("nan")
    x, y = _ranks(first, weights), _ranks(second, weights)
    x, y = x - (weights @ x) / total, y - (weights @ y) / total
    spread = np.sqrt((weights @ (x * x)) * (weights @ (y * y)))
    return float((weights @ (x * y)) / spread) if spread > 0 else float("nan")


def _ranks(values: Floats, weights: Floats) -> Floats:
    """Mean rank of each value among all, each counted as often as its weight says [n]."""
    _, place = np.unique(values, return_inverse=True)
    standing = np.bincount(place, weights=weights)
    ranks: Floats = (np.cumsum(standing) - (standing - 1) / 2)[place]
    return ranks

"""Agreement of two graders, from tables of how often they gave which pair of grades.

Shapes: `l` levels of the scale; `...` any leading axes (one table, or a stack of resampled ones). Rows are people,
columns the judge. Cohen, "Weighted kappa", Psychological Bulletin 70 (1968), with quadratic weights.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def confusion(human: NDArray[np.int64], judge: NDArray[np.int64], *, levels: int) -> Floats:
    """Counts of pairs of grades from 0 to `levels` - 1 [l, l]."""
    return np.bincount(human * levels + judge, minlength=levels * levels).reshape(levels, levels).astype(np.float64)


def quadratic_kappa(tables: Floats) -> Floats:
    """Weighted kappa [...]: 1 full agreement, 0 what chance gives; NaN where both used one and the same grade only."""
    levels = np.arange(tables.shape[-1])
    cost = np.square(levels[:, None] - levels[None, :])
    total = tables.sum(axis=(-2, -1))
    by_chance = tables.sum(axis=-1)[..., :, None] * tables.sum(axis=-2)[..., None, :]
    with np.errstate(invalid="ignore", divide="ignore"):
        kappa: Floats = 1 - total * (cost * tables).sum(axis=(-2, -1)) / (cost * by_chance).sum(axis=(-2, -1))
    return kappa


def exact(tables: Floats) -> Floats:
    """Share of pairs with the same grade [...]."""
    return _mean(tables, _gaps(tables) == 0)


def within_one(tables: Floats) -> Floats:
    """Share of pairs at most one grade apart [...]."""
    return _mean(tables, _gaps(tables) <= 1)


def mean_error(tables: Floats) -> Floats:
    """Mean absolute difference of the grades [...]."""
    return _mean(tables, _gaps(tables))


def _gaps(tables: Floats) -> Floats:
    """How many grades apart the two are in each cell [l, l]."""
    levels = np.arange(tables.shape[-1], dtype=np.float64)
    return np.abs(levels[:, None] - levels[None, :])


def _mean(tables: Floats, values: NDArray[np.float64 | np.bool_]) -> Floats:
    """Mean of a cell's value over the pairs [...]; NaN where there are none."""
    with np.errstate(invalid="ignore"):
        mean: Floats = (values * tables).sum(axis=(-2, -1)) / tables.sum(axis=(-2, -1))
    return mean

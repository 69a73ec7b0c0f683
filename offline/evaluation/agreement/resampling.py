"""Intervals that respect requests: whole requests are drawn again, with everybody who was graded for them.

Pairs of one request share its wording and often its rater, so drawing pairs would promise more than is known.
Percentile bootstrap over clusters; see Davison and Hinkley, "Bootstrap Methods and their Application" (1997), 3.8.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

Floats = NDArray[np.float64]
RESAMPLES = 2000
EDGES = (2.5, 97.5)


class Estimate(BaseModel):
    """A figure with its 95 % interval; `None` where it is not defined (one grade only, or too few requests)."""

    model_config = ConfigDict(frozen=True)

    value: float | None
    low: float | None = None
    high: float | None = None


def draws(clusters: int, *, resamples: int = RESAMPLES, seed: int = 0) -> Floats:
    """How often each cluster is drawn in each resample [r, c]; every row sums to `clusters`."""
    random = np.random.default_rng(seed)
    counts: Floats = random.multinomial(clusters, np.full(clusters, 1 / clusters), size=resamples).astype(np.float64)
    return counts


def of_tables(statistic: Callable[[Floats], Floats], tables: Floats, drawn: Floats) -> Estimate:
    """A statistic of summed tables. `tables` are one a cluster [c, l, l], `drawn` as `draws` gives them [r, c]."""
    return estimate(float(statistic(tables.sum(axis=0))), statistic(resampled(tables, drawn)))


def resampled(tables: Floats, drawn: Floats) -> Floats:
    """The summed table of each resample [r, l, l]."""
    summed: Floats = np.tensordot(drawn, tables, axes=1).astype(np.float64)
    return summed


def estimate(value: float, resamples: Floats) -> Estimate:
    """A value with the percentiles of its resamples; those in which it is not defined are left out."""
    defined = resamples[~np.isnan(resamples)]
    if np.isnan(value):
        return Estimate(value=None)
    if not len(defined):
        return Estimate(value=value)
    low, high = np.percentile(defined, EDGES)
    return Estimate(value=value, low=float(low), high=float(high))

"""Structured fit: years and level against what was asked, and how much there is to read.

Years and level count only against a wish for them: of themselves they would stand in for age.
"""

from __future__ import annotations

import numpy as np

from ranking.features.feature import Feature
from ranking.view import Floats, View
from retrieval.schema import Importance, Seniority


def _unknown(view: View) -> Floats:
    return np.full(len(view.rows), np.nan, np.float32)


def _years_over(view: View) -> Floats:
    years = view.role.years
    if years is None or years.minimum is None:
        return _unknown(view)
    return np.clip(np.asarray(view.snapshot.attributes.years())[view.rows] - years.minimum, -10, 10)


def _levels(view: View) -> Floats:
    levels = _unknown(view)
    for level in Seniority:
        holders = view.snapshot.attributes.rows("seniority", level.name)
        if holders:
            levels[[int(row) in holders for row in view.rows]] = level.value
    return levels


def _level_over(view: View) -> Floats:
    asked = [s.level.value for s in view.role.seniority if s.importance is not Importance.EXCLUDE]
    if not asked:
        return _unknown(view)
    levels = _levels(view)
    gaps = np.stack([levels - level for level in asked], axis=1)
    nearest = np.abs(np.nan_to_num(gaps, nan=99.0)).argmin(axis=1)
    over: Floats = gaps[np.arange(len(gaps)), nearest]
    return over


FEATURES = (
    Feature(name="years_over", says="years of experience beyond the minimum asked for", compute=_years_over),
    Feature(name="level_over", says="levels of seniority above the nearest one asked for", compute=_level_over),
    Feature(name="length", says="logarithm of the profile's words", compute=lambda v: np.log(v.terms.lengths)),
)

"""What the ranker knows of a candidate: declared one by one, computed a pool at a time.

Nothing here reads a protected attribute or a proxy for one; the columns' order is the model's input.
"""

from __future__ import annotations

import numpy as np

from ranking.features import collective, fit, lexical, provenance, semantic, title
from ranking.features.feature import Feature
from ranking.view import Floats, View

FEATURES: tuple[Feature, ...] = (
    *semantic.FEATURES,
    *title.FEATURES,
    *lexical.FEATURES,
    *collective.FEATURES,
    *provenance.FEATURES,
    *fit.FEATURES,
)


def matrix(view: View) -> Floats:
    """[m, f] every feature of every candidate, columns in the order of `FEATURES`; NaN where a value is unknown."""
    columns = [feature.compute(view) for feature in FEATURES]
    return np.stack(columns, axis=1).astype(np.float32)


__all__ = ["FEATURES", "Feature", "matrix"]

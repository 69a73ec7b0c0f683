"""What the grader knows of a role and a profile: declared one by one, the same when it learns and when it grades.

Nothing here reads a protected attribute or a proxy for one, and nothing depends on a search or its pool.
"""

from __future__ import annotations

import numpy as np

from agents.embedded.grader.case import Case
from agents.embedded.grader.features import company, meaning, recency, shown, wording
from agents.embedded.grader.features.feature import Feature
from ranking.view import Floats

FEATURES: tuple[Feature, ...] = (
    *meaning.FEATURES,
    *wording.FEATURES,
    *company.FEATURES,
    *recency.FEATURES,
    *shown.FEATURES,
)


def vector(case: Case) -> Floats:
    """[f] every feature of a case, in the order of `FEATURES`; NaN where a value is unknown."""
    return np.array([feature.compute(case) for feature in FEATURES], np.float32)


__all__ = ["FEATURES", "Feature", "vector"]

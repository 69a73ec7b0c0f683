"""Where the strategies placed a candidate. Only those that answer every request count: what a recruiter's own examples
or another package's strategy add is weighed apart (`ranking.ranker.SIGNALS`), or in the blend."""

from __future__ import annotations

import numpy as np

from ranking.features.feature import Feature
from ranking.view import Floats, View


def _place(view: View, *strategies: str) -> Floats:
    """Reciprocal rank, softened as in the blend, summed over some strategies; 0 where none found the candidate."""
    places = [
        sum(1 / (60 + hit.rank) for hit in candidate.hits if hit.strategy in strategies)
        for candidate in view.candidates
    ]
    return np.array(places, np.float32)


FEATURES = (
    Feature(name="place_words", says="place among those with the words", compute=lambda v: _place(v, "boolean")),
    Feature(name="place_meaning", says="place among those near in meaning", compute=lambda v: _place(v, "semantic")),
    Feature(name="place_both", says="both places together", compute=lambda v: _place(v, "boolean", "semantic")),
)

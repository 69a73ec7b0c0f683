"""What the pool says of each of its members: people alike stand or fall together."""

from __future__ import annotations

import numpy as np

from ranking.features.feature import Feature
from ranking.view import Floats, View, unit


def _like_leaders(view: View, vectors: Floats) -> Floats:
    """Cosine with the centre of the leaders, a member's own part in it taken out: else leaders are like themselves."""
    share = view.leading.astype(np.float64)  # what is left without a leader of nearly all the share is rounding else
    centre = share @ vectors
    others = (centre[None, :] - share[:, None] * vectors) / np.maximum(1 - share, 1e-6)[:, None]
    like: Floats = (unit(others) * vectors).sum(axis=1)
    return like


def _neighbours(view: View, vectors: Floats, sharpness: float) -> Floats:
    """Mean blended score of the members near by, in deviations within the pool."""
    # doubles: where all were blended alike, the deviations would be those of rounding
    near = np.exp(sharpness * (vectors @ vectors.T - 1).astype(np.float64))
    np.fill_diagonal(near, 0)
    blend = np.array([candidate.blend for candidate in view.candidates])
    mean = near @ blend / np.maximum(near.sum(axis=1), 1e-9)
    above: Floats = (mean - mean.mean()) / (mean.std() + 1e-9)
    return above


def _typical_words(view: View) -> Floats:
    scores = view.terms.bm25(view.terms.typical(view.leading))
    return scores / max(float(scores.max(initial=0.0)), 1e-6)


def _typical_words_above(view: View) -> Floats:
    scores = view.terms.bm25(view.terms.typical(view.leading))
    above: Floats = (scores - scores.mean()) / (scores.std() + 1e-6)
    return above


FEATURES = (
    Feature(
        name="like_leaders",
        says="cosine of the profile with the first of the blend",
        compute=lambda v: _like_leaders(v, v.passages.centroids),
    ),
    Feature(
        name="like_leaders_titles",
        says="cosine of headline and titles with those of the first of the blend",
        compute=lambda v: _like_leaders(v, v.headlines),
    ),
    Feature(name="leaders_words", says="BM25 of the words typical of the first of the blend", compute=_typical_words),
    Feature(
        name="leaders_words_above",
        says="the same, in deviations within the pool",
        compute=_typical_words_above,
    ),
    Feature(
        name="neighbours",
        says="blended score of similar profiles",
        compute=lambda v: _neighbours(v, v.passages.centroids, 12.0),
    ),
    Feature(
        name="neighbours_titles",
        says="blended score of profiles with similar titles",
        compute=lambda v: _neighbours(v, v.headlines, 8.0),
    ),
)

"""How near the passages of a profile stand to the request, and to each of its requirements."""

from __future__ import annotations

import numpy as np

from ranking.features.feature import Feature
from ranking.view import Floats, View


def _first(view: View) -> Floats:
    return view.similar[view.passages.starts]


def _share_above(view: View, deviations: float) -> Floats:
    bar = view.ordinary.mean() + deviations * view.ordinary.std()
    return view.passages.mean((view.similar > bar).astype(np.float32))


FEATURES = (
    Feature(
        name="passage_best",
        says="cosine of the request with the best passage",
        compute=lambda v: v.passages.best(v.similar),
    ),
    Feature(
        name="passage_best_above",
        says="the same, in deviations above what is ordinary",
        compute=lambda v: v.against(v.passages.best(v.similar), v.background.best(v.ordinary)),
    ),
    Feature(
        name="passage_three",
        says="mean cosine of the best three passages",
        compute=lambda v: v.passages.mean_of_best(v.similar),
    ),
    Feature(
        name="passage_three_above",
        says="the same, in deviations above what is ordinary",
        compute=lambda v: v.against(v.passages.mean_of_best(v.similar), v.background.mean_of_best(v.ordinary)),
    ),
    Feature(name="passage_mean", says="mean cosine of all passages", compute=lambda v: v.passages.mean(v.similar)),
    Feature(
        name="profile_whole",
        says="cosine of the request with the whole profile's direction",
        compute=lambda v: v.passages.centroids @ v.request,
    ),
    Feature(name="passage_first", says="cosine of the request with the opening passage", compute=_first),
    Feature(
        name="passage_share_1",
        says="share of passages one deviation above ordinary",
        compute=lambda v: _share_above(v, 1.0),
    ),
    Feature(
        name="passage_share_2",
        says="share of passages two deviations above ordinary",
        compute=lambda v: _share_above(v, 2.0),
    ),
    Feature(
        name="requirement_mean",
        says="best passage for each requirement, averaged",
        compute=lambda v: v.shown.mean(axis=1),
    ),
    Feature(
        name="requirement_worst",
        says="best passage for the requirement shown least",
        compute=lambda v: v.shown.min(axis=1),
    ),
    Feature(
        name="requirement_above_mean",
        says="requirements in deviations above ordinary, averaged",
        compute=lambda v: v.shown_above.mean(axis=1),
    ),
    Feature(
        name="requirement_above_worst",
        says="requirements in deviations above ordinary, the least shown",
        compute=lambda v: v.shown_above.min(axis=1),
    ),
)

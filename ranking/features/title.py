"""How near what a person is called stands to what the role is called."""

from __future__ import annotations

import numpy as np
from pyroaring import BitMap

from ranking.features.feature import Feature
from ranking.view import Floats, View


def _headline_title(view: View) -> Floats:
    best: Floats = (view.headlines @ view.titles.T).max(axis=1)
    return best


def _headline_above(view: View) -> Floats:
    step = max(1, view.snapshot.count // 512)
    ordinary = (np.asarray(view.snapshot.headline_vectors[::step], np.float32) @ view.titles.T).max(axis=1)
    return view.against(_headline_title(view), ordinary)


def _passage_title(view: View) -> Floats:
    best: Floats = view.passages.best(view.passages.vectors @ view.titles.T).max(axis=1)
    return best


def _passage_title_above(view: View) -> Floats:
    ordinary = view.background.best(view.background.vectors @ view.titles.T).max(axis=1)
    return view.against(_passage_title(view), ordinary)


def _profile_title(view: View) -> Floats:
    best: Floats = (view.passages.centroids @ view.titles.T).max(axis=1)
    return best


def _fielded(view: View, text: str, field: str) -> Floats:
    """BM25 of `text` in one field of the text index, as a share of the pool's best."""
    hits = dict(
        view.snapshot.text.search_terms(
            text, rows=BitMap(view.rows.tolist()), limit=len(view.rows), boosts={field: 1.0}
        )
    )
    scores = np.array([hits.get(int(row), 0.0) for row in view.rows], np.float32)
    return scores / max(float(scores.max(initial=0.0)), 1e-6)


FEATURES = (
    Feature(
        name="headline_request",
        says="cosine of the request with headline and titles",
        compute=lambda v: v.headlines @ v.request,
    ),
    Feature(
        name="headline_title", says="cosine of the title asked for with headline and titles", compute=_headline_title
    ),
    Feature(
        name="headline_title_above", says="the same, in deviations above what is ordinary", compute=_headline_above
    ),
    Feature(
        name="headline_requirement",
        says="cosine of headline and titles with the nearest requirement",
        compute=lambda v: (v.headlines @ v.requirements.T).max(axis=1),
    ),
    Feature(name="passage_title", says="cosine of the title asked for with the best passage", compute=_passage_title),
    Feature(
        name="passage_title_above", says="the same, in deviations above what is ordinary", compute=_passage_title_above
    ),
    Feature(name="profile_title", says="cosine of the title asked for with the whole profile", compute=_profile_title),
    Feature(
        name="title_words",
        says="words of the title asked for in the titles held",
        compute=lambda v: _fielded(v, v.asked, "title"),
    ),
    Feature(
        name="title_request_words",
        says="words of the request in the titles held",
        compute=lambda v: _fielded(v, v.role.text, "title"),
    ),
    Feature(
        name="skill_words",
        says="words of the request in the listed skills",
        compute=lambda v: _fielded(v, v.role.text, "skill"),
    ),
)

"""Which words of the request a profile has, and how many of each requirement's."""

from __future__ import annotations

import numpy as np

from ranking.features.feature import Feature
from ranking.view import Floats, View


def _of_best(scores: Floats) -> Floats:
    return scores / max(float(scores.max(initial=0.0)), 1e-6)


def _bm25(view: View, text: str, *, b: float = 0.75) -> Floats:
    return view.terms.bm25(view.index.weights(text), b=b)


def _of_possible(view: View) -> Floats:
    """BM25 as a share of what a profile made of the request's words could reach."""
    weights = view.index.weights(view.role.text)
    return view.terms.bm25(weights) / max(float(weights.sum()) * 2.2, 1e-6)


def _wanted(view: View) -> str:
    return " ".join(view.wanted)


FEATURES = (
    Feature(
        name="words", says="BM25 of the request, of the pool's best", compute=lambda v: _of_best(_bm25(v, v.role.text))
    ),
    Feature(name="words_possible", says="BM25 of the request, of what is possible", compute=_of_possible),
    Feature(
        name="words_long",
        says="BM25 that forgives long profiles, of the pool's best",
        compute=lambda v: _of_best(_bm25(v, v.role.text, b=0.3)),
    ),
    Feature(
        name="words_dense",
        says="BM25 that wants the words dense, of the pool's best",
        compute=lambda v: _of_best(_bm25(v, v.role.text, b=1.0)),
    ),
    Feature(
        name="words_wanted",
        says="BM25 of the requirements only, of the pool's best",
        compute=lambda v: _of_best(_bm25(v, _wanted(v))),
    ),
    Feature(
        name="words_title",
        says="BM25 of the title asked for, of the pool's best",
        compute=lambda v: _of_best(_bm25(v, v.asked)),
    ),
    Feature(
        name="words_covered",
        says="share of the request's rarer words that the profile has",
        compute=lambda v: v.terms.covered(v.index.weights(v.role.text, repeats=False)),
    ),
    Feature(
        name="requirement_words",
        says="share of each requirement's words, averaged",
        compute=lambda v: v.covered.mean(axis=1),
    ),
    Feature(
        name="requirement_words_worst",
        says="share of words of the requirement shown least",
        compute=lambda v: v.covered.min(axis=1),
    ),
    Feature(
        name="requirement_words_most",
        says="share of requirements with most of their words",
        compute=lambda v: (v.covered > 0.6).mean(axis=1, dtype=np.float32),
    ),
)

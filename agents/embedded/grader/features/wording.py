"""Which words of the request a profile has."""

from __future__ import annotations

from functools import partial

from agents.embedded.grader.case import Case
from agents.embedded.grader.features.feature import Feature

_BM25 = {
    "words": "the request",
    "words_long": "the request, forgiving long profiles",
    "words_dense": "the request, wanting the words dense",
    "words_wanted": "the requirements",
    "words_title": "the titles",
}


def _above(case: Case, *, measure: str) -> float:
    return case.usual.above(measure, case.person)


def _of_top(case: Case, *, measure: str) -> float:
    return case.usual.of_top(measure, case.person)


def _of_possible(case: Case) -> float:
    return case.value("words") / max(2.2 * float(case.usual.wish.words.sum()), 1e-6)


FEATURES = (
    *(
        Feature(
            name=f"{name}_above",
            says=f"BM25 of {says}, in deviations above what is usual",
            compute=partial(_above, measure=name),
        )
        for name, says in _BM25.items()
    ),
    *(
        Feature(
            name=f"{name}_of_top",
            says=f"BM25 of {says}, of what the best of the population reach",
            compute=partial(_of_top, measure=name),
        )
        for name, says in _BM25.items()
    ),
    Feature(name="words_possible", says="BM25 of the request, of what is possible", compute=_of_possible),
    Feature(
        name="words_rare",
        says="how few reach that BM25, in powers of ten",
        compute=lambda case: case.usual.rarity("words", case.person),
    ),
    Feature(
        name="covered",
        says="share of the request's rarer words",
        compute=lambda case: case.value("covered"),
        trend=1,
    ),
    Feature(
        name="covered_mean",
        says="share of each requirement's words, averaged",
        compute=lambda case: float(case.person.covered_each[0] @ case.shares),
        trend=1,
    ),
    Feature(
        name="covered_least",
        says="share of words of the requirement shown least",
        compute=lambda case: float(case.person.covered_each[0].min()),
        trend=1,
    ),
    Feature(
        name="covered_most",
        says="share of requirements with most of their words",
        compute=lambda case: float((case.person.covered_each[0] > 0.6).mean()),
        trend=1,
    ),
)

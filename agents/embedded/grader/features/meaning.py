"""How near what a person wrote stands to the request, its titles and its requirements."""

from __future__ import annotations

from functools import partial

import numpy as np

from agents.embedded.grader.case import Case
from agents.embedded.grader.features.feature import Feature

_COSINES = {
    "best": "the best passage with the request",
    "three": "the best three passages with the request",
    "mean": "all passages with the request",
    "whole": "the whole profile with the request",
    "opening": "the first passage with the request",
    "headline": "headline and titles with the request",
    "title_headline": "headline and titles with the title asked for",
    "title_best": "the best passage with the title",
    "title_three": "the best three passages with the title",
    "title_whole": "the whole profile with the title",
    "headline_requirement": "headline and titles with the nearest requirement",
}
_ABOVE = (
    "best", "three", "mean", "whole", "headline", "title_headline", "title_best", "title_three", "title_whole"
)  # fmt: skip


def _value(case: Case, *, measure: str) -> float:
    return case.value(measure)


def _above(case: Case, *, measure: str) -> float:
    return case.usual.above(measure, case.person)


def _share_above(case: Case, *, deviations: float) -> float:
    return float((case.surprises[:, 0] > deviations).mean())


def _together(case: Case) -> float:
    """Requirements that one and the same passage speaks of."""
    return float((case.surprises[:, 2:] @ case.shares).max())


FEATURES = (
    *(
        Feature(name=name, says=f"cosine of {says}", compute=partial(_value, measure=name))
        for name, says in _COSINES.items()
    ),
    *(
        Feature(
            name=f"{name}_above",
            says=f"cosine of {_COSINES[name]}, in deviations above what is usual",
            compute=partial(_above, measure=name),
        )
        for name in _ABOVE
    ),
    Feature(
        name="three_rare",
        says="how few reach the best three passages' cosine, in powers of ten",
        compute=lambda case: case.usual.rarity("three", case.person),
    ),
    Feature(
        name="share_1",
        says="share of passages one deviation above usual",
        compute=partial(_share_above, deviations=1.0),
    ),
    Feature(
        name="share_2",
        says="share of passages two deviations above usual",
        compute=partial(_share_above, deviations=2.0),
    ),
    Feature(
        name="required_mean",
        says="best passage for each requirement, averaged",
        compute=lambda case: case.value("each_mean"),
    ),
    Feature(
        name="required_least",
        says="best passage for the requirement shown least",
        compute=lambda case: float(case.person.each.min()),
    ),
    Feature(
        name="required_above_mean",
        says="requirements in deviations above usual, averaged",
        compute=lambda case: float(case.required_above @ case.shares),
    ),
    Feature(
        name="required_above_least",
        says="requirements in deviations above usual, the least shown",
        compute=lambda case: float(case.required_above.min()),
    ),
    Feature(
        name="required_above_most",
        says="requirements in deviations above usual, the best shown",
        compute=lambda case: float(case.required_above.max()),
    ),
    Feature(name="together", says="requirements that one and the same passage speaks of", compute=_together),
    Feature(
        name="passages",
        says="logarithm of how many passages there are to read",
        compute=lambda case: float(np.log(len(case.surprises))),
    ),
)

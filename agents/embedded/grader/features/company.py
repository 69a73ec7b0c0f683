"""Whom a person is like: those who lead the population for the role, and those nearest to the person."""

from __future__ import annotations

from functools import partial

import numpy as np

from agents.embedded.grader.case import Case
from agents.embedded.grader.features.feature import Feature
from agents.embedded.grader.usual import Leaders, likeness
from ranking.view import Floats

_KINDS = {"whole": "profile", "headline": "headline and titles", "words": "typical words"}
CLOSEST = 15


def _place(case: Case) -> NDInt:
    """Where the person stands in the crowd; empty for who is not in it."""
    row = int(case.person.people.rows[0])
    return np.flatnonzero(case.usual.crowd.rows == row) if row >= 0 else np.empty(0, np.int64)


NDInt = np.ndarray[tuple[int], np.dtype[np.int64]]


def _like(case: Case, *, leaders: str, kind: str) -> float:
    """Likeness to the leaders, the person's own part in them taken out."""
    first: Leaders = getattr(case.usual, leaders)
    person = case.person.people
    if kind == "words":
        return float(person.terms.bm25(first.typical)[0])
    own, centre = (person.passages.centroids, first.centre) if kind == "whole" else (person.headlines, first.headline)
    place = _place(case)
    share = float(first.share[place[0]]) if len(place) else 0.0
    return float(likeness(own, centre, share)[0])


def _like_above(case: Case, *, leaders: str, kind: str) -> float:
    mean, deviation, _ = case.usual.near[f"{leaders} {kind}"]
    return (_like(case, leaders=leaders, kind=kind) - mean) / deviation


def _like_top(case: Case, *, leaders: str) -> float:
    return _like(case, leaders=leaders, kind="words") / case.usual.near[f"{leaders} words"][2]


def _nearness(case: Case, *, kind: str, sharpness: float) -> Floats:
    """[m] weight of each of the crowd by how near it stands to the person, who is no neighbour of their own."""
    crowd, person = case.usual.crowd, case.person.people
    others, own = (
        (crowd.passages.centroids, person.passages.centroids[0])
        if kind == "whole"
        else (crowd.headlines, person.headlines[0])
    )
    weights: Floats = np.exp(sharpness * (others @ own - 1))
    weights[_place(case)] = 0
    return weights


def _neighbours(case: Case, *, kind: str, sharpness: float) -> float:
    weights = _nearness(case, kind=kind, sharpness=sharpness)
    return float(weights @ case.usual.blended / max(float(weights.sum()), 1e-9))


def _closest(case: Case, *, kind: str) -> float:
    weights = _nearness(case, kind=kind, sharpness=8.0)
    count = min(CLOSEST, len(weights))
    return float(case.usual.blended[np.argpartition(-weights, count - 1)[:count]].mean())


FEATURES = (
    Feature(
        name="blend",
        says="words, meaning and titles together, in deviations",
        compute=lambda case: case.usual.blend(case.person),
    ),
    *(
        Feature(
            name=f"like_{leaders}_{kind}",
            says=f"likeness of the {says} to the {leaders} who lead, in deviations above what is usual",
            compute=partial(_like_above, leaders=leaders, kind=kind),
        )
        for leaders in ("few", "many")
        for kind, says in _KINDS.items()
    ),
    *(
        Feature(
            name=f"like_{leaders}_cosine",
            says=f"cosine of the profile with the {leaders} who lead",
            compute=partial(_like, leaders=leaders, kind="whole"),
        )
        for leaders in ("few", "many")
    ),
    *(
        Feature(
            name=f"like_{leaders}_words_top",
            says=f"words typical of the {leaders} who lead, of what the best reach",
            compute=partial(_like_top, leaders=leaders),
        )
        for leaders in ("few", "many")
    ),
    Feature(
        name="neighbours",
        says="blend of similar profiles",
        compute=partial(_neighbours, kind="whole", sharpness=12.0),
    ),
    Feature(
        name="neighbours_titles",
        says="blend of profiles with similar titles",
        compute=partial(_neighbours, kind="headline", sharpness=8.0),
    ),
    Feature(name="closest", says="blend of the nearest profiles", compute=partial(_closest, kind="whole")),
    Feature(
        name="closest_titles",
        says="blend of the profiles with the nearest titles",
        compute=partial(_closest, kind="headline"),
    ),
)

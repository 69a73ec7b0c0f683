"""Where in a profile the match stands: what somebody does now comes first, what they did once comes last."""

from __future__ import annotations

import math
from functools import partial

import numpy as np

from agents.embedded.grader.case import Case
from agents.embedded.grader.features.feature import Feature
from ranking.view import Floats

_SERIES = {"request": "the request", "title": "the title", "requirements": "the requirements"}
_BEST = 3


def _series(case: Case, of: str) -> Floats:
    """[p] deviations of each passage above a usual one, in the order of the text."""
    above = case.surprises
    if of == "request":
        return above[:, 0]
    return above[:, 1] if of == "title" else above[:, 2:] @ case.shares


def _fading(case: Case, *, of: str, reach: float) -> float:
    """Mean in which a passage counts the less the later it stands; `reach` is a share of the text."""
    series = _series(case, of)
    weights = np.exp(-_places(len(series)) / reach)
    return float((weights * series).sum() / weights.sum())


def _fading_best(case: Case, *, of: str, reach: float) -> float:
    series = _series(case, of)
    return float((np.exp(-_places(len(series)) / (2 * reach)) * (series + 2)).max())


def _early(case: Case, *, of: str) -> float:
    series = _series(case, of)
    return float(series[: _part(series, 3)].max())


def _early_mean(case: Case, *, of: str) -> float:
    series = _series(case, of)
    return float(series[: _part(series, 3)].mean())


def _late(case: Case, *, of: str) -> float:
    series = _series(case, of)
    rest = series[_part(series, 3) :]
    return float((rest if len(rest) else series).max())


def _first_half(case: Case, *, of: str) -> float:
    series = _series(case, of)
    return float(np.sort(series[: _part(series, 2)])[-_BEST:].mean())


def _required_first_half(case: Case) -> float:
    """Each requirement by its best passage in the first half of the text."""
    above = case.surprises[:, 2:]
    return float(above[: _part(above, 2)].max(axis=0) @ case.shares)


def _places(count: int) -> Floats:
    return np.linspace(0, 1, count, dtype=np.float32) if count > 1 else np.zeros(1, np.float32)


def _part(series: Floats, parts: int) -> int:
    return max(1, math.ceil(len(series) / parts))


FEATURES = (
    *(
        Feature(name=f"{of}_{name}", says=f"{says}: {what}", compute=partial(compute, of=of))
        for of, says in _SERIES.items()
        for name, what, compute in (
            ("opening_mean", "mean that fades within a sixth of the text", partial(_fading, reach=0.15)),
            ("fading_mean", "mean that fades within half of the text", partial(_fading, reach=0.4)),
            ("opening_best", "best passage, fading fast", partial(_fading_best, reach=0.15)),
            ("fading_best", "best passage, fading slowly", partial(_fading_best, reach=0.4)),
            ("early", "best passage of the first third", _early),
            ("early_mean", "mean of the first third", _early_mean),
            ("late", "best passage after the first third", _late),
            ("first_half", "best three passages of the first half", _first_half),
        )
    ),
    Feature(
        name="required_first_half",
        says="each requirement by its best passage in the first half",
        compute=_required_first_half,
    ),
)

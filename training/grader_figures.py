"""How good a grader is on requests it did not see: agreement with the experts, and whether its odds hold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from offline.evaluation.agreement.kappa import confusion, quadratic_kappa
from offline.evaluation.agreement.resampling import Estimate, draws, estimate, of_tables
from ranking.view import Floats
from training.grader import check, fit, folds_of
from training.grader_data import Pairs

FOLDS = 5
GRADES = 5
BINS = 10
"""Bins of confidence over which its error is averaged."""
_LEAST = 1e-6


@dataclass(frozen=True, kw_only=True)
class Unseen:
    """What models said of pairs whose request they had not seen. Shapes: `n` pairs."""

    pairs: Pairs
    expected: Floats
    """[n]"""
    grades: NDArray[np.int64]
    """[n] before the caps of the marks."""
    odds: Floats
    """[n, 5]"""


@dataclass(frozen=True, kw_only=True)
class Figures:
    """Estimates by name, with 95 % intervals over requests; `confusion` [5, 5] has the experts' grades as rows."""

    estimates: dict[str, Estimate]
    confusion: NDArray[np.int64]

    @property
    def metrics(self) -> dict[str, float]:
        """The figures for a card."""
        told: dict[str, float] = {}
        for name, one in self.estimates.items():
            told |= {
                key: round(value, 4)
                for key, value in ((name, one.value), (f"{name}_low", one.low), (f"{name}_high", one.high))
                if value is not None
            }
        return told


def cross_validate(pairs: Pairs, *, seed: int = 0, progress: Callable[[int, int], None] = lambda _, __: None) -> Unseen:
    """Five folds by request; steps and odds are learned inside each. Raises: TooFewGrades."""
    check(pairs)
    fold = folds_of(pairs, FOLDS, seed)
    count = len(pairs.grades)
    expected, grades, odds = (
        np.zeros(count, np.float32),
        np.zeros(count, np.int64),
        np.zeros((count, GRADES), np.float32),
    )
    turns = np.unique(fold)
    for done, held in enumerate(turns, 1):
        fitted = fit(pairs.of(fold != held), seed=seed)
        here = fold == held
        expected[here] = fitted.predict(pairs.features[here])
        grades[here] = np.searchsorted(fitted.steps, expected[here], side="right")
        odds[here] = [fitted.odds.shares(float(one)) for one in expected[here]]
        progress(done, len(turns))
    return Unseen(pairs=pairs, expected=expected, grades=grades, odds=odds)


def figures(unseen: Unseen) -> Figures:
    """`kappa` (quadratic) of grades under the caps, `kappa_uncapped` without; `error` in grades, of the grades and of
    what is expected; rank correlation; log loss (natural) and calibration error of the odds."""
    pairs = unseen.pairs
    capped = np.minimum(unseen.grades, pairs.caps)
    requests = pairs.requests
    drawn = draws(len(requests))
    which = np.searchsorted(requests, pairs.qids)

    def tables(grades: NDArray[np.int64]) -> NDArray[np.float64]:
        return np.stack(
            [confusion(pairs.grades[which == at], grades[which == at], levels=GRADES) for at in range(len(requests))]
        )

    def meant(values: NDArray[np.floating]) -> Estimate:
        sums, counts = np.bincount(which, values, len(requests)), np.bincount(which, minlength=len(requests))
        return estimate(float(values.mean()), (drawn @ sums) / (drawn @ counts))

    def drawn_again(statistic: Callable[[NDArray[np.int64]], float]) -> Estimate:
        of_request = [np.flatnonzero(which == at) for at in range(len(requests))]
        again = [
            statistic(np.concatenate([np.repeat(of_request[at], int(times)) for at, times in enumerate(row) if times]))
            for row in drawn[:SLOW]
        ]
        return estimate(statistic(np.arange(len(which))), np.array(again))

    surest = unseen.odds.max(axis=1)
    right = unseen.odds.argmax(axis=1) == pairs.grades
    chance = unseen.odds[np.arange(len(which)), pairs.grades]
    return Figures(
        estimates={
            "kappa": of_tables(quadratic_kappa, tables(capped), drawn),
            "kappa_uncapped": of_tables(quadratic_kappa, tables(unseen.grades), drawn),
            "error": meant(np.abs(capped - pairs.grades).astype(np.float64)),
            "error_expected": meant(np.abs(unseen.expected - pairs.grades)),
            "spearman": drawn_again(lambda at: rank_correlation(unseen.expected[at], pairs.grades[at])),
            "log_loss": meant(-np.log(np.maximum(chance, _LEAST))),
            "calibration_error": drawn_again(lambda at: calibration_error(surest[at], right[at])),
        },
        confusion=tables(capped).sum(axis=0).astype(np.int64),
    )


SLOW = 200
"""Resamples for figures that no table holds."""


def rank_correlation(one: NDArray[np.floating] | NDArray[np.int64], other: NDArray[np.int64]) -> float:
    """Spearman's: of ranks, ties shared."""
    return float(np.corrcoef(_ranks(np.asarray(one)), _ranks(other))[0, 1])


def calibration_error(confidence: Floats, right: NDArray[np.bool_]) -> float:
    """Mean gap between confidence and share right, over ten bins with as many pairs each."""
    parts = np.array_split(np.argsort(confidence, kind="stable"), BINS)
    gaps = [abs(float(confidence[part].mean()) - float(right[part].mean())) * len(part) for part in parts if len(part)]
    return sum(gaps) / len(confidence)


def _ranks(values: NDArray[np.floating] | NDArray[np.int64]) -> Floats:
    _, group, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    ranks: Floats = (ends - (counts - 1) / 2)[group]
    return ranks

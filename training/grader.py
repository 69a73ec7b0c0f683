"""Trains the grader on expert grades: trees and a straight half, the steps of its grades, and how sure it may be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import xgboost
from numpy.typing import NDArray

from agents.embedded.grader.card import Four, GraderCard, Linear, Odds
from agents.embedded.grader.features import FEATURES
from agents.embedded.grader.grader import FILE
from ranking.view import Floats
from training.grader_data import Pairs
from training.onnx_trees import to_onnx

VERSION = "1"
SEEDS = 3
"""Forests that are averaged."""
TREE_SHARE = 0.5
"""Weight of the trees. On requests not seen: kappa .710 at a half, .708 at two thirds, .704 at four fifths."""
RIDGE = 150.0
INNER = 5
"""Folds from which the steps of the grades and the odds are learned: a model's own training grades flatter it."""
TREES = {
    "n_estimators": 400,
    "max_depth": 2,
    "learning_rate": 0.05,
    "subsample": 0.7,
    "colsample_bytree": 0.4,
    "min_child_weight": 5,
    "reg_lambda": 5,
    "max_bin": 64,
    "n_jobs": 1,
}
_SWEEPS, _STILL = 500, 1e-7
_NEWTON = 50
_SLOWEST = 1e-3  # grades that a bin of a prediction's own scale is at least worth, so that no slope runs away


Doubles = NDArray[np.float64]


class TooFewGrades(ValueError):
    """There is not enough to learn from; the message says what is missing."""


@dataclass(frozen=True, kw_only=True)
class Fitted:
    """A trained grader, before it is written."""

    forests: Sequence[xgboost.XGBRegressor]
    linear: Linear
    steps: Four
    odds: Odds

    def predict(self, features: Floats) -> Floats:
        """Predicted grades [m] of `features` [m, f]."""
        return _predict(self.forests, self.linear, features)


def fit(pairs: Pairs, *, seed: int = 0) -> Fitted:
    """Learn from all of `pairs`. Raises: TooFewGrades."""
    check(pairs)
    unseen = out_of_fold(pairs, folds=INNER, seed=seed)
    return Fitted(
        forests=_forests(pairs, SEEDS, seed),
        linear=fit_linear(pairs.features, pairs.grades),
        steps=fit_steps(unseen, pairs.grades),
        odds=fit_odds(unseen, pairs.grades),
    )


def check(pairs: Pairs) -> None:
    """Raises: TooFewGrades where there are fewer than two requests, or not every grade was given."""
    if len(pairs.requests) < 2:
        raise TooFewGrades(
            f"the grader is measured on requests it was not trained on, and there are {len(pairs.requests)} judged: "
            "judge at least two requests, better fifty"
        )
    missing = sorted(set(range(5)) - set(pairs.grades.tolist()))
    if missing:
        raise TooFewGrades(
            f"nobody was graded {', '.join(map(str, missing))}: the grader needs examples of every grade"
        )


def folds_of(pairs: Pairs, folds: int, seed: int) -> NDArray[np.int64]:
    """The fold [n] of each pair; a request is never in two."""
    names = pairs.requests
    drawn = np.random.default_rng(seed).permutation(len(names)) % min(folds, len(names))
    chosen: NDArray[np.int64] = drawn[np.searchsorted(names, pairs.qids)]
    return chosen


def out_of_fold(pairs: Pairs, *, folds: int, seed: int) -> Floats:
    """Predictions [n] by models that had not seen the request."""
    fold = folds_of(pairs, folds, seed + 1)
    predicted = np.zeros(len(pairs.grades), np.float32)
    for held in np.unique(fold):
        seen = pairs.of(fold != held)
        forests, linear = _forests(seen, 1, seed), fit_linear(seen.features, seen.grades)
        predicted[fold == held] = _predict(forests, linear, pairs.features[fold == held])
    return predicted


def fit_linear(features: Floats, grades: NDArray[np.int64]) -> Linear:
    """Ridge regression in which a feature that has a trend may weigh in no other direction."""
    known = ~np.isnan(features)
    columns = zip(features.T, known.T, strict=True)
    middle = np.array([np.median(column[there]) if there.any() else 0.0 for column, there in columns])
    filled = np.where(known, features, middle).astype(np.float64)
    mean, spread = filled.mean(axis=0), filled.std(axis=0) + 1e-6
    card = Linear(
        middle=tuple(middle.tolist()),
        mean=tuple(mean.tolist()),
        spread=tuple(spread.tolist()),
        weights=(),
        bias=float(grades.mean()),
    )
    scaled = card.scaled(features)
    trend = np.array([feature.trend for feature in FEATURES])
    weights = _bounded(
        scaled.T @ scaled + RIDGE * np.eye(len(trend)),
        scaled.T @ (grades - grades.mean()),
        low=np.where(trend > 0, 0.0, -np.inf),
        high=np.where(trend < 0, 0.0, np.inf),
    )
    return card.model_copy(update={"weights": tuple(weights.tolist())})


def fit_steps(predicted: Floats, grades: NDArray[np.int64]) -> Four:
    """Predictions from which grades 1 to 4 begin, so that they are given as often as the experts gave them."""
    below = [float((grades <= grade).mean()) for grade in range(4)]
    one, two, three, four = (round(float(step), 4) for step in np.quantile(predicted, below))
    return one, two, three, four


def fit_odds(predicted: Floats, grades: NDArray[np.int64]) -> Odds:
    """A logistic curve for each of "above 0" to "above 3", by Newton's method."""
    curves = [_logistic(predicted.astype(np.float64), grades > grade) for grade in range(4)]
    slopes, middles = zip(*curves, strict=True)
    return Odds(slopes=slopes, middles=middles)


def save(fitted: Fitted, folder: Path, card: GraderCard) -> None:
    """Write the network and its card."""
    folder.mkdir(parents=True, exist_ok=True)
    boosters = {name: forest.get_booster() for name, forest in zip(card.trees, fitted.forests, strict=True)}
    (folder / FILE).write_bytes(to_onnx(boosters, features=len(card.features)).SerializeToString())
    (folder / "card.json").write_text(card.model_dump_json(indent=2) + "\n")


def describe(fitted: Fitted, pairs: Pairs, *, encoder: str, metrics: dict[str, float]) -> GraderCard:
    """The card of a grader trained on `pairs`."""
    return GraderCard(
        version=VERSION,
        features=tuple(feature.name for feature in FEATURES),
        encoder=encoder,
        requests=len(pairs.requests),
        pairs=len(pairs.grades),
        trees=tuple(f"forest_{number}" for number in range(len(fitted.forests))),
        linear=fitted.linear,
        tree_share=TREE_SHARE,
        steps=fitted.steps,
        odds=fitted.odds,
        metrics=metrics,
    )


def _forests(pairs: Pairs, count: int, seed: int) -> list[xgboost.XGBRegressor]:
    trends = tuple(feature.trend for feature in FEATURES)
    return [
        xgboost.XGBRegressor(random_state=seed + number, monotone_constraints=trends, **TREES).fit(
            pairs.features, pairs.grades
        )
        for number in range(count)
    ]


def _predict(forests: Sequence[xgboost.XGBRegressor], linear: Linear, features: Floats) -> Floats:
    trees = np.mean([forest.predict(features) for forest in forests], axis=0)
    predicted: Floats = np.clip(TREE_SHARE * trees + (1 - TREE_SHARE) * linear.predict(features), 0, 4)
    return predicted


def _bounded(gram: Doubles, target: Doubles, *, low: Doubles, high: Doubles) -> Doubles:
    """Weights that minimise w'Gw / 2 - t'w between bounds, one coordinate after the other until none moves."""
    weights = np.zeros(len(target))
    for _ in range(_SWEEPS):
        moved = 0.0
        for at in range(len(weights)):
            best = weights[at] + (target[at] - gram[at] @ weights) / gram[at, at]
            best = min(max(best, low[at]), high[at])
            moved = max(moved, abs(best - weights[at]))
            weights[at] = best
        if moved < _STILL:
            break
    return weights


def _logistic(values: Doubles, above: NDArray[np.bool_]) -> tuple[float, float]:
    """Slope and middle of the curve that fits best; a little regularised, so that it stays finite."""
    design = np.column_stack([values, np.ones_like(values)])
    weights = np.zeros(2)
    for _ in range(_NEWTON):
        chance = 1 / (1 + np.exp(-np.clip(design @ weights, -50, 50)))
        slope = design.T @ (above - chance) - _SLOWEST * weights
        curve = (design * (chance * (1 - chance))[:, None]).T @ design + _SLOWEST * np.eye(2)
        step = np.linalg.solve(curve, slope)
        weights = weights + step
        if np.abs(step).max() < _STILL:
            break
    steepness = max(float(weights[0]), _SLOWEST)
    return round(steepness, 6), round(float(-weights[1] / steepness), 6)

"""Trains the ranker on expert grades, and says how good it is on requests that it did not see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import xgboost
from numpy.typing import NDArray

from offline.evaluation import Judged, measure
from ranking.boosting import FILE, Card
from ranking.features import FEATURES
from training.onnx_trees import to_onnx
from training.ranker_data import Pool

VERSION = "1"
CAUTION = 2.0
"""What a certain facepalm costs, in grades. On requests not seen: facepalm@10 .048 at 1, .044 at 2 and .043 at
3, for nDCG@10 of .727, .725 and .724."""
UNJUDGED = 40
"""Unjudged people a request that are taken for poor ones: without them the models know only the best of a pool."""
UNJUDGED_GRADE = 0.25
FOLDS = 5
TREES = {
    "n_estimators": 400,
    "max_depth": 2,
    "learning_rate": 0.05,
    "subsample": 0.7,
    "colsample_bytree": 0.4,
    "min_child_weight": 5,
    "reg_lambda": 5,
    "n_jobs": 2,
}
"""Small trees, slowly added: two thousand graded pairs bear no more."""


class TooFewRequests(ValueError):
    """There are not enough judged requests to train on some and measure on others."""


Models = Mapping[str, xgboost.XGBModel]
Floats = NDArray[np.float32]


def fit(pools: Sequence[Pool], *, seed: int = 0) -> Models:
    """The three models of `ranking.boosting`."""
    draw = np.random.default_rng(seed)
    features, grades, judged = [], [], []
    for pool in pools:
        known = ~np.isnan(pool.grades)
        strangers = draw.permutation(np.flatnonzero(~known))[:UNJUDGED]
        features += [pool.features[known], pool.features[strangers]]
        grades += [pool.grades[known], np.full(len(strangers), UNJUDGED_GRADE, np.float32)]
        judged += [np.ones(int(known.sum()), bool), np.zeros(len(strangers), bool)]
    x, y, sure = np.concatenate(features), np.concatenate(grades), np.concatenate(judged)
    return {
        "order": xgboost.XGBRegressor(random_state=seed, **TREES).fit(x, y),
        # a regression of 0 and 1: a classifier refuses to learn where all are facepalms
        "facepalm": xgboost.XGBRegressor(objective="binary:logistic", random_state=seed, **TREES).fit(
            x[sure], y[sure] == 0
        ),
        "grade": xgboost.XGBRegressor(random_state=seed, **TREES).fit(x[sure], y[sure]),
    }


def score(models: Models, features: Floats) -> Floats:
    """What to sort by [m]."""
    facepalm: Floats = models["facepalm"].predict(features)
    order: Floats = models["order"].predict(features)
    return order - CAUTION * facepalm


def run(models: Models, pool: Pool) -> list[str]:
    """The members that the search found, best first."""
    order = np.argsort(-score(models, pool.features), kind="stable")
    return [pool.members[place] for place in order if pool.found[place]]


def cross_validate(pools: Sequence[Pool], judged: Judged, *, seed: int = 0) -> dict[str, float]:
    """nDCG, HRR and facepalm at ten of models that were trained without the request, and their error in grades.

    Raises: TooFewRequests.
    """
    if len(pools) < 2:
        raise TooFewRequests(
            f"the ranker is measured on requests it was not trained on, and there are {len(pools)} judged: "
            "judge at least two requests, better fifty"
        )
    folds = min(FOLDS, len(pools))
    fold = np.random.default_rng(seed).permutation(len(pools)) % folds
    answers: dict[str, list[str]] = {}
    errors = []
    for held in range(folds):
        models = fit([pool for pool, f in zip(pools, fold, strict=True) if f != held], seed=seed)
        for pool, f in zip(pools, fold, strict=True):
            if f == held:
                answers[pool.qid] = run(models, pool)
                known = ~np.isnan(pool.grades)
                errors.append(np.abs(models["grade"].predict(pool.features[known]) - pool.grades[known]))
    scores = measure(answers, judged)
    figures = {name: round(scores.mean(name), 4) for name in ("ndcg", "ndcg_judged", "hrr", "facepalm", "unjudged")}
    return {**figures, "grade_error": round(float(np.concatenate(errors).mean()), 4)}


def save(models: Models, folder: Path, card: Card) -> None:
    """Write the models and their card."""
    folder.mkdir(parents=True, exist_ok=True)
    boosters = {name: model.get_booster() for name, model in models.items()}
    (folder / FILE).write_bytes(to_onnx(boosters, features=len(card.features)).SerializeToString())
    (folder / "card.json").write_text(card.model_dump_json(indent=2) + "\n")


def describe(pools: Sequence[Pool], *, encoder: str, metrics: dict[str, float]) -> Card:
    """The card of models trained on `pools`."""
    return Card(
        version=VERSION,
        features=tuple(feature.name for feature in FEATURES),
        encoder=encoder,
        requests=len(pools),
        pairs=int(sum((~np.isnan(pool.grades)).sum() for pool in pools)),
        caution=CAUTION,
        metrics=metrics,
    )

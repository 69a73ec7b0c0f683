"""Training learns what decides the grades, is measured on requests it did not see, and is kept as it was."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from offline.evaluation import Judged, Request
from ranking.boosting import Boosting
from ranking.features import FEATURES
from training.ranker import FOLDS, TREES, TooFewRequests, cross_validate, describe, fit, run, save, score
from training.ranker_data import Pool

WIDTH = len(FEATURES)
DECIDES = 7


@pytest.fixture(autouse=True)
def fewer_trees(monkeypatch: pytest.MonkeyPatch) -> None:
    """A quarter of the trees, each worth four times as much, on one thread: these pools need no more."""
    for name, value in {"n_estimators": 100, "learning_rate": 0.2, "n_jobs": 1}.items():
        assert name in TREES
        monkeypatch.setitem(TREES, name, value)


def invented(seed: int, *, members: int = 40, unjudged: int = 8) -> Pool:
    """One column decides the grade, the rest is noise; some are unjudged (poor ones), some were not found."""
    draw = np.random.default_rng(seed)
    features = draw.random((members, WIDTH), np.float32)
    grades = np.floor(features[:, DECIDES] * 4.999).astype(np.float32)
    grades[np.argsort(grades)[:unjudged]] = np.nan
    found = np.arange(members) % 5 > 0
    return Pool(
        qid=f"q{seed}", members=tuple(f"m{i}" for i in range(members)), features=features, grades=grades, found=found
    )


def judged_of(pools: Sequence[Pool]) -> Judged:
    return Judged(
        requests=tuple(Request(qid=pool.qid, text="invented") for pool in pools),
        grades={
            pool.qid: {
                member: int(grade)
                for member, grade in zip(pool.members, pool.grades, strict=True)
                if not np.isnan(grade)
            }
            for pool in pools
        },
    )


def test_the_feature_that_decides_the_grade_decides_the_order() -> None:
    models, unseen = fit([invented(seed) for seed in range(10)]), invented(100, members=200)
    decides = dict(zip(unseen.members, unseen.features[:, DECIDES], strict=True))
    order = run(models, unseen)
    assert sorted(order) == sorted(m for m, found in zip(unseen.members, unseen.found, strict=True) if found)
    best, worst = sorted(decides[m] for m in order[:20]), [decides[m] for m in order[-20:]]
    assert best[0] > 0.75
    assert max(worst) < 0.5
    assert [decides[m] for m in order] == sorted((decides[m] for m in order), reverse=True) or np.corrcoef(
        range(len(order)), [decides[m] for m in order]
    )[0, 1] < -0.95


def test_the_order_comes_from_grades_not_from_the_number_of_the_column() -> None:
    """The same pools with the deciding column turned round are ordered the other way."""
    pools = [invented(seed, unjudged=0) for seed in range(10)]
    turned = [Pool(**{**vars(pool), "features": 1 - pool.features}) for pool in pools]
    unseen = np.full((2, WIDTH), 0.5, np.float32)
    unseen[:, DECIDES] = (0.1, 0.9)
    low, high = score(fit(pools), unseen)
    low_turned, high_turned = score(fit(turned), unseen)
    assert high - low > 2
    assert low_turned - high_turned > 2


def test_a_request_is_never_measured_by_models_that_saw_it() -> None:
    """A column each says which request it is, and a request's people are all of one grade: whoever saw the request
    knows its grade exactly, whoever did not can only guess the mean of the others."""
    pools = []
    for number in range(2 * FOLDS):
        features = np.zeros((30, WIDTH), np.float32)
        features[:, number] = 1
        grades = np.full(30, 4.0 * (number % 2), np.float32)
        names = tuple(f"q{number}-{i}" for i in range(30))
        pools.append(Pool(qid=f"q{number}", members=names, features=features, grades=grades, found=np.ones(30, bool)))
    figures = cross_validate(pools, judged_of(pools))
    assert figures["grade_error"] > 1.5
    everything = fit(pools)
    seen = [np.abs(everything["grade"].predict(pool.features) - pool.grades).mean() for pool in pools]
    assert max(seen) < 0.5
    # and every request was answered: half of them hold nothing but fours, half nothing but facepalms
    assert figures["ndcg"] == figures["facepalm"] == figures["hrr"] == 0.5


def test_what_is_learned_carries_over_to_requests_held_out() -> None:
    pools = [invented(seed) for seed in range(10)]
    figures = cross_validate(pools, judged_of(pools))
    assert set(figures) == {"ndcg", "ndcg_judged", "hrr", "facepalm", "unjudged", "grade_error"}
    assert figures["ndcg"] > 0.7  # one in five of the judged cannot be found
    assert figures["facepalm"] < 0.05
    assert figures["grade_error"] < 0.5


def test_training_is_repeatable() -> None:
    pools, unseen = [invented(seed) for seed in range(3)], invented(50)
    first, second = (score(fit(pools, seed=3), unseen.features) for _ in range(2))
    np.testing.assert_array_equal(first, second)


@pytest.mark.parametrize("grades", [[2.0], [0.0], [1.0, 3.0, 4.0]], ids=["one grade", "all facepalms", "no facepalm"])
def test_grades_without_contrast_are_learned_without_complaint(grades: list[float], tmp_path: Path) -> None:
    noise = invented(1, unjudged=0)
    given = np.resize(np.array(grades, np.float32), len(noise.members))
    pools = [Pool(**{**vars(noise), "grades": given})]
    models = fit(pools)
    save(models, tmp_path, describe(pools, encoder="none", metrics={}))
    predicted = Boosting(tmp_path).predict(noise.features)
    assert (abs(predicted.grade - np.mean(grades)) < 2).all()
    np.testing.assert_allclose(predicted.order, score(models, noise.features), atol=1e-4)


@pytest.mark.parametrize("count", [0, 1])
def test_too_few_requests_are_refused_with_a_reason(count: int) -> None:
    pools = [invented(seed) for seed in range(count)]
    with pytest.raises(TooFewRequests, match="at least two"):
        cross_validate(pools, judged_of(pools))


def test_two_requests_can_be_held_out_in_turn() -> None:
    pools = [invented(seed) for seed in range(2)]
    assert cross_validate(pools, judged_of(pools))["ndcg"] > 0.5


def test_what_is_saved_is_what_was_trained(tmp_path: Path) -> None:
    pools, unseen = [invented(seed) for seed in range(3)], invented(50)
    models = fit(pools)
    card = describe(pools, encoder="an encoder", metrics={"ndcg": 0.75})
    save(models, tmp_path / "deep" / "weights", card)
    served = Boosting(tmp_path / "deep" / "weights")
    assert served.card == card
    assert (card.requests, card.pairs, card.encoder) == (3, 3 * 32, "an encoder")
    predicted = served.predict(unseen.features)
    np.testing.assert_allclose(predicted.order, score(models, unseen.features), atol=1e-5)
    np.testing.assert_allclose(predicted.grade, np.clip(models["grade"].predict(unseen.features), 0, 4), atol=1e-5)

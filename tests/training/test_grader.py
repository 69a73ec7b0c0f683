"""The grader learns what decides the grades, keeps to trends, and is measured on requests it did not see."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from agents.embedded.grader.features import FEATURES
from agents.embedded.grader.grader import Network
from training.grader import (
    RIDGE,
    TREES,
    TooFewGrades,
    describe,
    fit,
    fit_linear,
    fit_odds,
    fit_steps,
    folds_of,
    save,
)
from training.grader_data import Pairs
from training.grader_figures import calibration_error, cross_validate, figures, rank_correlation

WIDTH = len(FEATURES)
FREE = next(index for index, feature in enumerate(FEATURES) if feature.trend == 0)
RISES = next(index for index, feature in enumerate(FEATURES) if feature.trend == 1)


@pytest.fixture(autouse=True)
def fewer_trees(monkeypatch: pytest.MonkeyPatch) -> None:
    """A twentieth of the trees, each worth more: invented pairs need no more."""
    for name, value in {"n_estimators": 20, "learning_rate": 0.3, "max_bin": 16}.items():
        assert name in TREES
        monkeypatch.setitem(TREES, name, value)


def invented(seed: int = 0, *, requests: int = 12, each: int = 25, decides: int = FREE, sign: int = 1) -> Pairs:
    """One column decides the grade, with a little noise; the rest says nothing, and some of it is unknown."""
    draw = np.random.default_rng(seed)
    count = requests * each
    features = draw.normal(size=(count, WIDTH)).astype(np.float32)
    level = 2 + 1.1 * sign * features[:, decides] + 0.3 * draw.normal(size=count)
    features[draw.random((count, WIDTH)) < 0.05] = np.nan
    return Pairs(
        qids=np.repeat([f"q{number:02}" for number in range(requests)], each),
        members=np.array([f"m{number}" for number in range(count)]),
        features=features,
        grades=np.clip(np.round(level), 0, 4).astype(np.int64),
        caps=np.full(count, 4),
    )


def test_what_decides_is_learned_and_holds_for_requests_not_seen() -> None:
    told = figures(cross_validate(invented()))
    kappa = told.estimates["kappa"]
    assert None not in {kappa.low, kappa.high}
    assert 0.65 < (kappa.low or 0) < (kappa.value or 0) < (kappa.high or 0)
    assert (kappa.value or 0) > 0.75
    assert told.confusion.sum() == 300
    assert told.metrics["kappa"] == pytest.approx(kappa.value, abs=1e-4)


def test_grades_drawn_at_random_cannot_be_learned() -> None:
    pairs = invented()
    shuffled = Pairs(
        qids=pairs.qids,
        members=pairs.members,
        features=pairs.features,
        grades=np.random.default_rng(1).permutation(pairs.grades),
        caps=pairs.caps,
    )
    told = figures(cross_validate(shuffled))
    assert abs(told.estimates["kappa"].value or 0) < 0.2


def test_a_feature_with_a_trend_is_not_learned_the_other_way_round() -> None:
    rising, falling = (fit(invented(decides=RISES, sign=sign)) for sign in (1, -1))
    assert rising.linear.weights[RISES] > 0.5
    assert falling.linear.weights[RISES] == 0
    low, high = np.zeros((1, WIDTH), np.float32), np.zeros((1, WIDTH), np.float32)
    low[0, RISES], high[0, RISES] = -2, 2
    assert rising.predict(high)[0] - rising.predict(low)[0] > 1
    assert falling.predict(high)[0] - falling.predict(low)[0] >= -1e-6


def test_the_straight_half_is_ridge_regression_where_no_trend_is_in_the_way() -> None:
    pairs = invented()
    linear = fit_linear(pairs.features, pairs.grades)
    bound = np.array(
        [feature.trend != 0 and weight == 0 for feature, weight in zip(FEATURES, linear.weights, strict=True)]
    )
    scaled = linear.scaled(pairs.features)[:, ~bound]
    exact = np.linalg.solve(
        scaled.T @ scaled + RIDGE * np.eye(scaled.shape[1]), scaled.T @ (pairs.grades - pairs.grades.mean())
    )
    np.testing.assert_allclose(np.array(linear.weights)[~bound], exact, atol=1e-5)


def test_steps_share_out_the_grades_as_they_were_given() -> None:
    draw = np.random.default_rng(0)
    predicted = draw.random(4000).astype(np.float32)
    grades = draw.choice(5, p=(0.4, 0.3, 0.1, 0.1, 0.1), size=4000)
    given = np.bincount(np.searchsorted(fit_steps(predicted, grades), predicted, side="right"), minlength=5)
    np.testing.assert_allclose(given, np.bincount(grades, minlength=5), atol=3)


def test_odds_come_back_from_what_they_made() -> None:
    draw = np.random.default_rng(0)
    predicted = draw.uniform(0, 4, 40_000)
    grades = np.zeros(len(predicted), np.int64)
    uniform = draw.random(len(predicted))
    for middle in (0.7, 1.6, 2.4, 3.3):
        grades += uniform < 1 / (1 + np.exp(-2.0 * (predicted - middle)))
    odds = fit_odds(predicted.astype(np.float32), grades)
    assert odds.slopes == pytest.approx((2, 2, 2, 2), abs=0.1)
    assert odds.middles == pytest.approx((0.7, 1.6, 2.4, 3.3), abs=0.06)


def test_a_request_is_never_in_two_folds_and_folds_are_even() -> None:
    pairs = invented(requests=11)
    folds = folds_of(pairs, 5, 0)
    of_request = {qid: set(folds[pairs.qids == qid].tolist()) for qid in pairs.requests}
    assert all(len(one) == 1 for one in of_request.values())
    sizes = np.bincount([one.pop() for one in of_request.values()])
    assert sizes.max() - sizes.min() <= 1


def test_what_is_saved_predicts_as_what_was_fitted(tmp_path: Path) -> None:
    pairs = invented()
    fitted = fit(pairs)
    save(fitted, tmp_path, describe(fitted, pairs, encoder="letters", metrics={}))
    loaded = Network(tmp_path)
    np.testing.assert_allclose(loaded.expect(pairs.features), fitted.predict(pairs.features), atol=1e-4)
    assert loaded.card.steps == fitted.steps
    assert loaded.card.requests == 12


def test_training_is_the_same_every_time() -> None:
    one, other = fit(invented()), fit(invented())
    assert one.linear == other.linear
    assert one.steps == other.steps
    np.testing.assert_array_equal(one.predict(invented(1).features), other.predict(invented(1).features))


def test_too_little_is_told() -> None:
    with pytest.raises(TooFewGrades, match="at least two requests"):
        fit(invented(requests=1))
    pairs = invented()
    with pytest.raises(TooFewGrades, match="nobody was graded 4"):
        fit(pairs.of(pairs.grades < 4))


def test_measures_agree_with_what_can_be_said_by_hand() -> None:
    assert rank_correlation(np.array([1.0, 2, 3, 4]), np.array([10, 20, 30, 40])) == pytest.approx(1)
    assert rank_correlation(np.array([4.0, 3, 2, 1]), np.array([10, 20, 30, 40])) == pytest.approx(-1)
    assert rank_correlation(np.array([1.0, 2, 3]), np.array([1, 1, 2])) == pytest.approx(0.8660254)
    sure, right = np.full(1000, 0.7, np.float32), np.arange(1000) % 10 < 7
    assert calibration_error(sure, right) == pytest.approx(0, abs=1e-6)
    assert calibration_error(sure, ~right) == pytest.approx(0.4, abs=1e-6)

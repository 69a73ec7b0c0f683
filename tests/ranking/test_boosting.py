"""Weights: what is served is what was trained, and weights of other features are refused."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import onnx
import pytest
import xgboost
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from ranking.boosting import WEIGHTS, Boosting, WeightsMismatch, default
from ranking.features import FEATURES
from retrieval.encoder import encoder_id
from training.ranker import Models, describe, fit, save
from training.ranker_data import Pool

WIDTH = len(FEATURES)


def drawn(seed: int, *, members: int = 60) -> Pool:
    """Whole numbers, so that values stand exactly on the trees' thresholds; one in ten unknown."""
    draw = np.random.default_rng(seed)
    features = draw.integers(-3, 4, (members, WIDTH)).astype(np.float32)
    grades = np.clip(features[:, 0] + features[:, 1] + draw.integers(0, 3, members), 0, 4).astype(np.float32)
    grades[::6] = np.nan
    features[draw.random(features.shape) < 0.1] = np.nan
    names = tuple(f"m{i}" for i in range(members))
    return Pool(qid=f"q{seed}", members=names, features=features, grades=grades, found=np.ones(members, bool))


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory, fewer_trees: None) -> tuple[Models, Path]:
    pools = [drawn(seed) for seed in range(4)]
    models, folder = fit(pools), tmp_path_factory.mktemp("weights")
    save(models, folder, describe(pools, encoder=encoder_id(), metrics={"ndcg": 0.5}))
    return models, folder


@pytest.fixture(scope="module")
def served(trained: tuple[Models, Path]) -> Boosting:
    return Boosting(trained[1])


cells = st.integers(-4, 4).map(float) | st.just(float("nan")) | st.floats(-1e6, 1e6, width=32)


@settings(max_examples=60, deadline=None)
@given(rows=arrays.arrays(np.float32, st.tuples(st.integers(1, 12), st.just(WIDTH)), elements=cells))
def test_predictions_are_those_of_the_trained_trees(
    trained: tuple[Models, Path], served: Boosting, rows: np.ndarray
) -> None:
    """Of xgboost's own `Booster.predict`, missing values and values on a threshold included."""
    data = xgboost.DMatrix(rows, missing=np.nan)
    ours = {name: model.get_booster().predict(data) for name, model in trained[0].items()}
    assert (ours["facepalm"] >= 0).all()
    assert (ours["facepalm"] <= 1).all()
    predicted = served.predict(rows)
    wanted = ours["order"] - served.card.caution * ours["facepalm"]
    np.testing.assert_allclose(predicted.order, wanted, rtol=1e-4, atol=5e-5)
    np.testing.assert_allclose(predicted.grade, np.clip(ours["grade"], 0, 4), rtol=1e-4, atol=5e-5)


def test_the_trees_of_this_comparison_are_not_trivial(trained: tuple[Models, Path], served: Boosting) -> None:
    measured = drawn(99).features
    facepalms = trained[0]["facepalm"].get_booster().predict(xgboost.DMatrix(measured))
    predicted = served.predict(measured)
    assert np.ptp(predicted.order) > 1
    assert np.ptp(facepalms) > 0.3
    assert len({*np.round(predicted.grade, 3).tolist()}) > 20


def test_an_empty_pool_is_predicted_too(served: Boosting) -> None:
    nobody = served.predict(np.empty((0, WIDTH), np.float32))
    assert nobody.order.shape == nobody.grade.shape == (0,)


@pytest.mark.parametrize("change", ["other names", "other order", "one less", "one more"])
def test_weights_of_other_features_are_refused(trained: tuple[Models, Path], tmp_path: Path, change: str) -> None:
    names = [feature.name for feature in FEATURES]
    changed = {
        "other names": ["age", *names[1:]],
        "other order": names[::-1],
        "one less": names[:-1],
        "one more": [*names, "another"],
    }[change]
    for file in trained[1].iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    Boosting(tmp_path)
    card = json.loads((tmp_path / "card.json").read_text())
    (tmp_path / "card.json").write_text(json.dumps({**card, "features": changed}))
    with pytest.raises(WeightsMismatch, match="shortlist train ranker"):
        Boosting(tmp_path)


def test_missing_weights_are_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Boosting(tmp_path)


def test_the_weights_that_ship_fit_this_version() -> None:
    card = default().card
    assert default() is default()
    assert card.features == tuple(feature.name for feature in FEATURES)
    assert card.encoder == encoder_id()
    assert card.requests >= 90
    assert card.pairs >= 2000
    assert {"ndcg", "facepalm", "hrr"} <= set(card.metrics)


def test_the_weights_that_ship_hold_three_models_and_nothing_of_a_machine() -> None:
    (file,) = WEIGHTS.glob("*.onnx")
    model = onnx.load(file)
    assert [output.name for output in model.graph.output] == ["order", "facepalm", "grade"]
    assert not model.doc_string
    assert {file.name for file in WEIGHTS.iterdir()} == {file.name, "card.json"}


@settings(max_examples=30, deadline=None)
@given(rows=arrays.arrays(np.float32, st.tuples(st.integers(1, 8), st.just(WIDTH)), elements=cells))
def test_what_ships_predicts_chances_and_grades(rows: np.ndarray) -> None:
    """The caution taken off is a chance, not log-odds: `order` lies within grades and one caution below."""
    predicted = default().predict(rows)
    assert ((predicted.grade >= 0) & (predicted.grade <= 4)).all()
    assert (predicted.order > -1.0 - default().card.caution).all()
    assert (predicted.order < 5.0).all()

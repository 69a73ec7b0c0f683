"""The grader tells a match from a misfit, says how sure it is, and steps aside where it cannot know."""

from __future__ import annotations

import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.embedded.grader import Grader, GraderMismatch
from agents.embedded.grader.card import GraderCard, Odds
from agents.embedded.grader.features import FEATURES
from agents.embedded.grader.grader import FILE, WEIGHTS, Network, default
from agents.embedded.marking import Marker
from agents.embedded.marks.population import SnapshotPopulation
from retrieval.schema import Criterion, Kind, Profile, Qualification, Role
from retrieval.snapshot import Snapshot

ROLE = Role(
    text="Registered nurse for a neonatal intensive care unit, charts in Epic",
    titles=(Criterion(value="registered nurse"),),
    qualifications=(
        Qualification(value="neonatal intensive care", kind=Kind.EXPERIENCE),
        Qualification(value="Epic", kind=Kind.SKILL),
    ),
)
FLOATS = st.floats(-1, 5, allow_nan=False)


@pytest.fixture(scope="module")
def marker(small_snapshot: Snapshot) -> Marker:
    return Marker(SnapshotPopulation(small_snapshot))


def test_nurses_are_expected_above_everybody_else(marker: Marker, small_snapshot: Snapshot) -> None:
    grader = Grader(small_snapshot)
    expected = {}
    for row in range(0, small_snapshot.count, 3):
        graded = grader.grade(marker.read(ROLE, small_snapshot.profile(row)))
        assert graded is not None
        expected[row] = graded.expected
    nurses = [value for row, value in expected.items() if row % 6 == 0]
    others = [value for row, value in expected.items() if row % 6]
    assert min(nurses) > max(others)


def test_the_same_pair_gets_the_same_grade_also_side_by_side(marker: Marker, small_snapshot: Snapshot) -> None:
    sheets = [marker.read(ROLE, small_snapshot.profile(row)) for row in range(24)]
    alone = [Grader(small_snapshot).grade(sheet) for sheet in sheets[:4]]
    shared = Grader(small_snapshot)
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(shared.grade, sheets))
    assert together[:4] == alone


def test_a_population_of_another_encoder_or_of_few_is_left_to_the_marks(
    town: Snapshot, small_snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not Grader(town).able  # letters are no meaning, and forty people no crowd
    assert Grader(small_snapshot).able
    monkeypatch.setattr("agents.embedded.grader.grader.FEWEST", small_snapshot.count + 1)
    assert not Grader(small_snapshot).able


def test_an_empty_text_is_not_graded(marker: Marker, small_snapshot: Snapshot) -> None:
    sheet = marker.read(ROLE, Profile(member_id="nobody", text=" \n"))
    assert Grader(small_snapshot).grade(sheet) is None


def test_weights_for_other_features_are_refused(tmp_path: Path, small_snapshot: Snapshot) -> None:
    shutil.copy(WEIGHTS / FILE, tmp_path / FILE)
    card = json.loads((WEIGHTS / "card.json").read_text())
    (tmp_path / "card.json").write_text(json.dumps({**card, "features": card["features"][::-1]}))
    with pytest.raises(GraderMismatch, match="shortlist train grader"):
        Network(tmp_path)


def test_the_packaged_card_is_whole() -> None:
    card = default().card
    assert card.features == tuple(feature.name for feature in FEATURES)
    assert len(card.linear.weights) == len(card.linear.middle) == len(FEATURES)
    assert list(card.steps) == sorted(card.steps)
    assert 0.6 < card.metrics["kappa"] < 0.8
    assert card.metrics["kappa_low"] < card.metrics["kappa"] < card.metrics["kappa_high"]
    for feature, weight in zip(FEATURES, card.linear.weights, strict=True):
        assert feature.trend * weight >= 0, feature.name


def test_grades_begin_at_their_steps() -> None:
    card = default().card
    for grade, step in enumerate(card.steps, 1):
        assert card.grade(step) == grade
        assert card.grade(step - 1e-4) == grade - 1


def test_unknown_values_are_no_obstacle() -> None:
    network = default()
    expected = network.expect(np.full((2, len(FEATURES)), np.nan, np.float32))
    assert np.isfinite(expected).all()
    assert ((expected >= 0) & (expected <= 4)).all()


def test_features_with_a_trend_move_the_prediction_that_way_only() -> None:
    """An oracle for both halves: random cases, one feature raised at a time."""
    network, draw = default(), np.random.default_rng(0)
    card = network.card
    mean, spread = np.array(card.linear.mean), np.array(card.linear.spread)
    base = (mean + spread * draw.normal(size=(40, len(FEATURES)))).astype(np.float32)
    before = network.expect(base)
    for index, feature in enumerate(FEATURES):
        if feature.trend:
            raised = base.copy()
            raised[:, index] += np.float32(spread[index])
            assert (feature.trend * (network.expect(raised) - before) >= -1e-5).all(), feature.name


@given(expected=FLOATS)
def test_odds_are_probabilities(expected: float) -> None:
    shares = default().card.odds.shares(expected)
    assert len(shares) == 5
    assert min(shares) >= 0
    assert sum(shares) == pytest.approx(1)


@given(low=FLOATS, high=FLOATS)
def test_a_better_prediction_never_makes_a_better_grade_less_likely(low: float, high: float) -> None:
    low, high = sorted((low, high))
    odds = Odds(slopes=(2.0, 3.0, 1.5, 2.5), middles=(0.7, 1.6, 2.4, 3.3))
    worse, better = odds.shares(low), odds.shares(high)
    assert all(sum(better[grade:]) >= sum(worse[grade:]) - 1e-9 for grade in range(5))


def test_the_card_reads_back_as_written() -> None:
    card = default().card
    assert GraderCard.model_validate_json(card.model_dump_json()) == card

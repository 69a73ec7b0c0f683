"""The bootstrap draws whole requests, and its intervals are as wide as requests differ."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from offline.evaluation.agreement.kappa import exact, quadratic_kappa
from offline.evaluation.agreement.resampling import draws, estimate, of_tables, resampled


@given(clusters=st.integers(1, 40), seed=st.integers(0, 9))
def test_every_resample_has_as_many_requests_as_there_are(clusters: int, seed: int) -> None:
    drawn = draws(clusters, resamples=50, seed=seed)
    assert drawn.shape == (50, clusters)
    assert (drawn.sum(axis=1) == clusters).all()
    assert np.array_equal(drawn, draws(clusters, resamples=50, seed=seed))


def test_a_resample_is_the_sum_of_the_requests_drawn() -> None:
    """Against the plain way: repeat each request's table as often as it was drawn, and add up."""
    tables = np.random.default_rng(1).integers(0, 6, (12, 5, 5)).astype(float)
    drawn = draws(12, resamples=30)
    for row, found in zip(drawn, resampled(tables, drawn), strict=True):
        again = [tables[at] for at, times in enumerate(row) for _ in range(int(times))]
        assert np.array_equal(found, np.sum(again, axis=0))


def test_pairs_that_go_together_widen_the_interval() -> None:
    """Ten pairs that are all right or all wrong with their request tell as much as one pair a request."""
    right, wrong = np.diag([10.0, 0, 0, 0, 0]), np.zeros((5, 5))
    wrong[0, 4] = 10
    together = np.stack([right, wrong] * 20)
    apart = np.stack([(right + wrong) / 2] * 40)
    clustered = of_tables(exact, together, draws(40))
    spread_out = of_tables(exact, apart, draws(40))
    assert clustered.value == spread_out.value == pytest.approx(0.5)
    assert spread_out.high - spread_out.low < 1e-9
    # forty fair coins: 1.96 * sqrt(.25 / 40) on either side
    assert clustered.high - clustered.low == pytest.approx(2 * 1.96 * np.sqrt(0.25 / 40), rel=0.15)


def test_it_covers_the_truth_about_as_often_as_it_says() -> None:
    random = np.random.default_rng(3)
    covered = 0
    for trial in range(200):
        rates = random.beta(4, 4, size=30)  # each request has a rate of its own; their mean is .5
        hits = random.binomial(10, rates)
        tables = np.zeros((30, 5, 5))
        tables[:, 0, 0], tables[:, 0, 4] = hits, 10 - hits
        found = of_tables(exact, tables, draws(30, resamples=400, seed=trial))
        covered += found.low <= 0.5 <= found.high
    assert 0.87 <= covered / 200 <= 1.0


def test_what_is_not_defined_is_none() -> None:
    constant = np.zeros((3, 5, 5))
    constant[:, 2, 2] = 4
    found = of_tables(quadratic_kappa, constant, draws(3))
    assert (found.value, found.low, found.high) == (None, None, None)
    assert estimate(0.5, np.array([np.nan, np.nan])).low is None
    assert estimate(0.5, np.array([np.nan, 0.4])).low == pytest.approx(0.4)

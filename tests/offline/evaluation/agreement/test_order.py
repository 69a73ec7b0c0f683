"""Rank correlation against scipy, with and without weights."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.stats import spearmanr

from offline.evaluation.agreement.order import spearman

PAIRS = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6), st.integers(0, 4)), min_size=3, max_size=40)


@given(rows=PAIRS)
def test_weights_are_repetitions(rows: list[tuple[int, int, int]]) -> None:
    first, second, weights = (np.array(column, float) for column in zip(*rows, strict=True))
    repeated = [np.repeat(column, weights.astype(int)) for column in (first, second)]
    assume(all(len(set(column)) > 1 for column in repeated))
    assert spearman(first, second, weights) == pytest.approx(spearmanr(*repeated).statistic)


def test_without_weights_each_counts_once_and_a_constant_has_no_order() -> None:
    first, second = np.array([1.0, 2, 2, 5, 9]), np.array([2.0, 1, 4, 4, 8])
    assert spearman(first, second) == pytest.approx(spearmanr(first, second).statistic)
    assert np.isnan(spearman(first, np.ones(5)))
    assert np.isnan(spearman(first, second, np.zeros(5)))

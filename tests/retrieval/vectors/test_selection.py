"""The k-th best is that of sorting everything, and those who reach it are all of them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.vectors.kernels import default
from retrieval.vectors.selection import at_least, kth


@given(seed=st.integers(0, 999), count=st.integers(1, 60_000), k=st.integers(1, 3_000), few=st.booleans())
def test_the_kth_is_that_of_sorting(seed, count, k, few):
    scores = np.random.default_rng(seed).standard_normal(count).astype(np.float32)
    if few:
        scores = np.round(scores)
    expected = np.sort(scores)[::-1][min(k, count) - 1]
    assert kth(scores, k, default()) == expected
    assert at_least(scores, float(expected), default()).tolist() == np.flatnonzero(scores >= expected).tolist()


@pytest.mark.parametrize("order", [1, -1])
def test_a_sample_that_misleads_costs_time_only(order):
    # every hundredth score, which the sample takes, is the best or the worst there is
    scores = np.random.default_rng(0).standard_normal(200_000).astype(np.float32)
    scores[:: 200_000 // 2048] = 9 * order
    assert kth(scores, 5_000, default()) == np.sort(scores)[::-1][4_999]

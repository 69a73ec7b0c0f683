"""The planner picks the cheapest method for what passes, and says so."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.vectors.planner import choose, costs

MILLION = {"count": 1_000_000, "k": 200, "width": 384, "record": 64, "method": None}


@pytest.mark.parametrize(
    ("passing", "method"), [(0, "float32"), (150, "float32"), (1_000, "float32"), (8_000, "int8"), (500_000, "bits")]
)
def test_few_are_compared_as_they_are_and_many_by_their_codes(passing, method):
    plan = choose(passing=passing, vectors=passing, **MILLION)
    assert plan.method == method
    assert plan.certain == (method != "bits")


@given(vectors=st.integers(1, 10**9), k=st.integers(1, 10_000), width=st.sampled_from([48, 384, 4096]))
def test_it_is_the_cheapest(vectors, k, width):
    said = costs(vectors=vectors, k=k, per_member=1, width=width, record=64)
    plan = choose(passing=vectors, count=vectors, vectors=vectors, k=k, width=width, record=64, method=None)
    assert plan.method == ("float32" if vectors <= k else min(said, key=said.get))
    assert said["float32"] > 0


@given(vectors=st.integers(2, 10**8), k=st.integers(1, 500))
def test_more_to_scan_never_costs_less(vectors, k):
    less, more = (costs(vectors=v, k=k, per_member=1, width=384, record=64) for v in (vectors - 1, vectors))
    assert all(less[method] <= more[method] for method in less)


def test_an_unknown_method_is_refused():
    with pytest.raises(ValueError, match="no method 'hnsw'; there are float32, int8, bits"):
        choose(passing=5, vectors=5, **{**MILLION, "method": "hnsw"})

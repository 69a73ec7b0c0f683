"""What fits the budget is scanned, what does not is left to the approximate engine, and the plan says why."""

from __future__ import annotations

import numpy as np
import pytest

from retrieval.vectors import Hits, Plan, VectorIndex, WithinBudget

VECTORS = np.random.default_rng(0).standard_normal((40_000, 16)).astype(np.float32)


class Nobody:
    """Finds nobody, which no exact engine would."""

    def __init__(self, count: int, width: int) -> None:
        self.count, self.width = count, width

    def search(self, query, *, k, rows=None):
        none = np.empty(0, np.int64)
        plan = Plan(method="none", passing=0, count=self.count, certain=False, reason="a test")
        return Hits(rows=none, ids=none, scores=np.empty(0, np.float32), plan=plan)


@pytest.fixture(scope="module")
def engine():
    index = VectorIndex.build(VECTORS)
    whole = index.explain(k=10).expected
    few = index.explain(k=10, rows=np.arange(500)).expected
    assert few < whole
    return WithinBudget(exact=index, approximate=Nobody(*VECTORS.shape), milliseconds=(few + whole) / 2e3)


def test_a_selective_filter_is_scanned(engine):
    hits = engine.search(VECTORS[3], k=10, rows=np.arange(500))
    assert hits.rows[0] == 3
    assert hits.plan.certain
    assert engine.explain(k=10, rows=np.arange(500)).method == hits.plan.method


def test_what_would_take_too_long_is_not(engine):
    hits = engine.search(VECTORS[3], k=10)
    assert (len(hits), hits.plan.method) == (0, "none")
    assert "ms, more than" in hits.plan.reason
    assert engine.explain(k=10).method == "approximate"


def test_engines_must_hold_the_same(engine):
    with pytest.raises(ValueError, match="must be of the same vectors"):
        WithinBudget(exact=engine.exact, approximate=Nobody(5, 16))

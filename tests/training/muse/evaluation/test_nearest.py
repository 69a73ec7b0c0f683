"""The nearest documents are those that sorting everything would give."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from training.muse.evaluation.nearest import best, nearest


@given(
    st.lists(st.integers(-3, 3), min_size=1, max_size=30),
    st.integers(1, 40),
)
def test_best_is_a_stable_sort_cut_short(scores: list[int], depth: int) -> None:
    ids = [f"d{at}" for at in range(len(scores))]
    expected = [ids[at] for at in sorted(range(len(scores)), key=lambda at: (-scores[at], at))][:depth]
    assert best(np.array(scores, np.float32), ids, depth=depth) == expected


def test_nothing_is_asked_of_nobody() -> None:
    assert best(np.zeros(3, np.float32), ["a", "b", "c"], depth=0) == []


def test_many_queries_at_once_are_as_one_by_one() -> None:
    random = np.random.default_rng(3)
    queries, documents = random.normal(size=(150, 12)), random.normal(size=(90, 12))
    ids = [f"d{at}" for at in range(90)]
    found = nearest(queries.astype(np.float32), documents.astype(np.float32), ids, depth=7)
    for query, listed in zip(queries, found, strict=True):
        assert listed == [ids[at] for at in np.argsort(-(documents @ query), kind="stable")[:7]]

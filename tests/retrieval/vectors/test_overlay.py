"""Changes on top of changes come to their sum."""

from __future__ import annotations

import numpy as np
import pytest

from retrieval.vectors import Changes, OverlaidIndex, VectorIndex


def one(member: int, *vectors: list[float]) -> Changes:
    return Changes(
        ids=np.array([member]),
        vectors=np.array(vectors, np.float32).reshape(len(vectors), 2),
        offsets=np.array([0, len(vectors)]),
        removed=np.empty(0, np.int64),
    )


GONE = Changes(
    ids=np.empty(0, np.int64),
    vectors=np.empty((0, 2), np.float32),
    offsets=np.zeros(1, np.int64),
    removed=np.array([4]),
)


def test_the_last_state_counts():
    total = one(4, [1, 0]).then(one(5, [0, 1], [1, 1])).then(one(4, [3, 0]))
    assert total.ids.tolist() == [5, 4]
    assert total.vectors.tolist() == [[0, 1], [1, 1], [3, 0]]
    assert total.offsets.tolist() == [0, 2, 3]


def test_who_was_removed_may_come_back():
    assert one(4, [1, 0]).then(GONE).ids.tolist() == []
    assert GONE.then(one(4, [1, 0])).ids.tolist() == [4]
    index = VectorIndex.build(np.array([[0, 1], [1, 0]], np.float32), ids=np.array([4, 9]))
    query = np.array([1, 0.5], np.float32)
    assert OverlaidIndex(index, GONE).search(query, k=5).ids.tolist() == [9]
    assert OverlaidIndex(index, GONE.then(one(4, [9, 9]))).search(query, k=5).ids.tolist() == [4, 9]


def test_rows_of_the_dead_are_never_found_and_the_filter_reaches_the_new():
    index = OverlaidIndex(VectorIndex.build(np.eye(2, dtype=np.float32)), one(0, [5, 5]))
    query = np.array([1, 1], np.float32)
    assert index.alive.to_array().tolist() == [1, 2]
    assert index.search(query, k=5, rows=np.array([0])).rows.tolist() == []
    assert index.search(query, k=5, rows=np.array([0, 2])).rows.tolist() == [2]
    plan = index.search(query, k=5).plan
    assert (plan.passing, plan.count) == (2, 3)
    with pytest.raises(ValueError, match="names row 3, there are 3"):
        index.search(query, k=5, rows=np.array([3]))


def test_changes_of_another_width_are_refused():
    with pytest.raises(ValueError, match="have 2 numbers, the index holds 3"):
        OverlaidIndex(VectorIndex.build(np.eye(3, dtype=np.float32)), GONE)
    with pytest.raises(ValueError, match="have 3 numbers, the index holds 2"):
        GONE.then(Changes.none(3))

"""The vector search is exact: it says what comparing everything with everything says."""

from __future__ import annotations

import faiss
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from pyroaring import BitMap

from retrieval.vectors import PassageVectors

WIDTH = 16


def population(counts: list[int], seed: int, *, repeat: bool = False) -> PassageVectors:
    """Members with so many passages each; with `repeat`, few distinct vectors, so that many scores tie."""
    chance = np.random.default_rng(seed)
    offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    vectors = chance.standard_normal((int(offsets[-1]), WIDTH)).astype(np.float32)
    if repeat and len(vectors):
        vectors = vectors[chance.integers(0, min(3, len(vectors)), len(vectors))]
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    spans = np.stack([np.arange(len(vectors)) * 10, np.arange(len(vectors)) * 10 + 9], axis=1).astype(np.int64)
    return PassageVectors(vectors=vectors, offsets=offsets, spans=spans)


def query(seed: int) -> NDArray[np.float32]:
    vector = np.random.default_rng(seed + 1).standard_normal(WIDTH).astype(np.float32)
    normal: NDArray[np.float32] = vector / np.linalg.norm(vector)
    return normal


def plainly(index: PassageVectors, wanted: NDArray[np.float32], rows: BitMap, best: int) -> dict[int, float]:
    scores = {}
    for row in rows:
        _, vectors = index.passages(row)
        similar = sorted((float(np.dot(v.astype(np.float64), wanted)) for v in vectors), reverse=True)[:best]
        if similar:
            scores[row] = sum(similar) / len(similar)
    return scores


@given(
    counts=st.lists(st.integers(0, 6), min_size=1, max_size=40),
    seed=st.integers(0, 1000),
    limit=st.integers(1, 45),
    best=st.integers(1, 5),
    repeat=st.booleans(),
    data=st.data(),
)
def test_equals_comparing_everything(
    counts: list[int], seed: int, limit: int, best: int, repeat: bool, data: st.DataObject
) -> None:
    index = population(counts, seed, repeat=repeat)
    rows = BitMap(data.draw(st.sets(st.integers(0, len(counts) - 1))))
    found, scores = index.search(query(seed), rows=rows, limit=limit, best=best)
    expected = plainly(index, query(seed), rows, best)
    assert len(found) == min(limit, len(expected))
    assert set(found.tolist()) <= set(expected)
    for row, score in zip(found.tolist(), scores.tolist(), strict=True):
        assert score == pytest.approx(expected[row], abs=2e-6)
    best_scores = sorted(expected.values(), reverse=True)[: len(found)]
    assert scores.tolist() == pytest.approx(best_scores, abs=2e-6)
    assert list(zip((-scores).tolist(), found.tolist(), strict=True)) == sorted(
        zip((-scores).tolist(), found.tolist(), strict=True)
    )


def test_equals_faiss_where_a_member_has_one_passage() -> None:
    index = population([1] * 5000, 3)
    flat = faiss.IndexFlatIP(WIDTH)
    flat.add(index.vectors)
    scores, rows = flat.search(query(3)[None], 50)
    found, ours = index.search(query(3), rows=BitMap(range(5000)), limit=50, best=1)
    assert found.tolist() == rows[0].tolist()
    assert np.allclose(ours, scores[0], atol=2e-6)


def test_equals_faiss_best_passage_of_many() -> None:
    index = population([3] * 2000, 4)
    flat = faiss.IndexFlatIP(WIDTH)
    flat.add(index.vectors)
    _, passages = flat.search(query(4)[None], 300)
    members = list(dict.fromkeys((passages[0] // 3).tolist()))[:50]
    found, _ = index.search(query(4), rows=BitMap(range(2000)), limit=50, best=1)
    assert found.tolist() == members


@pytest.mark.parametrize("share", [1.0, 0.9, 0.3, 0.2, 0.01])
def test_a_filter_only_takes_away(share: float) -> None:
    """Around the switch from one product over all to gathering, the order of who remains is the same."""
    index = population([(row * 7) % 5 for row in range(4000)], 5)
    everyone, scores = index.search(query(5), rows=BitMap(range(4000)), limit=4000)
    rows = BitMap(np.random.default_rng(0).choice(4000, int(4000 * share), replace=False).astype(np.uint32))
    found, some = index.search(query(5), rows=rows, limit=4000)
    kept = np.array([row in rows for row in everyone.tolist()])
    assert found.tolist() == everyone[kept].tolist()
    assert np.allclose(some, scores[kept], atol=2e-6)


def test_nobody() -> None:
    index = population([0, 0, 2], 1)
    for rows in (BitMap(), BitMap([0, 1]), BitMap([99])):
        found, scores = index.search(query(1), rows=rows, limit=5)
        assert found.size == scores.size == 0


def test_passages_of_a_member() -> None:
    index = population([2, 0, 3], 1)
    spans, vectors = index.passages(2)
    assert spans.tolist() == [[20, 29], [30, 39], [40, 49]]
    assert np.array_equal(vectors, index.vectors[2:])


def test_wrong_arguments_are_named() -> None:
    index = population([1], 1)
    with pytest.raises(ValueError, match="width 16"):
        index.search(np.zeros(3, np.float32), rows=BitMap([0]), limit=1)
    with pytest.raises(ValueError, match="count from 1"):
        index.search(query(1), rows=BitMap([0]), limit=0)

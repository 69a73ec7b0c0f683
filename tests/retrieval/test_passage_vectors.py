"""Passages know their members and their places in the text."""

from __future__ import annotations

import numpy as np
import pytest
from pyroaring import BitMap

from retrieval.passage_vectors import PassageVectors
from retrieval.snapshot import Snapshot
from retrieval.vectors import Hits, Plan, VectorIndex

VECTORS = np.array([[1, 0], [0.6, 0.8], [0, 1], [0.8, 0.6]], np.float32)
SPANS = np.array([[0, 9], [10, 19], [20, 29], [0, 9]], np.int64)


@pytest.fixture
def passages():
    index = VectorIndex.build(VECTORS, offsets=np.array([0, 3, 3, 4]), best=3)
    return PassageVectors(index=index, spans=SPANS)


def test_a_member_scores_the_mean_of_the_best_three(passages):
    hits = passages.search(np.array([1, 0], np.float32), rows=BitMap([0, 1, 2]), limit=5)
    assert hits.rows.tolist() == [2, 0]  # the one in the middle has no passages
    np.testing.assert_allclose(hits.scores, [0.8, 1.6 / 3], rtol=1e-6)


class Dot:
    """An engine of few words, by numpy alone."""

    def __init__(self, index: VectorIndex) -> None:
        self.index, self.count, self.width = index, index.count, index.width

    def search(self, query, *, k, rows=None):
        scores = {row: np.sort(self.index.vectors_of(row) @ query)[-3:].mean() for row in rows if row != 1}
        best = sorted(scores, key=lambda row: (-scores[row], row))[:k]
        plan = Plan(method="dot", passing=len(rows), count=self.count, certain=True, reason="a test")
        return Hits(rows=np.array(best), ids=np.array(best), scores=np.array([scores[row] for row in best]), plan=plan)


def test_another_engine_takes_the_place_of_the_scan(passages, small_workspace):
    other = PassageVectors(index=passages.index, spans=SPANS, engine=Dot(passages.index))
    hits = other.search(np.array([1, 0], np.float32), rows=BitMap([0, 1, 2]), limit=5)
    assert (hits.rows.tolist(), hits.plan.method) == ([2, 0], "dot")
    snapshot = Snapshot.open(small_workspace, engine=Dot)
    assert isinstance(snapshot.vectors.engine, Dot)
    query = snapshot.encoder.encode(["nurse"], side="role")[0]
    answers = [
        index.search(query, rows=snapshot.alive, limit=4).rows.tolist()
        for index in (snapshot.vectors, Snapshot.open(small_workspace).vectors)
    ]
    assert answers[0] == answers[1]


def test_passages_of_a_member_stand_in_the_order_of_the_text(passages):
    spans, vectors = passages.passages(0)
    assert spans.tolist() == [[0, 9], [10, 19], [20, 29]]
    np.testing.assert_array_equal(vectors, VECTORS[:3])
    assert len(passages.passages(1)[0]) == 0


def test_spans_must_be_of_these_passages():
    with pytest.raises(ValueError, match="3 spans for 4 passages"):
        PassageVectors(index=VectorIndex.build(VECTORS, offsets=np.array([0, 4])), spans=SPANS[:3])

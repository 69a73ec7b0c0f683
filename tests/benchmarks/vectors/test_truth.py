from __future__ import annotations

import numpy as np

from benchmarks.vectors import truth
from benchmarks.vectors.dataset import Dataset, Filter


def silent(stage: str, done: int, total: int | None) -> None:
    pass


def dataset(folder, *, rows=300, width=5):
    chance = np.random.default_rng(3)
    vectors = chance.standard_normal((rows, width)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    masks = {50.0: chance.random(rows) < 0.5, 1.0: np.arange(rows) < 3, 0.1: np.zeros(rows, np.bool_)}
    filters = tuple(Filter(kind="ind", percent=percent, mask=mask) for percent, mask in masks.items())
    return Dataset(name="small", folder=folder, vectors=vectors, queries=vectors[:4].copy(), filters=filters)


def test_best_scores_are_those_of_sorting_everybody(tmp_path, monkeypatch):
    monkeypatch.setattr(truth, "CHUNK", 64)
    data = dataset(tmp_path)
    best = truth.best_scores(data, k=10, progress=silent)
    for chosen in data.filters:
        for number, query in enumerate(data.queries):
            passing = sorted((float(one @ query) for one in data.vectors[chosen.mask]), reverse=True)[:10]
            there = best[chosen.name][number]
            assert np.allclose(there[np.isfinite(there)], passing, atol=1e-6)
            assert np.isfinite(there).sum() == min(10, chosen.passing)


def test_the_true_best_are_all_hits_and_others_are_not(tmp_path):
    data = dataset(tmp_path)
    chosen, query = data.filters[0], data.queries[0]
    best = truth.best_scores(data, k=10, progress=silent)[chosen.name][0]
    passing = np.flatnonzero(chosen.mask)
    order = passing[np.argsort(-(data.vectors[passing] @ query))]

    def hits(rows):
        return truth.hits(np.asarray(rows), query=query, vectors=data.vectors, chosen=chosen, best=best)

    assert hits(order[:10]) == 10
    assert hits(order[5:15]) == 5
    assert hits(np.repeat(order[:2], 5)) == 2  # once each
    assert hits(np.flatnonzero(~chosen.mask)) == 0  # whoever does not pass
    assert hits([-1, -1, order[0]]) == 1
    assert hits(np.empty(0, np.int64)) == 0


def test_identical_vectors_stand_for_each_other(tmp_path):
    vectors = np.repeat(np.eye(2, dtype=np.float32), 5, axis=0)
    chosen = Filter(kind="ind", percent=50, mask=np.ones(10, np.bool_))
    best = np.array([1, 1, 1], np.float32)
    for rows in ([0, 1, 2], [2, 3, 4]):
        assert truth.hits(np.array(rows), query=vectors[0], vectors=vectors, chosen=chosen, best=best) == 3


def test_recall_is_of_what_there_is():
    assert truth.recall(3, k=200, passing=4) == 0.75
    assert truth.recall(100, k=200, passing=5000) == 0.5
    assert truth.recall(0, k=200, passing=0) == 1

from __future__ import annotations

import numpy as np

from benchmarks.vectors.dataset import Dataset, Filter
from benchmarks.vectors.tuning import Tried, fastest, sweep, truest

TRIED = [
    Tried(setting={"n": 1}, recall=0.5, cpu=1.0, queries=4),
    Tried(setting={"n": 2}, recall=0.991, cpu=3.0, queries=4),
    Tried(setting={"n": 3}, recall=0.999, cpu=4.0, queries=4),
    Tried(setting={"n": 4}, recall=0.999, cpu=9.0, queries=4),
]


def test_the_fastest_that_is_good_enough_else_the_best():
    assert fastest(TRIED, target=0.99).setting == {"n": 2}
    assert fastest(TRIED, target=0.995).setting == {"n": 3}
    assert fastest(TRIED, target=1.0).setting == {"n": 3}


def test_the_best_within_a_time_else_the_fastest():
    assert truest(TRIED, within=4.5).setting == {"n": 3}
    assert truest(TRIED, within=1.5).setting == {"n": 1}
    assert truest(TRIED, within=0.1).setting == {"n": 1}


class Halves:
    """Finds the first `n` of the rows that pass."""

    name = "halves"

    def prepare(self, chosen):
        return np.flatnonzero(chosen.mask)

    def settings(self, *, k, percent):
        return [{"n": 2}, {"n": 4}]

    def find(self, query, *, k, rows, setting):
        return rows[: setting["n"]], np.zeros(setting["n"], np.float32)


def test_a_sweep_measures_every_setting(tmp_path):
    vectors = np.ones((8, 1), np.float32) / np.arange(1, 9, dtype=np.float32)[:, None]
    chosen = Filter(kind="ind", percent=50, mask=np.arange(8) % 2 == 0)
    data = Dataset(
        name="eight", folder=tmp_path, vectors=vectors, queries=np.ones((3, 1), np.float32), filters=(chosen,)
    )
    best = np.tile(vectors[chosen.mask].T[:, :4], (3, 1))
    tried = sweep(Halves(), dataset=data, chosen=chosen, best=best, queries=range(3), k=4, target=0.99)
    assert [(one.setting["n"], one.recall, one.queries) for one in tried] == [(2, 0.5, 3), (4, 1.0, 3)]

from __future__ import annotations

import numpy as np

from benchmarks.vectors.comparing import Row
from benchmarks.vectors.dataset import Dataset, Filter
from benchmarks.vectors.waterfall import after_filter, measure, usual


def test_a_post_filter_keeps_those_that_pass_of_what_was_fetched():
    chosen = Filter(kind="ind", percent=50, mask=np.array([True, False, True, True, False, True]))
    order = np.array([4, 5, 1, 2, 0, 3])
    assert after_filter(order, chosen=chosen, fetched=4, k=3).tolist() == [5, 2]
    assert after_filter(order, chosen=chosen, fetched=6, k=3).tolist() == [5, 2, 0]


class FirstHalf:
    """An approximation that never sees odd rows."""

    name = "first half"

    def prepare(self, chosen):
        return chosen.mask

    def find(self, query, *, k, rows, setting):
        seen = np.flatnonzero(rows & (np.arange(len(rows)) % 2 == 0))[:k]
        return seen, np.zeros(len(seen), np.float32)


class Probing:
    """Finds half of the best with one probe, all with two, and takes longer for it."""

    name = "probing"

    def prepare(self, chosen):
        return chosen.mask

    def settings(self, *, k, percent):
        return [{"nprobe": nprobe, "fetch": fetch} for nprobe in (1, 2, 3) for fetch in (k, 5 * k)]

    def find(self, query, *, k, rows, setting):
        sum(range(20_000 * setting["nprobe"]))
        found = np.arange(k // 2 if setting["nprobe"] == 1 else k)
        return found, np.zeros(len(found), np.float32)


def timed(recall):
    return Row(
        engine="", filter="", kind="ind", percent=50, passing=95, setting="", recall=recall, least=0, short=0,
        queries=2, cpu_p50=1, cpu_p95=1, wall_p50=1, wall_p95=1, wall_best=1,
    )  # fmt: skip


def test_each_step_is_counted_against_the_truth(tmp_path):
    rows, k = 100, 10
    vectors = np.linspace(1, 0.01, rows, dtype=np.float32)[:, None]  # row 0 is best, and so on
    chosen = Filter(kind="ind", percent=50, mask=np.arange(rows) >= 5)
    data = Dataset(
        name="hundred", folder=tmp_path, vectors=vectors, queries=np.ones((2, 1), np.float32), filters=(chosen,)
    )
    best = np.tile(vectors[5 : 5 + k, 0], (2, 1))
    fall = measure(
        dataset=data, chosen=chosen, best=best, queries=[0, 1], k=k, inline=FirstHalf(), setting={"fetch": 12},
        both=timed(0.3), in_time=timed(0.5), ours=timed(1.0),
    )  # fmt: skip
    assert fall.wanted == 10
    assert fall.approximate == 5  # 6, 8, 10, 12, 14
    assert fall.post_filtered == 7  # 5 to 11 of the first twelve
    assert (fall.both, fall.in_time, fall.ours) == (3, 5, 10)


def test_the_usual_setting_is_chosen_without_a_filter(tmp_path):
    vectors = np.linspace(1, 0.01, 100, dtype=np.float32)[:, None]
    data = Dataset(name="hundred", folder=tmp_path, vectors=vectors, queries=np.ones((2, 1), np.float32), filters=())
    best = np.tile(vectors[:10, 0], (2, 1))
    assert usual(Probing(), dataset=data, best=best, queries=[0, 1], k=10) == {"nprobe": 2, "fetch": 50}

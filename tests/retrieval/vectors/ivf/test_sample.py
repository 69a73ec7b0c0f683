"""Samples have the right size, repeat by seed, take their share of every part, and read no more than they take."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.vectors.ivf import sample, sampled_rows


@given(
    counts=st.lists(st.integers(0, 50), max_size=8),
    size=st.integers(1, 120),
    how=st.sampled_from(["stratified", "uniform"]),
    seed=st.integers(0, 99),
)
def test_different_rows_of_every_shard_and_as_many_as_asked_for(counts, size, how, seed):
    rows = sampled_rows(counts, size, how=how, seed=seed)
    assert sum(len(each) for each in rows) == min(size, sum(counts))
    for each, count in zip(rows, counts, strict=True):
        assert (np.diff(each) > 0).all()
        assert all(0 <= row < count for row in each)
    again = sampled_rows(counts, size, how=how, seed=seed)
    assert [each.tolist() for each in rows] == [each.tolist() for each in again]


@given(counts=st.lists(st.integers(1, 500), min_size=1, max_size=8), seed=st.integers(0, 99))
def test_a_stratified_sample_takes_its_share_of_each_shard_to_a_row(counts, seed):
    size = max(1, sum(counts) // 3)
    for each, count in zip(sampled_rows(counts, size, seed=seed), counts, strict=True):
        assert abs(len(each) - count * size / sum(counts)) < 2


def test_every_row_is_as_likely():
    for how in ("stratified", "uniform"):
        drawn = np.concatenate([sampled_rows([30, 70], 10, how=how, seed=seed)[1] for seed in range(2000)])
        often = np.bincount(drawn, minlength=70) / 2000
        assert abs(often - 0.1).max() < 0.03, how


def test_of_memory_maps_only_the_rows_taken_are_read(tmp_path):
    shards = []
    for number, count in enumerate((300, 100)):
        np.save(tmp_path / f"{number}.npy", np.full((count, 4), number, np.float32))
        shards.append(np.load(tmp_path / f"{number}.npy", mmap_mode="r"))
    taken = sample(shards, 40)
    assert taken.shape == (40, 4)
    assert taken[:, 0].tolist() == [0] * 30 + [1] * 10
    assert not isinstance(taken, np.memmap)


def test_what_cannot_be_sampled():
    with pytest.raises(ValueError, match="at least one row, not 0"):
        sampled_rows([3], 0)
    with pytest.raises(ValueError, match="one width"):
        sample([np.ones((2, 3), np.float32), np.ones((2, 4), np.float32)], 2)

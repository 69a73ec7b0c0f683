"""torch's passes, both ways of multiplying bytes, against whole numbers."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.vectors.gpu.means import best_means
from retrieval.vectors.gpu.passes import CodedQueries
from retrieval.vectors.gpu.torch_passes import TorchPasses


@settings(max_examples=60, deadline=None)
@given(
    vectors=st.integers(0, 90),
    size=st.sampled_from([64, 192, 1088, 4096]),
    queries=st.integers(1, 17),
    extreme=st.booleans(),
    by_bytes=st.booleans(),
    seed=st.integers(0, 99),
)
def test_scores_and_survivors_are_exact(vectors, size, queries, extreme, by_bytes, seed):
    chance = np.random.default_rng(seed)
    numbers = np.array([-127, 127] if extreme else np.arange(-127, 128), np.int8)
    codes = chance.choice(numbers, (vectors, size))
    if extreme:
        codes[:] = 127  # the largest sums there are
    coded = chance.choice(numbers, (queries, size)) if not extreme else np.full((queries, size), -127, np.int8)
    scales = chance.random(queries).astype(np.float32)
    passes = TorchPasses(bytes_multiplied=by_bytes)
    asked = CodedQueries(numbers=torch.from_numpy(coded), scales=torch.from_numpy(scales))
    some = np.flatnonzero(chance.random(vectors) < 0.5)
    for which, rows in (
        (range(vectors // 3, vectors), np.arange(vectors // 3, vectors)),
        (torch.from_numpy(some.astype(np.int32)), some),
    ):
        sums = (codes[rows].astype(np.int64) @ coded.T.astype(np.int64)).astype(np.float32)
        expected = sums.T * scales[:, None]
        assert np.array_equal(passes.scores(torch.from_numpy(codes), which, asked).numpy(), expected)
        wanted = np.median(expected, axis=1) if len(rows) else np.zeros(queries, np.float32)
        found = passes.survivors(torch.from_numpy(codes), which, asked, torch.from_numpy(wanted.astype(np.float32)))
        for query, one in enumerate(found):
            above = expected[query] >= wanted.astype(np.float32)[query]
            order = one.numbers.argsort()
            assert one.numbers[order].tolist() == rows[above].tolist()
            assert np.array_equal(one.scores[order].numpy(), expected[query][above])


@pytest.mark.parametrize("size", [0, 1, 7, 3_000_000])
def test_bits_become_numbers(size):
    bits = np.random.default_rng(size).integers(0, 256, size, dtype=np.uint8)
    found = TorchPasses(bytes_multiplied=False).compact(torch.from_numpy(bits))
    assert found.dtype == torch.int32
    assert np.array_equal(found.numpy(), np.flatnonzero(np.unpackbits(bits, bitorder="little")))


@settings(deadline=None)
@given(counts=st.lists(st.integers(1, 6), max_size=12), best=st.integers(1, 5), ties=st.booleans())
def test_means_are_of_the_best(counts, best, ties):
    chance = np.random.default_rng(sum(counts))
    scores = chance.standard_normal((3, sum(counts))).astype(np.float32)
    if ties:
        scores = np.round(scores)
    means = best_means(torch.from_numpy(scores), torch.tensor(counts, dtype=torch.int64), best)
    for line, mean in zip(scores, means.numpy(), strict=True):
        parts = np.split(line, np.cumsum(counts)[:-1]) if counts else []
        np.testing.assert_allclose(mean, [np.sort(part)[::-1][:best].mean() for part in parts], rtol=1e-6, atol=1e-6)

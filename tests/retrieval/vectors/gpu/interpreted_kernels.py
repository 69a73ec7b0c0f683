"""Triton's passes, interpreted on the processor, against whole numbers, torch's passes and the CPU index.

Run by test_interpreted_kernels.py in a process of its own: Triton decides at its import whether it interprets.
"""

from __future__ import annotations

import numpy as np
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.vectors import VectorIndex
from retrieval.vectors.gpu import GpuIndex
from retrieval.vectors.gpu.passes import CodedQueries
from retrieval.vectors.gpu.triton_passes import TritonPasses


@settings(max_examples=12, deadline=None, database=None, derandomize=True)
@given(
    vectors=st.sampled_from([0, 1, 127, 128, 300]),
    size=st.sampled_from([64, 128, 192]),
    queries=st.sampled_from([1, 3, 17, 70]),
    room=st.sampled_from([1000, 7]),
    memory=st.sampled_from([1 << 20, 8 * 16 * 50]),
    share=st.sampled_from([0.0, 0.5, 1.0]),
    seed=st.integers(0, 99),
)
def scores_and_survivors(vectors, size, queries, room, memory, share, seed):
    """However many survive, and however little room there is for them."""
    chance = np.random.default_rng(seed)
    codes = chance.integers(-127, 128, (vectors, size)).astype(np.int8)
    coded = chance.integers(-127, 128, (queries, size)).astype(np.int8)
    scales = chance.random(queries).astype(np.float32)
    passes = TritonPasses(room=room, memory=memory)
    asked = CodedQueries(numbers=torch.from_numpy(coded), scales=torch.from_numpy(scales))
    some = np.flatnonzero(chance.random(vectors) < 0.5)
    for which, rows in (
        (range(vectors // 3, vectors), np.arange(vectors // 3, vectors)),
        (torch.from_numpy(some.astype(np.int32)), some),
    ):
        sums = (codes[rows].astype(np.int64) @ coded.T.astype(np.int64)).astype(np.float32)
        expected = sums.T * scales[:, None]
        assert np.array_equal(passes.scores(torch.from_numpy(codes), which, asked).numpy(), expected)
        wanted = np.quantile(expected, 1 - share, axis=1) if len(rows) else np.zeros(queries)
        wanted = wanted.astype(np.float32)
        found = passes.survivors(torch.from_numpy(codes), which, asked, torch.from_numpy(wanted))
        assert len(found) == queries
        for query, one in enumerate(found):
            above = expected[query] >= wanted[query]
            order = one.numbers.argsort()
            assert one.numbers[order].tolist() == rows[above].tolist()
            assert np.array_equal(one.scores[order].numpy(), expected[query][above])


@settings(max_examples=12, deadline=None, database=None, derandomize=True)
@given(size=st.sampled_from([0, 1, 511, 512, 513, 1500]), share=st.sampled_from([0.0, 0.01, 0.5, 1.0]))
def compaction(size, share):
    """Bits become numbers, ascending."""
    mask = np.random.default_rng(size).random(8 * size) < share
    found = TritonPasses().compact(torch.from_numpy(np.packbits(mask, bitorder="little")))
    assert found.dtype == torch.int32
    assert np.array_equal(found.numpy(), np.flatnonzero(mask))


def answers() -> None:
    """A whole search says what torch's passes and the CPU index say."""
    chance = np.random.default_rng(5)
    vectors = chance.standard_normal((700, 40)).astype(np.float32)
    vectors[100:160] = vectors[7]
    vectors[200] *= 1000
    offsets = np.sort(np.concatenate([[0, 0], chance.integers(0, 700, 300), [700]]))
    queries = chance.standard_normal((2, 40)).astype(np.float32)
    for several in (None, offsets):
        index = VectorIndex.build(vectors, offsets=several, best=2)
        by_default, by_torch = GpuIndex(index, vectors=True), GpuIndex(index, passes="torch")
        for rows in (None, np.arange(index.count) % 3 == 0):
            found = by_default.search_batch(queries, k=15, rows=rows, method="int8")
            other = by_torch.search_batch(queries, k=15, rows=rows, method="int8")
            for query, one, two in zip(queries, found, other, strict=True):
                expected = index.search(query, k=15, rows=rows, method="int8")
                assert one.plan.method == "int8 by triton on cpu"
                assert one.rows.tolist() == two.rows.tolist() == expected.rows.tolist()
                assert one.scores.tobytes() == two.scores.tobytes() == expected.scores.tobytes()


if __name__ == "__main__":
    torch.set_num_threads(1)  # the arrays are small
    scores_and_survivors()
    compaction()
    answers()

"""`GpuIndex` says what comparing everybody says, and the bits of `VectorIndex`; here through torch on the CPU."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyroaring import BitMap

from retrieval.vectors import VectorEngine, VectorIndex
from retrieval.vectors.gpu import GpuIndex
from retrieval.vectors.quantisation import Int8Codes
from retrieval.vectors.quantisation.int8_codes import encode_int8


def some_rows(count: int, kind: str, seed: int):
    """A filter in one of its forms, and the rows that it means."""
    chance = np.random.default_rng(seed)
    mask = chance.random(count) < chance.choice([0.02, 0.5, 0.9])
    meant = np.flatnonzero(mask)
    return {
        "none": (None, np.arange(count)),
        "all": (BitMap(range(count)), np.arange(count)),
        "empty": (BitMap(), np.arange(0)),
        "empty mask": (np.zeros(count, bool), np.arange(0)),
        "one": (BitMap([count - 1]), np.array([count - 1])),
        "bitmap": (BitMap(meant), meant),
        "mask": (mask, meant),
        "numbers": (np.concatenate([meant, meant])[::-1], meant),
    }[kind]


FILTERS = ["none", "all", "empty", "empty mask", "one", "bitmap", "mask", "numbers"]


@settings(max_examples=40, deadline=None)
@given(
    data=st.data(),
    kind=st.sampled_from(FILTERS),
    k=st.sampled_from([0, 1, 2, 5, 20, 100]),
    best=st.integers(1, 4),
    whole=st.booleans(),
    piece=st.sampled_from([1 << 24, 17]),
    seed=st.integers(0, 99),
)
def test_the_answer_is_that_of_comparing_everybody(any_people, data, kind, k, best, whole, piece, seed):
    people = data.draw(any_people)
    rows, meant = some_rows(people.count, kind, seed)
    index = VectorIndex.build(people.vectors, offsets=people.offsets, best=best)
    gpu = GpuIndex(index, device="cpu", vectors=whole, piece=piece)
    query = np.random.default_rng(seed).standard_normal(index.width).astype(np.float32)
    expected = people.best(query, meant.tolist(), k, best)
    hits = gpu.search(query, k=k, rows=rows, method="int8")
    assert hits.rows.tolist() == [row for row, _ in expected]
    # the oracle adds in another order: its last float64 bit may round the other way
    np.testing.assert_allclose(hits.scores, [score for _, score in expected], rtol=2e-7, atol=1e-30)
    assert hits.plan.passing == len(meant)
    assert hits.plan.certain


@pytest.mark.parametrize("several", [False, True])
@pytest.mark.parametrize("whole", [False, True])
@pytest.mark.parametrize("kind", ["few different", "long and short", "one outlier"])
def test_many_members_and_queries_give_the_bits_of_the_cpu_index(make_people, several, whole, kind):
    people = make_people(kind, count=1000, width=33, several=several, seed=3)
    index = VectorIndex.build(people.vectors, offsets=people.offsets, best=3, ids=np.arange(people.count) + 7)
    gpu = GpuIndex(index, device="cpu", vectors=whole, piece=400)
    queries = np.random.default_rng(4).standard_normal((3, 33)).astype(np.float32)
    for rows in (None, BitMap(range(0, people.count, 2)), np.arange(800, 900)):
        expected = [index.search(query, k=50, rows=rows, method="int8") for query in queries]
        for hits, other in zip(gpu.search_batch(queries, k=50, rows=rows, method="int8"), expected, strict=True):
            assert hits.rows.tolist() == other.rows.tolist()
            assert hits.ids.tolist() == other.ids.tolist()
            assert hits.scores.tobytes() == other.scores.tobytes()


@pytest.mark.parametrize("several", [False, True])
@pytest.mark.parametrize("whole", [False, True])
def test_vectors_that_bytes_do_not_hold_are_not_lost(make_people, several, whole):
    people = make_people("random", count=600, width=20, several=several, seed=6)
    people.vectors[::9] *= 6
    index = VectorIndex.build(people.vectors, offsets=people.offsets, best=2)
    # as if the sample that made the scale had met none of the long ones
    scale, codes = 4 * index.codes.int8.scale, np.empty_like(index.codes.int8.codes)
    part = encode_int8(people.vectors @ index.codes.rotation, scale=scale, out=codes, first=0)
    assert 10 < len(part.outliers) < len(people.vectors) / 2
    index.codes = replace(index.codes, int8=Int8Codes(codes=codes, width=20, scale=scale, **vars(part)))
    gpu = GpuIndex(index, device="cpu", vectors=whole, piece=200)
    for query in np.random.default_rng(1).standard_normal((4, 20)).astype(np.float32):
        for rows in (None, np.arange(0, people.count, 2)):
            meant = list(range(people.count)) if rows is None else rows.tolist()
            for k in (3, 100):
                expected = people.best(query, meant, k, 2)
                assert gpu.search(query, k=k, rows=rows, method="int8").rows.tolist() == [row for row, _ in expected]


def test_it_reads_few_vectors_and_says_what_it_did(make_people):
    chance = np.random.default_rng(0)
    vectors = chance.standard_normal((12_000, 96)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    gpu = GpuIndex(VectorIndex.build(vectors), device="cpu")
    query = chance.standard_normal(96).astype(np.float32)
    hits = gpu.search(query, k=20, rows=np.arange(12_000) % 2 == 0)
    read = {stage.precision: 0 for stage in hits.plan.stages}
    for stage in hits.plan.stages:
        read[stage.precision] += stage.vectors
    assert 6_000 < read["int8"] < 9_000  # everybody who passes, and a sample of them
    assert 20 <= read["float32"] < 1_000
    assert hits.plan.method == "int8 by torch on cpu"
    assert gpu.explain(k=20).method == "int8 by torch on cpu"
    few = gpu.search(query, k=20, rows=np.arange(100))
    assert few.plan.method == "float32"
    assert [stage.vectors for stage in few.plan.stages] == [100]


def test_a_filter_can_be_prepared_once(make_people):
    people = make_people("random", count=300, width=8, several=True, seed=1)
    gpu = GpuIndex(VectorIndex.build(people.vectors, offsets=people.offsets), device="cpu")
    rows = BitMap(range(50, 250))
    ready = gpu.passing(rows)
    assert ready.passing == 200
    for query in np.eye(8, dtype=np.float32):
        again = gpu.search(query, k=9, rows=ready, method="int8")
        assert again.rows.tolist() == gpu.search(query, k=9, rows=rows, method="int8").rows.tolist()


def test_another_best_than_that_of_the_index(make_people):
    people = make_people("random", count=200, width=8, several=True, seed=2)
    index = VectorIndex.build(people.vectors, offsets=people.offsets, best=1)
    query = np.ones(8, np.float32)
    hits = GpuIndex(index, device="cpu").search(query, k=10, best=3, method="int8")
    assert hits.rows.tolist() == index.search(query, k=10, best=3).rows.tolist()
    assert hits.rows.tolist() != index.search(query, k=10).rows.tolist()


def test_what_is_wrong_is_refused(make_people):
    vectors = make_people("random", count=20, width=4, several=False, seed=0).vectors
    index = VectorIndex.build(vectors)
    gpu = GpuIndex(index, device="cpu")
    engine: VectorEngine = gpu
    right = np.ones(4, np.float32)
    for call, message in (
        (lambda: engine.search(np.ones(5, np.float32), k=1), "has shape"),
        (lambda: engine.search(right * np.nan, k=1), "not finite"),
        (lambda: engine.search(right, k=-1), "k counts from 0"),
        (lambda: gpu.search(right, k=1, best=0), "best"),
        (lambda: engine.search(right, k=1, rows=BitMap([20])), "there are 20 members"),
        (lambda: engine.search(right, k=1, rows=np.ones(19, bool)), "mask has shape"),
        (lambda: gpu.search(right, k=1, method="bits"), "'int8' or 'float32'"),
        (lambda: gpu.search_batch(right, k=1), "give a table"),
        (lambda: GpuIndex(index, device="abacus"), "no device called"),
        (lambda: GpuIndex(index, device="cuda:99"), "there is no device"),
        (lambda: GpuIndex(index, device="cpu", passes="triton"), "do not run on cpu"),
    ):
        with pytest.raises(ValueError, match=message):
            call()
    assert gpu.search_batch(np.empty((0, 4), np.float32), k=1) == []

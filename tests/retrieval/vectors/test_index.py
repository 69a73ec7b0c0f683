"""`VectorIndex` says what comparing everybody says: for any data, any filter, any k, by every method."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyroaring import BitMap

from retrieval.vectors import VectorIndex
from retrieval.vectors.kernels import available, named


def filters(count: int, data: st.DataObject):
    """A filter in one of its forms, and the rows that it means."""
    kind = data.draw(st.sampled_from(["none", "empty", "one", "some", "all"]))
    if kind == "none":
        return None, list(range(count))
    chosen = {
        "empty": list,
        "one": lambda: [data.draw(st.integers(0, count - 1))],
        "some": lambda: sorted(data.draw(st.sets(st.integers(0, count - 1)))),
        "all": lambda: list(range(count)),
    }[kind]()
    form = data.draw(st.sampled_from(["bitmap", "mask", "numbers", "shuffled"]))
    if form == "bitmap":
        return BitMap(chosen), chosen
    if form == "mask":
        mask = np.zeros(count, bool)
        mask[chosen] = True
        return mask, chosen
    numbers = np.array(chosen, np.int64)
    return (numbers if form == "numbers" else np.concatenate([numbers, numbers])[::-1]), chosen


@given(data=st.data(), k=st.sampled_from([0, 1, 2, 5, 20, 100]), best=st.integers(1, 4))
def test_every_method_equals_comparing_everybody(any_people, data, k, best):
    people = data.draw(any_people)
    rows, meant = filters(people.count, data)
    width = people.vectors.shape[1]
    scan_width = data.draw(st.sampled_from([None, width, max(1, width // 2)]))
    index = VectorIndex.build(people.vectors, offsets=people.offsets, best=best, scan_width=scan_width)
    query = np.random.default_rng(data.draw(st.integers(0, 99))).standard_normal(width).astype(np.float32)
    expected = people.best(query, meant, k, best)
    for method in (None, "float32", "int8", "bits"):
        hits = index.search(query, k=k, rows=rows, method=method)
        assert hits.rows.tolist() == [row for row, _ in expected], method
        # the oracle adds in another order: its last float64 bit may round the other way
        np.testing.assert_allclose(hits.scores, [score for _, score in expected], rtol=2e-7, atol=1e-30)


@given(data=st.data())
def test_every_kernel_path_gives_the_same_bits(any_people, data):
    people = data.draw(any_people)
    rows, _ = filters(people.count, data)
    query = np.random.default_rng(1).standard_normal(people.vectors.shape[1]).astype(np.float32)
    built = VectorIndex.build(people.vectors, offsets=people.offsets)
    for method in ("float32", "int8", "bits"):
        answers = []
        for name in available():
            built.kernels = named(name)
            hits = built.search(query, k=7, rows=rows, method=method)
            answers.append((hits.rows.tolist(), hits.scores.tobytes(), hits.plan))
        assert all(answer == answers[0] for answer in answers), method


def clusters(count: int, width: int, seed: int = 0):
    """Unit vectors around centres that are the same for every seed, as embeddings lie; the first numbers say most."""
    fading = 1 / np.sqrt(1 + np.arange(width) / 4)
    centres = np.random.default_rng(12).standard_normal((300, width)) * fading
    chance = np.random.default_rng(seed)
    vectors = centres[chance.integers(0, 300, count)] + chance.standard_normal((count, width)) * fading * 0.6
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


@pytest.mark.parametrize("several", [False, True])
@pytest.mark.parametrize("scan_width", [64, 32])
def test_nobody_of_the_true_best_is_lost_where_bits_must_choose(several, scan_width):
    # enough members that most are dropped by their bits alone
    vectors = clusters(40_000, 64)
    offsets = np.arange(0, 40_001, 4).astype(np.int64) if several else None
    index = VectorIndex.build(vectors, offsets=offsets, best=3, scan_width=scan_width)
    chance = np.random.default_rng(5)
    found, wanted, read = 0, 0, 0
    for query in clusters(20, 64, seed=9):
        rows = np.flatnonzero(chance.random(index.count) < 0.5)
        truth = index.search(query, k=20, rows=rows, method="float32")
        hits = index.search(query, k=20, rows=rows, method="bits")
        assert len(hits) == 20
        found += len(np.intersect1d(hits.rows, truth.rows))
        wanted += 20
        read += sum(stage.vectors for stage in hits.plan.stages if stage.precision != "bits")
        np.testing.assert_array_equal(truth.rows, index.search(query, k=20, rows=rows, method="int8").rows)
    assert found >= 0.995 * wanted
    assert read < 0.7 * 20 * 20_000  # else this would prove nothing of bits


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("several", [False, True])
@pytest.mark.parametrize("share", [1.0, 0.6])
def test_a_batch_answers_as_one_by_one(threads, several, share):
    vectors = clusters(120_000, 32)
    vectors[17] *= 50  # does not fit a byte
    offsets = np.arange(0, 120_001, 3).astype(np.int64) if several else None
    index = VectorIndex.build(vectors, offsets=offsets, best=2)
    rows = None if share == 1 else np.flatnonzero(np.random.default_rng(0).random(index.count) < share)
    queries = clusters(9, 32, seed=4)
    together = index.search_batch(queries, k=30, rows=rows, threads=threads)
    for query, hits in zip(queries, together, strict=True):
        alone = index.search(query, k=30, rows=rows, method="float32", threads=threads)
        assert hits.rows.tolist() == alone.rows.tolist()
        assert hits.scores.tobytes() == alone.scores.tobytes()
        assert hits.plan.stages[-1].vectors < 5_000


def test_ids_are_what_members_are_called():
    names = np.array([7, -3, 1 << 60], np.int64)
    index = VectorIndex.build(np.eye(3, dtype=np.float32), ids=names)
    assert index.search(np.array([0, 0, 1], np.float32), k=1).ids.tolist() == [1 << 60]


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_numbers_that_are_not_finite_are_refused(bad):
    vectors = np.ones((5, 4), np.float32)
    vectors[3, 2] = bad
    with pytest.raises(ValueError, match="vector 3 has numbers that are not finite"):
        VectorIndex.build(vectors)
    index = VectorIndex.build(np.ones((5, 4), np.float32))
    with pytest.raises(ValueError, match="the query has numbers that are not finite"):
        index.search(vectors[3], k=1)


def test_numbers_too_large_to_be_squared_are_refused():
    with pytest.raises(ValueError, match="vector 0 has numbers larger than 1e\\+15"):
        VectorIndex.build(np.full((4, 2), 3e38, np.float32))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"query": np.ones(3, np.float32)}, "shape (3,), the index holds vectors of width 4"),
        ({"k": -1}, "k counts from 0"),
        ({"best": 0}, "count from 1"),
        ({"threads": 0}, "count from 1"),
        ({"rows": np.array([5])}, "names row 5, there are 5"),
        ({"rows": np.array([-1])}, "rows count from 0"),
        ({"rows": np.ones(4, bool)}, "one bool a member"),
        ({"rows": np.ones(2)}, "give a BitMap"),
        ({"method": "magic"}, "no method 'magic'"),
    ],
)
def test_what_cannot_be_searched_is_said(arguments, said):
    index = VectorIndex.build(np.ones((5, 4), np.float32))
    with pytest.raises(ValueError, match=said.replace("(", r"\(").replace(")", r"\)")):
        index.search(**{"query": np.ones(4, np.float32), "k": 1, **arguments})


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"vectors": np.ones(4, np.float32)}, "give a table"),
        ({"vectors": np.ones((5, 4), np.int64)}, "give float32"),
        ({"offsets": np.array([0, 3])}, "must rise from 0 to the number of vectors"),
        ({"offsets": np.array([0, 4, 3, 5])}, "must rise"),
        ({"ids": np.array([1, 2])}, "one whole number for each of 5"),
        ({"ids": np.array([1, 2, 3, 4, 4])}, "the same id"),
        ({"scan_width": 5}, "the vectors have 4"),
        ({"best": 0}, "best counts from 1"),
    ],
)
def test_what_cannot_be_built_is_said(arguments, said):
    with pytest.raises(ValueError, match=said):
        VectorIndex.build(**{"vectors": np.ones((5, 4), np.float32), **arguments})


def test_the_plan_says_what_was_done():
    index = VectorIndex.build(clusters(5_000, 16))
    before = index.explain(k=5, rows=np.arange(1000))
    hits = index.search(clusters(1, 16)[0], k=5, rows=np.arange(1000))
    assert before.stages == ()
    assert (before.method, before.reason) == (hits.plan.method, hits.plan.reason)
    assert "1,000 of 5,000 pass (20 %)" in str(hits.plan)
    assert sum(stage.vectors for stage in hits.plan.stages) >= 1000


def test_nobody_at_all():
    index = VectorIndex.build(np.empty((0, 4), np.float32))
    assert len(index.search(np.ones(4, np.float32), k=3)) == 0
    assert index.search_batch(np.ones((2, 4), np.float32), k=3)[1].rows.tolist() == []

"""Encoding in chunks: the index is the same however the rows were divided and in whatever order the parts come."""

from __future__ import annotations

import pickle

import faiss
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.vectors.ivf import Altered, IvfPqModel, Part, encode, merge, train
from retrieval.vectors.ivf.nearest import nearest


@pytest.fixture(scope="module")
def model(population):
    return train(population[:2000], lists=32, pieces=8)


@pytest.fixture(scope="module")
def several(make_embeddings):
    """Members of 0 to 4 vectors, ids in no order."""
    chance = np.random.default_rng(5)
    counts = chance.integers(0, 5, 300)
    ids = chance.choice(10_000, 300, replace=False).astype(np.int64)
    owners = np.repeat(np.arange(300), counts)
    positions = np.concatenate([np.arange(count) for count in counts]).astype(np.int32)
    return make_embeddings(int(counts.sum()), seed=9), ids, owners, positions


def as_bytes(index, path):
    index.file.write(path)
    return path.read_bytes() + index.file.lists.tobytes() + index.ids.tobytes() + (index.members.offsets.tobytes())


@given(data=st.data())
@settings(deadline=None, max_examples=25)
def test_any_division_in_any_order_merges_into_the_same_index(model, several, tmp_path_factory, data):
    vectors, ids, owners, positions = several
    path = tmp_path_factory.mktemp("merged") / "lists"
    whole = merge(model, [encode(model, vectors, ids=ids[owners], positions=positions)], ids=ids)
    order = np.random.default_rng(data.draw(st.integers(0, 99))).permutation(len(vectors))
    cuts = sorted(data.draw(st.sets(st.integers(1, len(vectors) - 1), max_size=6)))
    parts = [
        encode(model, vectors[some], ids=ids[owners[some]], positions=positions[some]) for some in np.split(order, cuts)
    ]
    merged = merge(model, data.draw(st.permutations(parts)), ids=ids)
    assert as_bytes(merged, path) == as_bytes(whole, path)


def test_an_entry_is_what_faiss_itself_would_have_added(model, population):
    part = encode(model, population[:500], ids=np.arange(500))
    index = merge(model, [part]).file.index
    quantizer = faiss.IndexFlatL2(32)
    quantizer.add(model.centroids)
    theirs = faiss.IndexIVFPQ(quantizer, 32, model.lists, 8, 8)
    faiss.copy_array_to_vector(model.codebooks.ravel(), theirs.pq.centroids)
    theirs.is_trained = True
    theirs.add(population[:500])
    for number in range(model.lists):
        size = theirs.invlists.list_size(number)
        assert index.invlists.list_size(number) == size
        if not size:
            continue
        for lists in (theirs.invlists, index.invlists):
            numbers = faiss.rev_swig_ptr(lists.get_ids(number), size)
            codes = faiss.rev_swig_ptr(lists.get_codes(number), size * 8).reshape(size, 8)
            assert (codes == part.codes[numbers]).all()


def test_rows_follow_the_ids_where_no_order_is_given(model, population):
    ids = np.array([40, 10, 30, 20])
    index = merge(model, [encode(model, population[:4], ids=ids)])
    assert index.ids.tolist() == [10, 20, 30, 40]
    assert index.file.lists.tolist() == nearest(model.centroids, population[[1, 3, 2, 0]])[0].tolist()


def test_codes_decode_to_something_near(model, population):
    part = encode(model, population, ids=np.arange(len(population)))
    apart = np.linalg.norm(model.decode(part.lists, part.codes) - population, axis=1)
    assert apart.mean() < 0.6 * np.linalg.norm(model.centroids[part.lists] - population, axis=1).mean()


def test_the_model_and_a_part_travel(model, population):
    there = IvfPqModel.from_bytes(model.to_bytes())
    assert there.id == model.id
    assert pickle.loads(pickle.dumps(model)).id == model.id
    here, far = (
        encode(each, population[:99], ids=np.arange(99)) for each in (model, pickle.loads(pickle.dumps(there)))
    )
    back = Part.from_bytes(far.to_bytes())
    for name in ("ids", "positions", "lists", "codes"):
        assert getattr(back, name).tobytes() == getattr(here, name).tobytes()
    assert far.to_bytes() == here.to_bytes()
    assert len(model.to_bytes()) < 4 * (model.lists * 32 + 256 * 32) + 4096


def test_training_repeats_by_seed(population):
    some = population[:1000]
    assert train(some, lists=16, seed=1).id == train(some, lists=16, seed=1).id
    assert train(some, lists=16, seed=1).id != train(some, lists=16, seed=2).id


def test_an_altered_part_is_refused(model, population):
    content = encode(model, population[:20], ids=np.arange(20)).to_bytes()
    for place in np.linspace(0, len(content) - 1, 200).astype(int):
        altered = bytearray(content)
        altered[place] ^= 1 << (place % 8)
        with pytest.raises(Altered, match="was altered or cut short"):
            Part.from_bytes(bytes(altered))


def test_a_truncated_part_is_refused(model, population):
    content = encode(model, population[:20], ids=np.arange(20)).to_bytes()
    for size in (0, 10, len(content) // 2, len(content) - 1):
        with pytest.raises(Altered, match="make it again"):
            Part.from_bytes(content[:size])
    with pytest.raises(Altered, match="no part of an IVFPQ index"):
        Part.from_bytes(model.to_bytes())
    with pytest.raises(Altered, match="no IVFPQ model"):
        IvfPqModel.from_bytes(content)


def test_what_cannot_be_encoded(model, population):
    bad = population[:5].copy()
    bad[3, 7] = np.nan
    with pytest.raises(ValueError, match=r"vector 3 \(of member 13\) has numbers that are not finite"):
        encode(model, bad, ids=np.arange(10, 15))
    with pytest.raises(ValueError, match=r"shape \(5, 8\), the model was trained on width 32"):
        encode(model, population[:5, :8], ids=np.arange(5))
    with pytest.raises(ValueError, match="give one each"):
        encode(model, population[:5], ids=np.arange(4))
    with pytest.raises(ValueError, match="not finite"):
        train(bad, lists=2)
    with pytest.raises(ValueError, match="give 3 to 32"):
        train(population[:50], lists=2, pieces=2)
    with pytest.raises(ValueError, match="at least one of them"):
        train(population[:0], lists=2)


def test_what_cannot_be_merged(model, population):
    part = encode(model, population[:5], ids=np.arange(5))
    with pytest.raises(ValueError, match="vector 0 of member 0 comes twice"):
        merge(model, [part, part])
    with pytest.raises(ValueError, match="not by"):
        merge(train(population[:200], lists=4), [part])
    with pytest.raises(ValueError, match="member 4, who is not among"):
        merge(model, [part], ids=np.arange(4))
    with pytest.raises(ValueError, match="same id"):
        merge(model, [part], ids=np.zeros(5, np.int64))


def test_parts_of_nothing(model):
    nothing = encode(model, np.empty((0, 32), np.float32), ids=np.empty(0, np.int64))
    for parts in ([], [nothing]):
        index = merge(model, parts)
        assert index.count == 0
        assert len(index.search(np.ones(32, np.float32), k=3)) == 0
    assert merge(model, [nothing], ids=np.arange(4)).count == 4

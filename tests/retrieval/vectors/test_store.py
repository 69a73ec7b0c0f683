"""An index with changes is the index of what there is after them, and whoever reads sees one version whole."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyroaring import BitMap

from retrieval.vectors import Changes, DamagedFile, OverlaidIndex, VectorIndex, VectorStore

WIDTH = 6


def changes(added: dict[int, np.ndarray], removed: set[int]) -> Changes:
    sizes = [len(vectors) for vectors in added.values()]
    return Changes(
        ids=np.array(list(added), np.int64),
        vectors=np.concatenate([*added.values(), np.empty((0, WIDTH), np.float32)]),
        offsets=np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
        removed=np.array(sorted(removed), np.int64),
    )


def population(chance, ids, *, several: bool) -> dict[int, np.ndarray]:
    return {
        int(i): chance.standard_normal((chance.integers(0, 4) if several else 1, WIDTH)).astype(np.float32) for i in ids
    }


def plainly(people: dict[int, np.ndarray], query, allowed: set[int]) -> list[tuple[float, int]]:
    """Best first: the best score, and whose."""
    scored = [
        (float(max(np.float32(v.astype(np.float64) @ query) for v in vectors)), member)
        for member, vectors in people.items()
        if member in allowed and len(vectors)
    ]
    return sorted(scored, reverse=True)


@settings(deadline=None)
@given(seed=st.integers(0, 10_000), several=st.booleans(), rounds=st.integers(0, 4), folds=st.sets(st.integers(0, 3)))
def test_a_store_is_a_dictionary(seed, several, rounds, folds, tmp_path_factory):
    chance = np.random.default_rng(seed)
    people = population(chance, range(100, 120), several=several)
    start = changes(people, set())
    store = VectorStore.create(
        tmp_path_factory.mktemp("store"), start.vectors, ids=start.ids, offsets=start.offsets if several else None
    )
    for turn in range(rounds):
        added = population(chance, chance.choice(40, 4, replace=False) + 95, several=several)
        removed = {int(i) for i in chance.choice(40, 3, replace=False) + 95}
        store.change(changes(added, removed))
        people = {i: v for i, v in people.items() if i not in removed} | added
        if turn in folds:
            store.fold()
    index = store.open(verify=True)
    query = chance.standard_normal(WIDTH).astype(np.float32)
    ids = np.concatenate([index.index.ids, index.changes.ids])
    rows = BitMap(np.flatnonzero(chance.random(index.count) < 0.7).astype(np.uint32))
    for passing in (None, rows, rows & index.alive):
        allowed = {
            int(i) for i in (ids[np.asarray((index.alive if passing is None else index.alive & passing).to_array())])
        }
        hits = index.search(query, k=8, rows=passing)
        expected = plainly(people, query.astype(np.float64), allowed)[:8]
        assert hits.ids.tolist() == [member for _, member in expected]
        np.testing.assert_allclose(hits.scores, [score for score, _ in expected], rtol=2e-7)
        assert ids[hits.rows].tolist() == hits.ids.tolist()


def test_a_fold_leaves_nothing_of_who_was_removed(tmp_path):
    chance = np.random.default_rng(0)
    people = population(chance, range(50), several=False)
    start = changes(people, set())
    store = VectorStore.create(tmp_path / "store", start.vectors, ids=start.ids)
    store.change(changes({99: people[7] * 2}, {7}))
    store.change(changes({}, {99}))
    assert 7 not in store.open().search(people[7][0], k=60).ids
    store.fold()
    files = b"".join(path.read_bytes() for path in sorted((tmp_path / "store").rglob("*")) if path.is_file())
    assert people[7].tobytes() not in files
    assert (people[7] * 2).tobytes() not in files
    assert people[8].tobytes() in files


def test_readers_during_changes_see_one_version_whole(tmp_path):
    # every version holds the ids n..n+9 and, in every vector, n: a mixture would show
    def everybody(version: int) -> dict[int, np.ndarray]:
        return {version + i: np.full((1, WIDTH), version, np.float32) for i in range(10)}

    first = changes(everybody(100), set())
    store = VectorStore.create(tmp_path / "store", first.vectors, ids=first.ids)
    seen: list[tuple[set[int], set[float]]] = []
    stop = threading.Event()

    def read():
        while not stop.is_set():
            hits = store.open().search(np.full(WIDTH, 1 / WIDTH, np.float32), k=50)
            seen.append((set(hits.ids.tolist()), {round(score) for score in hits.scores.tolist()}))

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for version in range(200, 1_600, 100):
        store.change(changes(everybody(version), set(everybody(version - 100))))
        if version % 300 == 0:
            store.fold()
    stop.set()
    for reader in readers:
        reader.join()
    assert len({frozenset(ids) for ids, _ in seen}) > 1
    for ids, scores in seen:
        assert len(ids) == 10
        assert scores == {min(ids)}


def test_damaged_changes_are_refused(tmp_path):
    store = VectorStore.create(tmp_path / "store", np.eye(WIDTH, dtype=np.float32), ids=np.arange(WIDTH))
    store.change(changes({50: np.ones((1, WIDTH), np.float32)}, set()))
    (path,) = (tmp_path / "store").glob("changes-*")
    whole = path.read_bytes()
    path.write_bytes(whole[:-20] + bytes([whole[-20] ^ 255]) + whole[-19:])
    with pytest.raises(DamagedFile, match="was altered"):
        store.open()
    path.write_bytes(whole)
    (tmp_path / "store" / "current.json").write_text("{")
    with pytest.raises(DamagedFile, match=r"current\.json is damaged"):
        store.open()


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ({"ids": np.array([1, 1])}, "twice"),
        ({"ids": np.array([1])}, "1 ids for 2"),
        ({"vectors": np.full((2, WIDTH), np.nan, np.float32)}, "not finite"),
        ({"vectors": np.ones((2, WIDTH + 1), np.float32)}, "have 7 numbers, the index holds 6"),
    ],
)
def test_changes_that_make_no_sense_are_refused(tmp_path, parts, said):
    store = VectorStore.create(tmp_path / "store", np.eye(WIDTH, dtype=np.float32), ids=np.arange(WIDTH))
    good = {
        "ids": np.array([1, 2]),
        "vectors": np.ones((2, WIDTH), np.float32),
        "offsets": np.array([0, 1, 2]),
        "removed": np.empty(0, np.int64),
    }
    with pytest.raises(ValueError, match=said):
        store.change(Changes(**{**good, **parts}))
    assert store.open().count == WIDTH


def test_a_store_is_not_created_twice_nor_opened_where_there_is_none(tmp_path):
    VectorStore.create(tmp_path / "store", np.eye(2, dtype=np.float32), ids=np.arange(2))
    with pytest.raises(FileExistsError, match="is a store already"):
        VectorStore.create(tmp_path / "store", np.eye(2, dtype=np.float32), ids=np.arange(2))
    with pytest.raises(FileNotFoundError, match="there is no vector store"):
        VectorStore(tmp_path / "none").open()


def test_an_index_without_ids_has_its_rows_for_ids():
    vectors = np.eye(3, dtype=np.float32)
    index = OverlaidIndex(VectorIndex.build(vectors), Changes.none(3))
    assert index.search(vectors[2], k=1).ids.tolist() == [2]

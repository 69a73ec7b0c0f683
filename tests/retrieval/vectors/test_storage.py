"""An index on the disk is that in memory; damaged files are found, never served."""

from __future__ import annotations

import json
import shutil

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.vectors import DamagedFile, VectorIndex
from retrieval.vectors.storage import MANIFEST


@given(data=st.data(), cut=st.integers(1, 9))
def test_what_was_written_is_what_was_built(any_people, data, cut, tmp_path_factory):
    people = data.draw(any_people)
    width = people.vectors.shape[1]
    ids = np.arange(people.count)[::-1] * 10
    settings = {"offsets": people.offsets, "ids": ids, "best": 2, "scan_width": max(1, width // 2)}
    parts = [people.vectors[at : at + cut] for at in range(0, len(people.vectors), cut)]
    folder = tmp_path_factory.mktemp("index") / "people"
    written = VectorIndex.write(folder, parts, shape=people.vectors.shape, **settings)
    opened = VectorIndex.open(folder, verify=True)
    built = VectorIndex.build(people.vectors, **settings)
    query = np.random.default_rng(0).standard_normal(width).astype(np.float32)
    for method in ("float32", "int8", "bits"):
        answers = [index.search(query, k=5, method=method) for index in (written, opened, built)]
        assert len({(a.rows.tobytes(), a.ids.tobytes(), a.scores.tobytes()) for a in answers}) == 1
    shutil.rmtree(folder)


@pytest.fixture
def folder(tmp_path):
    vectors = np.random.default_rng(0).standard_normal((500, 12)).astype(np.float32)
    offsets = np.arange(0, 501, 2)
    VectorIndex.write(
        tmp_path / "people", [vectors], shape=(500, 12), offsets=offsets, ids=np.arange(250), scan_width=8
    )
    return tmp_path / "people"


def test_every_file_is_checked(folder):
    files = sorted(path for path in folder.glob("*.npy"))
    assert len(files) == 9
    for path in files:
        whole = path.read_bytes()
        path.write_bytes(whole[:-1])
        with pytest.raises(DamagedFile, match=f"{path.name} has {len(whole) - 1} bytes instead of {len(whole)}"):
            VectorIndex.open(folder)
        path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
        with pytest.raises(DamagedFile, match=f"{path.name} was altered"):
            VectorIndex.open(folder, verify=True)
        path.unlink()
        with pytest.raises(DamagedFile, match=f"{path.name} is missing"):
            VectorIndex.open(folder)
        path.write_bytes(whole)
    VectorIndex.open(folder, verify=True)


@given(data=st.data())
def test_no_manifest_whatever_it_says_gets_past_the_checks(data, tmp_path_factory):
    folder = tmp_path_factory.mktemp("index") / "people"
    VectorIndex.write(folder, [np.eye(4, dtype=np.float32)], shape=(4, 4))
    said = json.loads((folder / MANIFEST).read_bytes())
    field = data.draw(st.sampled_from(["format", "count", "vectors", "width", "scan_width", "best", "int8", "files"]))
    value = data.draw(st.none() | st.integers(-5, 1 << 40) | st.text(max_size=5) | st.lists(st.integers(), max_size=2))
    if value != said[field]:
        said[field] = value
        (folder / MANIFEST).write_text(json.dumps(said))
        try:
            index = VectorIndex.open(folder)
        except DamagedFile:
            pass
        else:  # nothing of the size of anything may have changed
            assert (index.count, index.width) == (4, 4)
            assert index.search(np.ones(4, np.float32), k=4).rows.tolist() == [0, 1, 2, 3]
    shutil.rmtree(folder)


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"format": 99}', "\xff"])
def test_a_manifest_that_is_none_is_refused(folder, text):
    (folder / MANIFEST).write_text(text, encoding="latin-1")
    with pytest.raises(DamagedFile, match=MANIFEST):
        VectorIndex.open(folder)


def test_no_index_is_said(tmp_path):
    with pytest.raises(FileNotFoundError, match="there is no vector index"):
        VectorIndex.open(tmp_path)


def test_an_index_is_never_written_over(folder):
    before = (folder / MANIFEST).read_bytes()
    with pytest.raises(FileExistsError, match="write the index into a new folder"):
        VectorIndex.write(folder, [np.eye(2, dtype=np.float32)], shape=(2, 2))
    assert (folder / MANIFEST).read_bytes() == before


@pytest.mark.parametrize("parts", [[np.ones((2, 3), np.float32)], [np.full((4, 3), np.nan, np.float32)]])
def test_nothing_is_left_of_what_failed(tmp_path, parts):
    with pytest.raises(ValueError, match=r"2 vectors came where 4|vector 0 has"):
        VectorIndex.write(tmp_path / "people", parts, shape=(4, 3))
    assert list(tmp_path.iterdir()) == []

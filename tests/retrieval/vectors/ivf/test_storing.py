"""A saved index is mapped, answers as before, and is refused when a file was altered."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from retrieval.vectors import DamagedFile
from retrieval.vectors.ivf import Probe, Recipe, build, fetch_from, load, save


@pytest.fixture(scope="module")
def folder(index, tmp_path_factory):
    folder = tmp_path_factory.mktemp("stored") / "index"
    save(index, folder)
    return folder


def test_answers_as_before_and_the_lists_are_mapped(index, population, folder):
    opened = load(folder, fetch=fetch_from(population), verify=True)
    assert type(opened.file.index.invlists).__name__ == "InvertedLists"  # not those in memory
    assert "lists.faiss" in Path("/proc/self/maps").read_text()
    assert opened.calibration == index.calibration
    mask = np.random.default_rng(0).random(6000) < 0.3
    for query in population[:10]:
        for probe in (None, Probe(lists=3), Probe(recall=0.99)):
            before = index.search(query, k=20, rows=mask, probe=probe)
            after = opened.search(query, k=20, rows=mask, probe=probe)
            assert after.rows.tolist() == before.rows.tolist()
            assert after.ids.tolist() == before.ids.tolist()
            assert after.scores.tobytes() == before.scores.tobytes()
            assert after.plan == before.plan


def test_several_vectors_a_member_are_stored(make_embeddings, tmp_path):
    offsets = np.array([0, 2, 2, 5, 9, 10])
    vectors = make_embeddings(10, seed=1)
    built = build(vectors, offsets=offsets, best=2, recipe=Recipe(lists=2))
    save(built, tmp_path / "index")
    opened = load(tmp_path / "index", fetch=fetch_from(vectors))
    assert opened.members.best == 2
    assert opened.search(vectors[0], k=5).rows.tolist() == built.search(vectors[0], k=5).rows.tolist()


def test_the_same_index_gives_the_same_bytes(index, folder, tmp_path):
    save(index, tmp_path / "again")
    for path in folder.iterdir():
        assert (tmp_path / "again" / path.name).read_bytes() == path.read_bytes()


def test_readers_keep_what_they_opened_when_the_folder_goes(index, population, folder, tmp_path):
    shutil.copytree(folder, tmp_path / "index")
    opened = load(tmp_path / "index", fetch=fetch_from(population))
    shutil.rmtree(tmp_path / "index")
    assert opened.search(population[0], k=9).rows.tolist() == index.search(population[0], k=9).rows.tolist()


NAMES = ["model.sealed", "lists.faiss", "lists.npy", "ids.npy"]
HARMS = [(name, harm) for name in (*NAMES, "ivfpq.json") for harm in ("cut", "flip", "gone")]
HARMS.remove(("ivfpq.json", "flip"))  # has no checksum of its own; the next test alters what it says


@pytest.mark.parametrize(("name", "harm"), HARMS)
def test_a_damaged_file_is_refused(folder, tmp_path, name, harm):
    shutil.copytree(folder, tmp_path / "index")
    path = tmp_path / "index" / name
    content = bytearray(path.read_bytes())
    if harm == "gone":
        path.unlink()
    else:
        content[len(content) // 2] ^= 1
        path.write_bytes(content[: len(content) // 2] if harm == "cut" else content)
    expected = FileNotFoundError if name == "ivfpq.json" and harm == "gone" else DamagedFile
    with pytest.raises(expected):
        load(tmp_path / "index", verify=True)


def test_a_manifest_that_says_otherwise_is_refused(folder, tmp_path):
    shutil.copytree(folder, tmp_path / "index")
    path = tmp_path / "index" / "ivfpq.json"
    said = json.loads(path.read_text())
    for name, value in {"format": 9, "width": 31, "count": 5, "vectors": 7, "model": "other", "best": "?"}.items():
        path.write_text(json.dumps({**said, name: value}))
        with pytest.raises(DamagedFile):
            load(tmp_path / "index")


def test_files_of_two_indexes_do_not_mix(folder, population, tmp_path):
    other = build(population[:3000], recipe=Recipe(lists=32, pieces=8))
    save(other, tmp_path / "other")
    shutil.copytree(folder, tmp_path / "index")
    shutil.copy(tmp_path / "other" / "lists.faiss", tmp_path / "index" / "lists.faiss")
    with pytest.raises(DamagedFile):
        load(tmp_path / "index")
    with pytest.raises(FileExistsError, match="write the index into a new folder"):
        save(other, tmp_path / "index")
    with pytest.raises(FileNotFoundError, match="no IVFPQ index"):
        load(tmp_path / "nowhere")

"""A snapshot opens whole or says what is wrong with it, and never shows the erased."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from offline.index_build import build
from retrieval.encoder import WEIGHTS, load_encoder
from retrieval.schema import Profile
from retrieval.serialisation import passages
from retrieval.snapshot import EncoderMismatch, Snapshot, SnapshotCorrupt, SnapshotMissing, UnknownMember


class Other:
    """An encoder by another name."""

    id = "other-encoder"
    width = 8
    levels = (8,)

    def encode(self, texts: Sequence[str], **given: object) -> NDArray[np.float32]:
        return np.tile(np.eye(1, 8, dtype=np.float32), (len(texts), 1))


@pytest.fixture
def workspace(small_workspace: Path, tmp_path: Path) -> Path:
    """A copy that may be damaged."""
    return Path(shutil.copytree(small_workspace, tmp_path / "copy"))


def folder(workspace: Path) -> Path:
    return workspace / "snapshots" / (workspace / "current").read_text().strip()


def test_profiles_come_back_equal(small_snapshot: Snapshot, small_population: list[Profile]) -> None:
    assert small_snapshot.count == len(small_population) == small_snapshot.synthetic
    for row, profile in enumerate(small_population):
        assert small_snapshot.row(profile.member_id) == row
        assert small_snapshot.member_id(row) == profile.member_id
        assert small_snapshot.profile(row) == profile


def test_passages_and_headlines_are_the_encoders(small_snapshot: Snapshot, small_population: list[Profile]) -> None:
    for row in (0, 17, 119):
        said = passages(small_population[row])
        spans, vectors = small_snapshot.vectors.passages(row)
        assert spans.tolist() == [[passage.span.start, passage.span.end] for passage in said]
        assert np.array_equal(vectors, load_encoder().encode([passage.text for passage in said], side="profile"))
        p = small_population[row]
        said = "; ".join(dict.fromkeys([str(p.headline), *(str(x.title) for x in p.positions)]))
        assert np.array_equal(small_snapshot.headline_vectors[row], load_encoder().encode([said], side="profile")[0])
    assert small_snapshot.encoder.id == small_snapshot.manifest.encoder


def test_unknown_member(small_snapshot: Snapshot) -> None:
    with pytest.raises(UnknownMember, match="there is no member 'nobody'"):
        small_snapshot.row("nobody")
    with pytest.raises(KeyError):
        small_snapshot.row("nobody")


def test_no_snapshot_says_which_command_makes_one(tmp_path: Path) -> None:
    with pytest.raises(SnapshotMissing, match=r"shortlist index SOURCE --workspace"):
        Snapshot.open(tmp_path / "nowhere")


def test_every_missing_or_cut_file_is_named(workspace: Path) -> None:
    files = [*json.loads((folder(workspace) / "manifest.json").read_text())["files"], "manifest.json"]
    assert {"vectors/vectors.npy", "profiles.arrow", "attributes.arrow", "text/meta.json"} <= set(files)
    for name in files:
        path = folder(workspace) / name
        whole = path.read_bytes()
        path.write_bytes(whole[:-1])
        with pytest.raises(SnapshotCorrupt, match=rf"{path.name}.* index the source again"):
            Snapshot.open(workspace)
        path.unlink()
        with pytest.raises(SnapshotCorrupt, match=rf"{path.name} .*missing.* index the source again"):
            Snapshot.open(workspace)
        path.write_bytes(whole)
    assert Snapshot.open(workspace, verify=True).count == 120


def test_verify_sees_what_sizes_do_not(workspace: Path) -> None:
    path = folder(workspace) / "vectors" / "vectors.npy"
    said = bytearray(path.read_bytes())
    said[-3] ^= 1
    path.write_bytes(said)
    Snapshot.open(workspace)
    with pytest.raises(SnapshotCorrupt, match=r"vectors\.npy was altered"):
        Snapshot.open(workspace, verify=True)


@pytest.mark.parametrize("said", ["", "../elsewhere", "no-such-build", ".building", "\0"])
def test_a_senseless_pointer(workspace: Path, said: str) -> None:
    (workspace / "current").write_text(said)
    with pytest.raises(SnapshotCorrupt, match="index the source again"):
        Snapshot.open(workspace)


@pytest.mark.parametrize("said", ["[]", "{}", '{"format": 99}', '{"format": 1}', "\xff"])
def test_a_senseless_manifest(workspace: Path, said: str) -> None:
    (folder(workspace) / "manifest.json").write_bytes(said.encode("latin-1"))
    with pytest.raises(SnapshotCorrupt, match="index the source again"):
        Snapshot.open(workspace)


def test_vectors_of_another_encoder_are_refused(tmp_path: Path, small_population: list[Profile]) -> None:
    build(small_population[:3], workspace=tmp_path, encoder=Other())
    with pytest.raises(EncoderMismatch, match=r"other-encoder.*index the source again"):
        Snapshot.open(tmp_path)
    assert Snapshot.open(tmp_path, encoder=Other()).encoder.id == "other-encoder"


def test_two_folders_of_weights_do_not_serve_each_others_snapshots(
    tmp_path: Path, small_population: list[Profile]
) -> None:
    """Also where they differ in nothing but what stands before a text."""
    other = Path(shutil.copytree(WEIGHTS, tmp_path / "weights"))
    told = json.loads((other / "manifest.json").read_text())
    told["templates"] = {"role": "wanted: ", "profile": "offered: "}
    (other / "manifest.json").write_text(json.dumps(told))
    encoders = [load_encoder(), load_encoder(other)]
    for name, encoder in zip("ab", encoders, strict=True):
        build(small_population[:3], workspace=tmp_path / name, encoder=encoder)
        assert Snapshot.open(tmp_path / name, encoder=encoder).manifest.encoder == encoder.id
    with pytest.raises(EncoderMismatch, match=rf"{encoders[0].id}, this installation has {encoders[1].id}"):
        Snapshot.open(tmp_path / "a", encoder=encoders[1])
    with pytest.raises(EncoderMismatch, match=rf"{encoders[1].id}.*index the source again"):
        Snapshot.open(tmp_path / "b")


def test_the_erased_are_not_alive_from_the_moment_they_are_listed(workspace: Path) -> None:
    snapshot = Snapshot.open(workspace)
    assert len(snapshot.alive) == 120
    (workspace / "tombstones.json").write_text('["m003", "m007", "never-here"]')
    assert set(range(120)) - set(snapshot.alive) == {3, 7}
    (workspace / "tombstones.json").write_text('["m003", "m007", "m119", "never-here"]')
    assert set(range(120)) - set(snapshot.alive) == {3, 7, 119}
    assert set(Snapshot.open(workspace).alive) == set(snapshot.alive)


def test_vectors_of_profiles_written_in_another_way_are_refused(workspace: Path) -> None:
    path = folder(workspace) / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"serialisation": 0}))
    with pytest.raises(EncoderMismatch, match=r"version 0 wrote them.*index the source again"):
        Snapshot.open(workspace)


@pytest.mark.parametrize("said", ["{}", "[1]", '["m003"', "\xff"])
def test_damaged_tombstones_stop_the_search(workspace: Path, said: str) -> None:
    (workspace / "tombstones.json").write_bytes(said.encode("latin-1"))
    with pytest.raises(SnapshotCorrupt, match="erased"):
        _ = Snapshot.open(workspace).alive


def test_an_open_snapshot_outlives_its_files(workspace: Path, small_population: list[Profile]) -> None:
    """Two publishes later the folder is gone; a server that opened it before goes on, lazy parts included."""
    snapshot = Snapshot.open(workspace)
    shutil.rmtree(folder(workspace))
    assert snapshot.profile(5) == small_population[5]
    assert snapshot.attributes.rows("skill", "NICU")
    assert snapshot.text.search_terms("nurse", rows=snapshot.alive, limit=3)
    query = snapshot.encoder.encode(["nurse"], side="role")[0]
    assert len(snapshot.vectors.search(query, rows=snapshot.alive, limit=3)) == 3
    assert snapshot.headline_vectors[5].any()


def test_several_threads(small_workspace: Path, small_population: list[Profile]) -> None:
    snapshot = Snapshot.open(small_workspace)
    with ThreadPoolExecutor(8) as pool:
        rows = list(pool.map(lambda p: snapshot.row(p.member_id), small_population * 3))
        assert rows == list(range(120)) * 3
        assert list(pool.map(snapshot.profile, range(120))) == small_population


def test_opening_is_quick(small_workspace: Path) -> None:
    Snapshot.open(small_workspace)
    times = []
    for _ in range(5):
        began = time.perf_counter()
        Snapshot.open(small_workspace)
        times.append(time.perf_counter() - began)
    assert min(times) < 0.1


def test_a_profile_that_rotted_on_the_disk_is_named_and_not_shown(workspace: Path) -> None:
    table = folder(workspace) / "profiles.arrow"
    damaged = table.read_bytes()
    assert b'{"member_id":' in damaged
    table.write_bytes(damaged.replace(b'{"member_id":', b'{"member_id"!'))
    with pytest.raises(SnapshotCorrupt, match=r"profile 0 .* is damaged; index the source again") as caught:
        Snapshot.open(workspace).profile(0)
    assert "member_id" not in str(caught.value)
    assert caught.value.__suppress_context__


def test_what_older_rules_took_for_addressed_is_not_trusted(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    known: list[str] = []
    monkeypatch.setattr("retrieval.snapshot.know", lambda text, spans: known.append(text))
    text = Snapshot.open(workspace).profile(0).text
    assert known == [text]
    path = folder(workspace) / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "addressed": "0" * 16}))
    assert Snapshot.open(workspace).profile(0).text == text
    assert known == [text]

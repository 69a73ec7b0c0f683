"""Publishing is one step: readers see the old snapshot or the new one, and two are kept."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from offline.index_build import build
from offline.publish import IndexBusy, indexing
from retrieval.schema import Profile
from retrieval.snapshot import Snapshot


def altered(profile: Profile, **said: object) -> Profile:
    """Not `model_copy`: that would copy the content hash too, once it was asked for."""
    return Profile.model_validate(dict(profile) | said)


def names(workspace: Path) -> set[str]:
    return {path.name for path in (workspace / "snapshots").iterdir()}


def test_the_last_two_are_kept(small_population: list[Profile], tmp_path: Path) -> None:
    ids = [build(small_population[:n], workspace=tmp_path).snapshot for n in (3, 4, 5)]
    assert names(tmp_path) == set(ids[1:])
    snapshot = Snapshot.open(tmp_path)
    assert (snapshot.id, snapshot.manifest.previous, snapshot.count) == (ids[2], ids[1], 5)


def test_what_a_killed_publish_left_is_cleared(small_population: list[Profile], tmp_path: Path) -> None:
    first = build(small_population[:3], workspace=tmp_path).snapshot
    for name in (".building", "20200101T000000-orphan"):
        (tmp_path / "snapshots" / name / "text").mkdir(parents=True)
    (tmp_path / "current.new").write_text("20200101T000000-orphan")
    second = build(small_population[:3], workspace=tmp_path).snapshot
    assert names(tmp_path) == {first, second}
    assert not (tmp_path / "current.new").exists()


def test_readers_during_publishes_see_one_version_whole(small_population: list[Profile], tmp_path: Path) -> None:
    """Every member of a version carries its number; a reader that saw two would have mixed them."""

    def version(number: int) -> list[Profile]:
        return [altered(p, headline=f"Version {number}") for p in small_population[: 3 + number % 4]]

    build(version(0), workspace=tmp_path)
    stop = threading.Event()
    seen: set[str] = set()
    wrong: list[str] = []

    def read() -> None:
        while not stop.is_set():
            try:
                snapshot = Snapshot.open(tmp_path)
                headlines = {str(snapshot.profile(row).headline) for row in range(snapshot.count)}
                titled = len(snapshot.attributes.rows("title", headlines.copy().pop()))
                if len(headlines) != 1 or not titled == snapshot.count == snapshot.text.count:
                    wrong.append(f"{headlines} {titled} {snapshot.count} {snapshot.text.count}")
                seen.update(headlines)
            except Exception as error:  # a thread's error must reach the test
                wrong.append(repr(error))

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for number in range(1, 12):
        build(version(number), workspace=tmp_path)
    stop.set()
    for reader in readers:
        reader.join()
    assert wrong == []
    assert len(seen) > 1


def test_the_lock_is_let_go_after_an_error(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), indexing(tmp_path):
        raise ZeroDivisionError
    with indexing(tmp_path), pytest.raises(IndexBusy, match="another process is indexing"), indexing(tmp_path):
        pass
    with indexing(tmp_path):
        pass

"""The population on disk: whole files, the same however they were made, with the truth kept apart."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from offline.synthetic import Truth, generate, write
from retrieval.schema import Profile


def test_profiles_come_back_as_they_were(tmp_path: Path) -> None:
    counts: list[int] = []
    written = write(tmp_path, size=25, seed=5, progress=counts.append)
    table = pq.read_table(written.profiles[0])
    people = list(generate(size=25, seed=5))
    assert [Profile.model_validate_json(row) for row in table["profile"].to_pylist()] == [p for p, _ in people]
    assert table["member_id"].to_pylist() == [p.member_id for p, _ in people]
    assert table["text"].to_pylist() == [p.text for p, _ in people]
    assert table["headline"].to_pylist() == [p.headline for p, _ in people]
    assert table["updated_at"].to_pylist() == [p.updated_at for p, _ in people]
    assert table["synthetic"].to_pylist() == [True] * 25
    assert sum(counts) == written.size == 25


def test_files_say_what_they_are(tmp_path: Path) -> None:
    written = write(tmp_path, size=3, seed=9)
    for path in (*written.profiles, *written.truth):
        said = pq.read_schema(path).metadata
        assert (said[b"synthetic"], said[b"size"], said[b"seed"]) == (b"true", b"3", b"9")
        assert said[b"generator"].startswith(b"shortlist-synthetic ")


def test_truth_is_kept_apart(tmp_path: Path) -> None:
    written = write(tmp_path, size=20, seed=5)
    truth = pq.read_table(written.truth[0])
    assert [Truth(**row) for row in truth.to_pylist()] == [known.model_copy(update={"years": y}) for (_, known), y in
            zip(generate(size=20, seed=5), truth["years"].to_pylist(), strict=True)]  # fmt: skip
    assert {path.parent.name for path in written.truth} == {"truth"}
    profiles = pq.read_table(written.profiles[0])
    hidden = set(truth.column_names) - {"member_id", "headline"}
    assert hidden.isdisjoint(profiles.column_names)
    for row, unwritten in zip(profiles["profile"].to_pylist(), truth["unwritten"].to_pylist(), strict=True):
        assert not any(f'"{skill}"' in row for skill in unwritten)
        assert "occupation" not in Profile.model_validate_json(row).model_dump()


def test_shards_and_processes_do_not_change_the_people(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = write(tmp_path / "whole", size=90, seed=4, processes=1)
    monkeypatch.setattr("offline.synthetic.parquet._SHARD", 30)
    split = write(tmp_path / "split", size=90, seed=4, processes=2)
    assert [path.name for path in split.profiles] == [f"profiles-{number:05d}.parquet" for number in range(3)]
    assert pq.read_table(list(map(str, split.profiles))).equals(pq.read_table(whole.profiles[0]))
    assert pq.read_table(list(map(str, split.truth))).equals(pq.read_table(whole.truth[0]))


def test_an_interrupt_leaves_no_half_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("offline.synthetic.parquet._BATCH", 10)

    def stop(_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write(tmp_path, size=25, seed=1, progress=stop)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_population_is_not_written_over(tmp_path: Path) -> None:
    write(tmp_path, size=1, seed=1)
    with pytest.raises(FileExistsError, match="give an empty folder"):
        write(tmp_path, size=1, seed=2)
    with pytest.raises(ValueError, match="at least one person"):
        write(tmp_path / "none", size=0, seed=1)

"""One member is one profile: copies, edits, and several records of one id."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from retrieval.ingest import Claim, Problem, read, resolve_duplicates

TEXT = "Nurse\n\nExperience\nNurse, 2010 to 2012\n"


def taken(source: Path) -> tuple[list[tuple[str, str]], list[Problem]]:
    problems: list[Problem] = []
    return [(profile.member_id, profile.text) for profile in read(source, on_problem=problems.append)], problems


def test_the_same_file_twice_is_one_profile(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    (tmp_path / "copy").mkdir()
    (tmp_path / "copy" / "b.txt").write_text(TEXT, encoding="utf-8")
    profiles, [problem] = taken(tmp_path)
    assert profiles == [("a.txt", TEXT)]
    assert (problem.file, problem.reason) == ("copy/b.txt", "it says the same as a.txt and was taken once")


def test_an_edited_file_is_an_update_of_the_same_member(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text(TEXT, encoding="utf-8")
    [before] = list(read(tmp_path))
    path.write_text(TEXT + "Skills\nTriage\n", encoding="utf-8")
    [after] = list(read(tmp_path))
    assert before.member_id == after.member_id
    assert before.content_hash != after.content_hash


def test_equal_records_of_one_id_are_one_profile_without_a_word(tmp_path: Path) -> None:
    line = json.dumps({"id": 1, "text": TEXT})
    (tmp_path / "x.jsonl").write_text(f"{line}\n{line}\n", encoding="utf-8")
    assert taken(tmp_path) == ([("1", TEXT)], [])


def test_of_different_records_the_later_wins_and_it_is_told(tmp_path: Path) -> None:
    records = [{"id": 1, "text": "old"}, {"id": 2, "text": TEXT}, {"id": 1, "text": "new"}]
    (tmp_path / "x.jsonl").write_text("\n".join(map(json.dumps, records)), encoding="utf-8")
    profiles, [problem] = taken(tmp_path)
    assert profiles == [("2", TEXT), ("1", "new")]
    assert problem.record == 3
    assert "member 1 comes more than once and differs" in problem.reason


def test_the_newer_record_wins_wherever_it_stands(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(
        json.dumps({"id": 1, "text": "new", "updated_at": "2024-05-01T00:00:00Z"}), encoding="utf-8"
    )
    (tmp_path / "b.jsonl").write_text(
        json.dumps({"id": 1, "text": "old", "updated_at": "2020-01-01"}), encoding="utf-8"
    )
    profiles, [problem] = taken(tmp_path)
    assert profiles == [("1", "new")]
    assert problem.file == "b.jsonl"


DAYS = st.one_of(st.none(), st.integers(0, 5))


@given(st.lists(st.tuples(st.sampled_from("abc"), DAYS), max_size=30))
def test_every_member_keeps_exactly_one_record(given_claims: list[tuple[str, int | None]]) -> None:
    start = datetime(2020, 1, 1, tzinfo=UTC)
    claims = [
        Claim(ordinal=n, member_id=name, updated_at=None if day is None else start + timedelta(days=day))
        for n, (name, day) in enumerate(given_claims)
    ]
    resolution = resolve_duplicates(claims)
    kept = [claim for claim in claims if claim.ordinal not in resolution.lost]
    assert sorted(claim.member_id for claim in kept) == sorted({name for name, _ in given_claims})
    names = [name for name, _ in given_claims]
    assert resolution.contested == {name for name in names if names.count(name) > 1}


@given(st.lists(st.integers(0, 9), min_size=1, max_size=20))
def test_where_all_are_dated_the_newest_is_kept_and_of_equals_the_last(days: list[int]) -> None:
    start = datetime(2020, 1, 1, tzinfo=UTC)
    claims = [Claim(ordinal=n, member_id="a", updated_at=start + timedelta(days=day)) for n, day in enumerate(days)]
    resolution = resolve_duplicates(claims)
    expected = max(range(len(days)), key=lambda n: (days[n], n))
    assert set(range(len(days))) - resolution.lost == {expected}

"""Scored pairs are read from both forms; what is wrong is named with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from offline.evaluation.agreement import PairsUnreadable, Scale, read_pairs, sampled

JOBS = '{"job_id": "j1", "tags": ["accountant", "sap"]}\n{"job_id": "j2", "text": "a nurse in Boston"}\n'
SCORES = "job_id,resume_id,rater,score\nj1,m1,1,7\nj1,m2,1,2\nj2,m1,2,4\n"


def folder(place: Path, *, jobs: str = JOBS, scores: str = SCORES) -> Path:
    place.mkdir(exist_ok=True)
    (place / "jobs.jsonl").write_text(jobs, encoding="utf-8")
    (place / "scores.csv").write_text(scores, encoding="utf-8")
    return place


def test_tags_become_a_role_and_text_is_left_to_be_understood(tmp_path: Path) -> None:
    pairs = read_pairs(folder(tmp_path / "people"))
    assert (pairs.name, str(pairs.scale)) == ("people", "1-7")
    assert pairs.texts == {"j1": "accountant, sap", "j2": "a nurse in Boston"}
    assert [title.value for title in pairs.roles["j1"].titles] == ["accountant"]
    assert set(pairs.roles) == {"j1"}
    assert pairs.cases == (("j1", "m1"), ("j1", "m2"), ("j2", "m1"))
    assert [one.rater for one in pairs.scores] == ["1", "1", "2"]


def test_two_raters_of_one_pair_are_two_scores_and_one_case(tmp_path: Path) -> None:
    pairs = read_pairs(folder(tmp_path, scores=f"{SCORES}j1,m1,3,5\n"))
    assert len(pairs.scores) == 4
    assert len(pairs.cases) == 3


def test_a_dimension_column_is_read(tmp_path: Path) -> None:
    scores = "job_id,resume_id,rater,score,dimension\nj1,m1,1,7,\nj1,m1,1,3,hard-skills\n"
    pairs = read_pairs(folder(tmp_path, scores=scores))
    assert [(one.dimension, one.score) for one in pairs.scores] == [("", 7), ("hard-skills", 3)]


def test_a_judged_folder_is_a_set_of_grades(tmp_path: Path) -> None:
    (tmp_path / "queries.jsonl").write_text('{"qid": "q1", "text": "a nurse"}\n', encoding="utf-8")
    (tmp_path / "qrels.txt").write_text("q1 0 m1 4\nq1 0 m2 0\n", encoding="utf-8")
    for path in (tmp_path, tmp_path / "qrels.txt"):
        pairs = read_pairs(path)
        assert str(pairs.scale) == "0-4"
        assert {(one.qid, one.member_id, one.score) for one in pairs.scores} == {("q1", "m1", 4), ("q1", "m2", 0)}


def test_a_score_file_may_stand_beside_requests(tmp_path: Path) -> None:
    (tmp_path / "queries.jsonl").write_text('{"qid": "q1", "text": "a nurse"}\n', encoding="utf-8")
    (tmp_path / "own.csv").write_text("qid,member_id,grade\nq1,m1,80\n", encoding="utf-8")
    pairs = read_pairs(tmp_path / "own.csv", scale=Scale.parse("0-100"))
    assert (pairs.name, pairs.scores[0].score, pairs.texts["q1"]) == ("own", 80, "a nurse")


@pytest.mark.parametrize(
    ("jobs", "scores", "message"),
    [
        (JOBS, "job_id,resume_id,score\nj9,m1,3\n", "line 2: .* has no job j9"),
        (JOBS, "job_id,resume_id,score\nj1,m1,many\n", "line 2: 'many' is no score"),
        (JOBS, "job_id,resume_id,score\nj1,m1,8\n", "8 lies outside the scale 1-7; name the scale with --scale"),
        (JOBS, "job_id,resume_id,score\nj1,m1,8.5\n", "outside"),
        (JOBS, "job_id,resume_id\nj1,m1\n", "no column score or grade"),
        (JOBS, "job_id,resume_id,score\n", "holds no scores"),
        (JOBS, "job_id,resume_id,score\nj1,m1,3\nj1,m1,4\n", "line 3: this rater gave j1 m1 3 before"),
        ('{"job_id": "j1"}\n', SCORES, "line 1: .*needs a text or tags"),
        ("nothing\n", SCORES, "line 1"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, jobs: str, scores: str, message: str) -> None:
    with pytest.raises(PairsUnreadable, match=message):
        read_pairs(folder(tmp_path, jobs=jobs, scores=scores))


def test_what_is_not_there_or_no_set_says_what_is_expected(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("x", encoding="utf-8")
    with pytest.raises(PairsUnreadable, match=r"queries\.jsonl and qrels\.txt, one with jobs\.jsonl"):
        read_pairs(tmp_path / "notes.txt")
    with pytest.raises(PairsUnreadable, match=r"nosuch\.csv is not there"):
        read_pairs(tmp_path / "nosuch.csv")


def test_a_sample_keeps_whole_requests(tmp_path: Path) -> None:
    pairs = read_pairs(folder(tmp_path))
    one = sampled(pairs, 1, seed=1)
    (qid,) = one.texts
    assert one.scores == tuple(score for score in pairs.scores if score.qid == qid)
    assert sampled(pairs, 1, seed=1) == one
    assert sampled(pairs, 5) is pairs


def test_the_scores_of_hr_users_are_read_whole(shared_data: Path) -> None:
    pairs = read_pairs(shared_data / "human_scores")
    assert (len(pairs.scores), len(pairs.texts), len(pairs.roles)) == (223, 24, 24)
    assert all(1 <= one.score <= 7 for one in pairs.scores)
    assert sum(bool(role.titles) for role in pairs.roles.values()) >= 18

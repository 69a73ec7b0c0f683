"""Judged folders and run files: what is written comes back, and what is wrong is named with its line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from offline.evaluation import JudgedUnreadable, read_judged, read_run, write_runs

QUERIES = '{"qid": "q1", "text": "a nurse"}\n{"qid": "q2", "text": "a cook"}\n'
QRELS = "q1 0 m1 4\nq1 0 m2 0\n"


def folder(place: Path, queries: str = QUERIES, qrels: str = QRELS) -> Path:
    place.mkdir(exist_ok=True)
    (place / "queries.jsonl").write_text(queries, encoding="utf-8")
    (place / "qrels.txt").write_text(qrels, encoding="utf-8")
    return place


def test_requests_without_judgements_are_set_aside(tmp_path: Path) -> None:
    judged = read_judged(folder(tmp_path))
    assert [request.qid for request in judged.requests] == ["q1"]
    assert judged.skipped == ("q2",)
    assert judged.grades == {"q1": {"m1": 4, "m2": 0}}
    assert judged.members == {"m1", "m2"}


@pytest.mark.parametrize(
    ("queries", "qrels", "message"),
    [
        ("", QRELS, "holds no request"),
        ("not json\n", QRELS, "queries.jsonl, line 1"),
        ('{"qid": "q1"}\n', QRELS, "line 1: text: Field required"),
        (QUERIES + '{"qid": "q1", "text": "again"}\n', QRELS, "line 3: request q1 stands twice"),
        (QUERIES, "q1 0 m1\n", "qrels.txt, line 1"),
        (QUERIES, "q1 0 m1 4\nq1 0 m1 good\n", "line 2: expected"),
        (QUERIES, "q1 0 m1 5\n", "from 0 to 4"),
        (QUERIES, "q1 0 m1 -1\n", "from 0 to 4"),
        (QUERIES, "q1 0 m1 3\nq1 0 m1 2\n", "graded 3 before"),
        (QUERIES, "q9 0 m1 3\n", "do the ids agree"),
        (QUERIES, "", "judges none"),
    ],
)
def test_a_bad_folder_names_the_line_and_the_fix(tmp_path: Path, queries: str, qrels: str, message: str) -> None:
    with pytest.raises(JudgedUnreadable, match=message):
        read_judged(folder(tmp_path, queries, qrels))


def test_a_missing_file_says_what_the_folder_should_hold(tmp_path: Path) -> None:
    with pytest.raises(JudgedUnreadable, match=r"no queries\.jsonl"):
        read_judged(tmp_path)


def test_text_that_is_not_utf8_is_said(tmp_path: Path) -> None:
    folder(tmp_path)
    (tmp_path / "qrels.txt").write_bytes(b"q1 0 m\xff 3\n")
    with pytest.raises(JudgedUnreadable, match="UTF-8"):
        read_judged(tmp_path)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    run=st.dictionaries(
        st.from_regex(r"[a-z0-9]{1,8}", fullmatch=True),
        st.lists(st.from_regex(r"[A-Za-z0-9_.-]{1,12}", fullmatch=True), unique=True, min_size=1),
    )
)
def test_a_run_comes_back_from_its_file(tmp_path: Path, run: dict[str, list[str]]) -> None:
    (path,) = write_runs(tmp_path, {"final": run})
    assert path.name == "final.run"
    assert read_run(path) == run


def test_the_development_requests_are_read_whole(shared_data: Path) -> None:
    judged = read_judged(shared_data / "judged")
    lines = (shared_data / "judged" / "queries.jsonl").read_text(encoding="utf-8").splitlines()
    assert [request.qid for request in judged.requests] == [json.loads(line)["qid"] for line in lines]
    assert sum(len(members) for members in judged.grades.values()) == sum(
        bool(line.strip()) for line in (shared_data / "judged" / "qrels.txt").read_text().splitlines()
    )

"""Tasks are read as their files say, and what cannot be read says where."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from training.muse.data.splits import held_out
from training.muse.evaluation.sources import activities, folder_task, titles
from training.muse.evaluation.task import TaskUnreadable


def own(folder: Path, **files: str) -> Path:
    usual = {
        "queries.tsv": "q1\twelder\nq2\tnurse\nq3\tnobody judged\n",
        "corpus.tsv": 'a\tWelds "pipes"\nb\tIn the ICU\n',
    }
    for name, text in (usual | {"qrels": "q1 0 a 2\nq2 0 b 1\nq9 0 a 1\n"} | files).items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_a_folder_of_trec_files(tmp_path: Path) -> None:
    task = folder_task(own(tmp_path))
    assert task.queries == {"q1": "welder", "q2": "nurse"}
    assert task.documents == {"a": 'Welds "pipes"', "b": "In the ICU"}
    assert task.qrels == {"q1": {"a": 2}, "q2": {"b": 1}}


def test_json_lines_and_gzip_are_read_too(tmp_path: Path) -> None:
    (tmp_path / "queries.jsonl").write_text('{"qid": "q1", "text": "welder"}\n')
    with gzip.open(tmp_path / "corpus.jsonl.gz", "wt") as file:
        file.write('{"_id": 7, "title": "Pipes", "text": "welded"}\n')
    (tmp_path / "qrels.txt").write_text("q1 0 7 1\n")
    assert folder_task(tmp_path).documents == {"7": "Pipes welded"}


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"queries.tsv": "q1 welder\n"}, r"queries\.tsv, line 1: expected an id, a tab"),
        ({"qrels": "q1 0 a\n"}, r"qrels, line 1: expected `query 0 document grade`"),
        ({"qrels": "q1 0 a good\n"}, "line 1"),
        ({"corpus.tsv": "a\tx\na\ty\n"}, "line 2: a stands twice"),
        ({"qrels": "q7 0 a 1\n"}, "do the ids agree"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, files: dict[str, str], said: str) -> None:
    with pytest.raises(TaskUnreadable, match=said):
        folder_task(own(tmp_path, **files))


def test_a_folder_that_is_none_says_what_it_should_hold(tmp_path: Path) -> None:
    with pytest.raises(TaskUnreadable, match=r"holds queries\.tsv and corpus\.tsv"):
        folder_task(tmp_path)


def test_only_held_out_activities_are_asked_against_all_tasks(shared_data: Path) -> None:
    task = activities(shared_data / "onet")
    assert all(held_out(activity) for activity in task.queries)
    assert set(task.queries) == set(task.qrels)
    assert len(task.documents) == 19_265
    assert 0.18 < len(task.queries) / 1_477 < 0.23


def test_titles_are_the_official_ones(shared_data: Path) -> None:
    task = titles(shared_data / "titles")
    assert (len(task.queries), len(task.documents)) == (105, 2_619)
    assert sum(map(len, task.qrels.values())) == 2_420
    assert task.headline == "ap"

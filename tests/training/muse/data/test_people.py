"""Lists of people hold ids, grades and the passages that speak for them best."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from offline.evaluation import JudgedUnreadable
from offline.index_build import build
from offline.publish import bury
from retrieval.schema import Profile
from retrieval.snapshot import Snapshot
from retrieval.strategies.semantic import request_vector
from training.labels import LabelStore
from training.muse.data.people import best_passages, judged, roles
from training.muse.data.unseen import Unseen
from training.muse.lists import WHOLE


@pytest.fixture(scope="module")
def long_workspace(small_population: list[Profile], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve people who have done all that others have too, and one of whom nothing is said."""
    workspace = tmp_path_factory.mktemp("long")
    everything = " ".join(person.text for person in small_population[:24])
    people = [
        person.model_copy(update={"text": person.text + everything[7 * number :]})
        for number, person in enumerate(small_population[:12])
    ]
    build([*people, Profile(member_id="silent", text="")], workspace=workspace)
    return workspace


@pytest.fixture(scope="module")
def snapshot(long_workspace: Path) -> Snapshot:
    return Snapshot.open(long_workspace)


def folder(path: Path, grades: dict[str, dict[str, int]]) -> Path:
    path.mkdir(exist_ok=True)
    lines = [f'{{"qid": "{qid}", "text": "somebody to {qid} things"}}\n' for qid in grades]
    (path / "queries.jsonl").write_text("".join(lines))
    (path / "qrels.txt").write_text("".join(f"{q} 0 {m} {g}\n" for q, told in grades.items() for m, g in told.items()))
    return path


@pytest.mark.parametrize("count", [1, 4, 99])
def test_the_nearest_passages_are_named_nearest_first(snapshot: Snapshot, count: int) -> None:
    query = request_vector("cooked on the line", snapshot)
    for row in range(12):
        cosines = np.asarray(snapshot.vectors.passages(row)[1]) @ query
        best = best_passages(row, query, snapshot, count)
        assert len(best) == min(count, len(cosines))
        assert list(cosines[list(best)]) == pytest.approx(sorted(cosines, reverse=True)[:count], abs=2e-6)
    assert len(cosines) > 4
    assert best_passages(snapshot.row("silent"), query, snapshot, count) == (WHOLE,)


def test_experts_grades(snapshot: Snapshot, tmp_path: Path) -> None:
    grades = {"mend": {"m000": 4, "m001": 0, "stranger": 3}, "sell": {"m002": 2}}
    made = judged(folder(tmp_path / "j", grades), Unseen(), snapshot, passages=2)
    assert [(one.qid, one.source, one.group) for one in made.lists] == [
        ("judged:mend", "judged", "request:mend"),
        ("judged:sell", "judged", "request:sell"),
    ]
    assert {each.id: each.grade for each in made.lists[0].candidates} == {"member:m000": 4, "member:m001": 0}
    assert {len(each.passages) for each in made.lists[0].candidates} == {2}
    assert made.texts == {}
    one = judged(tmp_path / "j", Unseen(["to sell somebody things"]), snapshot, passages=2)
    assert ([each.qid for each in one.lists], one.dropped) == (["judged:mend"], 1)
    with pytest.raises(JudgedUnreadable):
        judged(tmp_path, Unseen(), snapshot, passages=2)


def test_the_erased_are_in_no_list(long_workspace: Path, tmp_path: Path) -> None:
    workspace = Path(shutil.copytree(long_workspace, tmp_path / "w"))
    bury(workspace, "m000")
    grades = {"mend": {"m000": 4, "m001": 0}}
    (one,) = judged(folder(tmp_path / "j", grades), Unseen(), Snapshot.open(workspace), passages=1).lists
    assert [each.id for each in one.candidates] == ["member:m001"]


def test_a_teachers_labels(snapshot: Snapshot, label: Callable[..., Any], tmp_path: Path) -> None:
    with LabelStore(tmp_path / "a") as store:
        store.add(label("g1", "m003", 4))
        store.add(label("g1", "m004", 1))
    with LabelStore(tmp_path / "b") as store:
        store.add(label("g1", "m004", 3))  # asked again in another round: the first answer counts
        store.add(label("g2", "m005", 2))
        store.add(label("g9", "m005", 2))
    (tmp_path / "empty").mkdir()
    folders = [tmp_path / "a", tmp_path / "empty", tmp_path / "b"]
    made = roles({"g1": "a nurse", "g2": "a cook", "g3": "a clerk"}, folders, snapshot, passages=3)
    told = {one.qid: {each.id: (each.grade, each.soft) for each in one.candidates} for one in made.lists}
    soft = [tuple(0.6 if at == grade else 0.1 for at in range(5)) for grade in range(5)]
    assert told == {
        "roles:g1": {"member:m003": (4, soft[4]), "member:m004": (1, soft[1])},
        "roles:g2": {"member:m005": (2, soft[2])},
    }

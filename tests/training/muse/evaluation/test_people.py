"""People are found by the house's own strategy; the simpler views are what they say."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from offline.index_build import build
from retrieval.addressed import about
from retrieval.filters import Filter
from retrieval.schema import Context, Profile, Role
from retrieval.serialisation import passages, whole
from retrieval.snapshot import Snapshot
from retrieval.strategies.semantic import Semantic
from training.muse.data.splits import held_out_request
from training.muse.evaluation import Task, TaskUnreadable, evaluate
from training.muse.evaluation.people import People, judged_task, population, runs
from training.muse.evaluation.report import label
from training.muse.evaluation.system import System

REQUESTS = {
    "r1": "Registered Nurse who cared for newborns",
    "r2": "Senior Accountant under GAAP",
    "r3": "Teacher of mathematics",
    "r4": "Line Cook",
    "r5": "Python payments",
    "r11": "sold medical devices",
}


@pytest.fixture
def indexed(tmp_path: Path, words: Any, small_population: list[Profile]) -> tuple[Path, People]:
    workspace = tmp_path / "workspace"
    build(small_population[:40], workspace=workspace, encoder=words("made with this"))
    return workspace, population(workspace)


@pytest.fixture
def judged(tmp_path: Path) -> Path:
    folder = tmp_path / "judged"
    folder.mkdir()
    lines = [json.dumps({"qid": qid, "text": text}) for qid, text in REQUESTS.items()]
    (folder / "queries.jsonl").write_text("\n".join(lines))
    marks = [f"{qid} 0 m{number:03} {(number + at) % 5}" for at, qid in enumerate(REQUESTS) for number in range(20)]
    (folder / "qrels.txt").write_text("\n".join(marks))
    return folder


def every_run(task: Task, people: People, encoder: Any, folder: Path) -> dict[tuple[str, int], Any]:
    return {(view, level): run for view, level, run in runs(task, people, encoder, folder, progress=lambda *_: None)}


def test_semantic_is_the_strategy_over_a_snapshot_of_that_width(
    indexed: tuple[Path, People], judged: Path, tmp_path: Path, words: Any
) -> None:
    _, people = indexed
    task = judged_task("judged", judged, people)
    found = {
        (view, level): run
        for view, level, run in runs(task, people, words(), tmp_path / "made", progress=lambda *_: None)
    }
    assert {level for _, level in found} == {8, 16, 32}
    for level in (8, 32):
        only = _Only(words(), level)
        workspace = tmp_path / f"at{level}"
        build(people.profiles(), workspace=workspace, encoder=only)
        snapshot = Snapshot.open(workspace, encoder=only)
        for qid, text in task.queries.items():
            hits = (
                Semantic(snapshot)
                .retrieve(role=Role(text=text), filter=Filter(rows=snapshot.alive), context=Context(), limit=100)
                .hits
            )
            assert found["semantic", level][qid] == [hit.member_id for hit in hits]


def test_the_simple_views_are_what_they_say(
    indexed: tuple[Path, People], judged: Path, tmp_path: Path, words: Any
) -> None:
    _, people = indexed
    task = judged_task("judged", judged, people)
    found = {
        (view, level): run
        for view, level, run in runs(task, people, words(), tmp_path / "made", progress=lambda *_: None)
    }
    plain = words()
    profiles = [about(profile) for profile in people.profiles()]
    for qid, text in task.queries.items():
        query = plain.encode([text], side="role")[0]
        ones = {p.member_id: float(plain.encode([whole(p)], side="profile")[0] @ query) for p in profiles}
        cosines = {
            p.member_id: np.sort(plain.encode([each.text for each in passages(p)], side="profile") @ query)[::-1]
            for p in profiles
        }
        three = {member: float(found[:3].mean()) for member, found in cosines.items()}
        best = {member: float(found[0]) for member, found in cosines.items()}
        for view, scores in (("whole", ones), ("best", best), ("best3", three)):
            ranked = [round(scores[member], 4) for member in found[view, 32][qid]]
            assert ranked == sorted(ranked, reverse=True) or np.allclose(
                ranked, sorted(ranked, reverse=True), atol=1e-4
            )
            assert len(ranked) == len(profiles)


def test_views_stand_beside_each_other_with_their_difference(
    indexed: tuple[Path, People], judged: Path, tmp_path: Path, words: Any
) -> None:
    _, people = indexed
    task = judged_task("judged", judged, people)
    report = evaluate(
        [task], [System(name="one", open=words)], tmp_path / "out", of_people={"judged": people}, bm25=False
    )
    rows = {row.label: row for row in report.tasks[0].rows}
    assert set(rows) == {
        label("one", level, view) for level in (8, 16, 32) for view in (None, "whole", "best", "best3")
    }
    assert [each.over for each in rows["one-whole@16"].differences] == ["one@16"]


def test_people_who_are_indexed_with_the_encoder_are_not_indexed_again(
    indexed: tuple[Path, People], judged: Path, tmp_path: Path, words: Any
) -> None:
    _, people = indexed
    task = judged_task("judged", judged, people)
    same, other = words("made with this"), words("another")
    there = every_run(task, people, same, tmp_path / "same")
    assert not (tmp_path / "same").exists()
    elsewhere = People(name=people.name, profiles=people.profiles)
    assert there == every_run(task, elsewhere, same, tmp_path / "made")
    every_run(task, people, other, tmp_path / "other")
    assert (tmp_path / "other").is_dir()


def test_only_held_out_requests_of_a_training_set_are_asked(indexed: tuple[Path, People], judged: Path) -> None:
    kept = [qid for qid in REQUESTS if held_out_request(qid)]
    assert 0 < len(kept) < len(REQUESTS)
    assert list(judged_task("judged_train", judged, indexed[1], only_held_out=True).queries) == kept


def test_people_of_another_population_are_said_to_be_missing(indexed: tuple[Path, People], judged: Path) -> None:
    (judged / "qrels.txt").write_text("r1 0 stranger 4\n")
    with pytest.raises(TaskUnreadable, match="in the population"):
        judged_task("judged", judged, indexed[1])


class _Only:
    """One width of an encoder, as an encoder of its own."""

    def __init__(self, encoder: Any, width: int) -> None:
        self.id, self.width, self.levels, self._encoder = f"{encoder.id}@{width}", width, (width,), encoder

    def encode(self, texts: Any, *, side: Any, width: Any = None, progress: Any = None) -> Any:
        return self._encoder.encode(texts, side=side, width=width or self.width, progress=progress)

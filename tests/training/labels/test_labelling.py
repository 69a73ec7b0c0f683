"""A run: resumed after a kill, stopped by a budget, failures asked again, repeats past every cache."""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pydantic_ai.models.function import FunctionModel

from agents.errors import SearchError
from agents.judging import Judge
from agents.models import BudgetSpent
from offline.evaluation.agreement import role_of_tags
from retrieval.schema import Profile
from training.labels import Ask, Labelling, LabelsMissing, LabelStore, Outcome, Task, read_labels
from training.labels.labelling import ProfileGone
from training.labels.plan import Plan, PlannedRequest, repeated
from training.labels.swapping import Swapped, swapped_document

Teacher = Callable[..., FunctionModel]
ROLE = role_of_tags(["registered nurse", "triage", "epic charting"])


def plan(count: int, **shares: float) -> Plan:
    firsts = [Task(request_id="q", member_id=f"m{number:03}") for number in range(count)]
    tasks = repeated(firsts, **{"duplicates": 0.0, "swaps": 0.0, **shares})
    return Plan(requests=(PlannedRequest(request_id="q", role=ROLE),), tasks=tuple(tasks))


def run(folder: Path, planned: Plan, model: FunctionModel, people: list[Profile], **given: Any) -> Outcome:
    by_id = {one.member_id: one for one in people}

    def profile(member: str) -> Profile:
        if member not in by_id:
            raise ProfileGone("gone")
        return by_id[member]

    straight, swapped = Judge(model, audience="teacher"), Judge(Swapped(model), audience="teacher")
    with LabelStore(folder) as store:
        labelling = Labelling(
            plan=planned,
            store=store,
            judges={Ask.FIRST: straight, Ask.AGAIN: straight, Ask.SWAPPED: swapped},
            profile=profile,
            snapshot="s1",
        )
        return asyncio.run(labelling.run(**given))


def test_labels_are_what_the_teacher_said(teacher: Teacher, small_population: list[Profile], tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    model = teacher(lambda document: int(document["profile"]["member_id"][1:]) % 5)
    done = run(tmp_path, plan(10), model, small_population, progress=lambda *at: told.append(at))
    assert (done.labelled, done.left, done.failed, done.stopped) == (10, 0, 0, "")
    assert told[0] == (0, 10)
    assert told[-1] == (10, 10)
    labels = read_labels(tmp_path)
    assert {one.member_id: one.grade for one in labels} == {f"m{n:03}": n % 5 for n in range(10)}
    one = labels[3]
    assert (one.model, one.snapshot, one.prompting) == ("scripted", "s1", "full")
    assert sum(one.soft) == pytest.approx(1)
    assert [part.requirement for part in one.dimensions] == [1, 2, 3]
    said = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    for person in small_population[:10]:
        assert person.text.split("\n")[0].encode() not in said


def test_a_limit_is_gone_on_from(teacher: Teacher, small_population: list[Profile], tmp_path: Path) -> None:
    asked: list[str] = []

    def grade(document: dict[str, Any]) -> int:
        asked.append(document["profile"]["member_id"])
        return 3

    model = teacher(grade)
    assert run(tmp_path, plan(10), model, small_population, limit=4).left == 6
    assert run(tmp_path, plan(10), model, small_population).labelled == 6
    assert run(tmp_path, plan(10), model, small_population).labelled == 0
    assert sorted(asked) == [f"m{number:03}" for number in range(10)]


def test_a_failure_is_told_and_asked_again(teacher: Teacher, small_population: list[Profile], tmp_path: Path) -> None:
    well = False

    def grade(document: dict[str, Any]) -> int:
        if document["profile"]["member_id"] == "m002" and not well:
            raise SearchError("the prompt is too long")
        return 3

    model = teacher(grade)
    done = run(tmp_path, plan(5), model, small_population)
    assert (done.labelled, done.reasons, done.left, done.stopped) == (4, ("the prompt is too long",), 1, "")
    (line,) = (tmp_path / "failures.jsonl").read_text(encoding="utf-8").splitlines()
    assert json.loads(line)["member_id"] == "m002"
    well = True
    assert run(tmp_path, plan(5), model, small_population).labelled == 1
    assert (tmp_path / "failures.jsonl").read_text(encoding="utf-8") == ""


def test_a_spent_budget_ends_the_run_and_keeps_what_was_done(
    teacher: Teacher, small_population: list[Profile], tmp_path: Path
) -> None:
    left = 3

    def grade(document: dict[str, Any]) -> int:
        nonlocal left
        left -= 1
        if left < 0:
            raise BudgetSpent("the teacher may use 100 tokens a run")
        return 3

    done = run(tmp_path, plan(50), teacher(grade), small_population)
    assert (done.labelled, done.left) == (3, 47)
    assert "100 tokens" in done.stopped
    assert len(read_labels(tmp_path)) == 3


def test_a_dead_teacher_is_not_asked_for_ever(
    teacher: Teacher, small_population: list[Profile], tmp_path: Path
) -> None:
    asked = 0

    def grade(document: dict[str, Any]) -> int:
        nonlocal asked
        asked += 1
        raise SearchError("nobody answers")

    done = run(tmp_path, plan(100), teacher(grade), small_population)
    assert asked <= 12
    assert "10 pairs in a row failed, the last with: nobody answers" in done.stopped


def test_people_who_left_are_no_sign_of_a_dead_teacher(
    teacher: Teacher, small_population: list[Profile], tmp_path: Path
) -> None:
    done = run(tmp_path, plan(60), teacher(lambda document: 3), small_population[40:])
    assert (done.labelled, done.failed, done.stopped) == (20, 40, "")


def test_repeats_are_asked_anew_and_swapped_ones_in_another_order(
    teacher: Teacher, small_population: list[Profile], tmp_path: Path
) -> None:
    """A teacher who looks at what comes first is found out by the swap, and only by it."""

    def grade(document: dict[str, Any]) -> int:
        return 1 if next(iter(document)) == "profile" else 3

    done = run(tmp_path, plan(20, duplicates=0.5, swaps=0.5), teacher(grade), small_population)
    assert done.labelled == 40
    labels = read_labels(tmp_path, repeats=True)
    assert {one.grade for one in labels if one.swapped} == {1}
    assert {one.grade for one in labels if not one.swapped} == {3}
    assert sum(one.is_duplicate_of is not None and not one.swapped for one in labels) == 10


def test_a_swapped_document_says_the_same_in_another_order() -> None:
    document = {
        "job": "teacher",
        "role": {"text": "x"},
        "requirements": [{"id": 1}, {"id": 2}],
        "profile": {"text": "y"},
    }
    swapped = json.loads(swapped_document(json.dumps(document)))
    assert list(swapped) == ["profile", "requirements", "role", "job"]
    assert [one["id"] for one in swapped["requirements"]] == [2, 1]
    assert {**swapped, "requirements": document["requirements"]} == document
    assert swapped_document("Put right: the quote") == "Put right: the quote"
    assert swapped_document("[1, 2]") == "[1, 2]"


SCRIPT = """
import asyncio, sys
from pathlib import Path
from pydantic_ai.messages import ModelResponse, ToolCallPart
from pydantic_ai.models.function import FunctionModel
from agents.judging import Judge
from offline.evaluation.agreement.tag_roles import role_of_tags
from retrieval.schema import Profile
from training.labels.label import Ask, Task
from training.labels.labelling import Labelling
from training.labels.plan import Plan, PlannedRequest
from training.labels.store import LabelStore

async def answer(messages, info):
    await asyncio.sleep(0.01)
    opinion = {"dimensions": [{"requirement": 1, "grade": None}], "grade": 0, "confidence": 0.5}
    return ModelResponse(parts=[ToolCallPart(info.output_tools[0].name, opinion)])

judge = Judge(FunctionModel(answer), audience="teacher")
tasks = tuple(Task(request_id="q", member_id=f"m{n}") for n in range(300))
plan = Plan(requests=(PlannedRequest(request_id="q", role=role_of_tags(["nurse"])),), tasks=tasks)
with LabelStore(Path(sys.argv[1]), part=20) as store:
    labelling = Labelling(plan=plan, store=store, judges=dict.fromkeys(Ask, judge), snapshot=sys.argv[2],
                          profile=lambda member: Profile(member_id=member, text="A nurse."), concurrency=4)
    print(asyncio.run(labelling.run()).labelled)
"""


def test_a_run_that_was_killed_goes_on_and_loses_only_what_was_in_flight(tmp_path: Path) -> None:
    """Killed without warning (SIGKILL) in the middle of a part, then left to finish."""
    command = [sys.executable, "-c", SCRIPT, str(tmp_path)]
    running = subprocess.Popen([*command, "killed"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    deadline = time.monotonic() + 60
    while len(_there(tmp_path)) < 30:
        assert running.poll() is None, running.communicate()[1].decode()
        assert time.monotonic() < deadline
        time.sleep(0.01)
    running.send_signal(signal.SIGKILL)
    running.communicate()
    before = _there(tmp_path)
    assert 30 <= len(before) < 300
    done = subprocess.run([*command, "last"], capture_output=True, text=True, check=True)
    assert int(done.stdout) == 300 - len(before)
    after = _there(tmp_path)
    assert len(after) == 300
    assert all(after[label_id] == one for label_id, one in before.items())  # as it was, down to the time
    assert {one.snapshot for one in after.values()} == {"killed", "last"}


def _there(folder: Path) -> dict[str, Any]:
    try:
        return {one.label_id: one for one in read_labels(folder)}
    except LabelsMissing:
        return {}

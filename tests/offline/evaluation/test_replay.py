"""A replay over a small invented population: every system answers every request, and strangers are reported."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from agents.opening import open_sourcing
from agents.sourcing import Sourcing
from offline.evaluation import Judged, Request, report
from offline.evaluation.replay import replay
from offline.index_build import build
from offline.synthetic import generate


@pytest.fixture(scope="module")
def sourcing(tmp_path_factory: pytest.TempPathFactory) -> Sourcing:
    workspace = tmp_path_factory.mktemp("workspace")
    build((profile for profile, _ in generate(size=40, seed=5)), workspace=workspace)
    return open_sourcing(workspace)


def test_every_system_answers_every_request(sourcing: Sourcing) -> None:
    people = [sourcing.snapshot.member_id(row) for row in range(sourcing.snapshot.count)]
    judged = Judged(
        requests=(Request(qid="q1", text="manager with team experience"), Request(qid="q2", text="engineer")),
        grades={"q1": dict.fromkeys(people, 2), "q2": {people[0]: 4, "stranger": 3}},
    )
    heard: list[str] = []
    answer = asyncio.run(replay(sourcing, judged, limit=5, progress=heard.append))
    assert heard == ["q1", "q2"]
    assert set(answer.runs) == {*sourcing.retrievers, "blend", "ranked", "final"}
    for system, run in answer.runs.items():
        assert list(run) == ["q1", "q2"]
        assert len(answer.seconds[system]) == 2
        for members in run.values():
            assert len(set(members)) == len(members)
            assert set(members) <= set(people)
    assert all(len(members) <= 5 for members in answer.runs["final"].values())
    union = {member for name in sourcing.retrievers for member in answer.runs[name]["q1"]}
    assert set(answer.runs["blend"]["q1"]) <= union
    assert "1 of the" in answer.notes[0]
    made = report(answer.runs, judged, seconds=answer.seconds, notes=answer.notes)
    assert made.systems[-1].system == "final"
    assert all(system.latency_ms for system in made.systems)


def test_a_replay_is_repeatable(sourcing: Sourcing) -> None:
    judged = Judged(requests=(Request(qid="q1", text="nurse"),), grades={"q1": {"x": 1}})
    first, second = (asyncio.run(replay(sourcing, judged)) for _ in range(2))
    assert first.runs == second.runs


def test_opening_nothing_says_so(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="no snapshot"):
        open_sourcing(tmp_path)

"""A search that left a trajectory, made up."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from agents.reflection import AddTitle, DropCandidates
from agents.trajectory import Trajectory
from agents.trajectory.schema import (
    Changed,
    EditStep,
    FinishStep,
    JudgeStep,
    Read,
    Retrieved,
    SearchStep,
    Shown,
)
from retrieval.schema import Role


@pytest.fixture
def trajectory() -> Callable[..., Trajectory]:
    """`trajectory(run)`: two people of grade 1, an edit, then two of grade 4, two seconds a round."""

    def searched(round: int, *ranked: str) -> SearchStep:
        found = Retrieved(pass_filter=40, found={"semantic": 2}, pool=len(ranked), ranked=ranked)
        return SearchStep(round=round, milliseconds=1000, observation=found)

    def judged(round: int, **grades: int) -> JudgeStep:
        read = Read(grades=grades, marks=(), passed=sum(grade > 2 for grade in grades.values()))
        return JudgeStep(round=round, milliseconds=900, tokens=10, members=tuple(grades), observation=read)

    def make(run: str = "r1") -> Trajectory:
        edits = (
            AddTitle(title="engineer", said="also looked for engineers"),
            DropCandidates(members=("m2",), nearly_the_same="m1", said="left out 1 person"),
        )
        return Trajectory(
            run=run,
            at=datetime(2026, 1, 2, tzinfo=UTC),
            snapshot="s1",
            request="developer",
            role=Role(text="developer"),
            asked=2,
            enough=1,
            may=("add_title", "drop"),
            steps=(
                searched(1, "m1", "m2"),
                judged(1, m1=1, m2=1),
                EditStep(round=2, milliseconds=100, edits=edits, observation=Changed(pool=1)),
                searched(2, "m3", "m4", "m1"),
                judged(2, m3=4, m4=4),
                FinishStep(round=2, milliseconds=0, observation=Shown(members=("m3", "m4"))),
            ),
        )

    return make

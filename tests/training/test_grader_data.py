"""Pairs to learn from are marked and measured as they are when the grader grades."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from agents.embedded.grader import Grader
from agents.embedded.grader.features import FEATURES
from agents.embedded.marking import Marker
from agents.embedded.marks.population import SnapshotPopulation
from agents.opening import open_sourcing
from offline.evaluation import Judged, Request
from training.grader_data import Pairs, pair_up

REQUEST = Request(qid="q1", text="Registered nurse with neonatal intensive care and Epic charting")
JUDGED = Judged(requests=(REQUEST,), grades={"q1": {"m000": 4, "m001": 0, "gone": 3}})


@pytest.fixture(scope="module")
def paired(small_workspace: Path) -> tuple[Pairs, list[str]]:
    told: list[str] = []
    return pair_up(open_sourcing(small_workspace), JUDGED, progress=told.append), told


def test_judged_members_of_the_snapshot_are_paired(paired: tuple[Pairs, list[str]]) -> None:
    pairs, told = paired
    assert told == ["q1"]
    assert pairs.members.tolist() == ["m000", "m001"]
    assert pairs.grades.tolist() == [4, 0]
    assert pairs.features.shape == (2, len(FEATURES))
    assert ((pairs.caps >= 0) & (pairs.caps <= 4)).all()


@pytest.mark.anyio
async def test_features_are_those_of_serving(paired: tuple[Pairs, list[str]], small_workspace: Path) -> None:
    sourcing = open_sourcing(small_workspace)
    snapshot = sourcing.snapshot
    role = (await sourcing.understanding.understand(REQUEST.text)).role
    sheet = Marker(SnapshotPopulation(snapshot)).read(role, snapshot.profile(snapshot.row("m000")))
    np.testing.assert_array_equal(Grader(snapshot).features(sheet), paired[0].features[0])

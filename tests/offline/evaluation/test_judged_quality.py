"""How good the shortlists are, on twenty requests that an expert judged and no weights were trained on."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from agents.opening import open_sourcing
from offline.evaluation import Scores, measure, read_judged
from offline.evaluation.replay import Answer, replay
from offline.index_build import build_from

RESUMES = 2483


@pytest.fixture(scope="module")
def answer(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Answer:
    """Index all judged resumes (some minutes) and ask every request."""
    workspace = tmp_path_factory.mktemp("judged")
    built = build_from(shared_data / "resumes", workspace=workspace)
    assert built.profiles == RESUMES
    return asked(shared_data, workspace)


def asked(shared_data: Path, workspace: Path) -> Answer:
    """The twenty requests over a workspace that holds the judged resumes."""
    answer = asyncio.run(replay(open_sourcing(workspace), read_judged(shared_data / "judged")))
    assert answer.notes == ()  # everybody who was judged is there
    return answer


@pytest.fixture(scope="module")
def scores(shared_data: Path, answer: Answer) -> dict[str, Scores]:
    judged = read_judged(shared_data / "judged")
    assert len(judged.requests) == 20
    return {system: measure(run, judged) for system, run in answer.runs.items()}


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_the_final_shortlist_is_good_and_seldom_absurd(scores: dict[str, Scores]) -> None:
    assert scores["final"].mean("ndcg") > 0.70
    assert scores["final"].mean("facepalm") < 0.05
    assert scores["final"].mean("coverage") == scores["final"].mean("liquidity") == 1


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_the_strategies_hold_their_floors_and_each_step_adds(scores: dict[str, Scores]) -> None:
    assert scores["boolean"].mean("ndcg") > 0.60
    assert scores["semantic"].mean("ndcg") > 0.58
    assert scores["final"].mean("ndcg") > max(scores[name].mean("ndcg") for name in ("boolean", "semantic", "blend"))

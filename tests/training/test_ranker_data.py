"""The pools that training learns from are those that a search would rank, the judged people added."""

from __future__ import annotations

import asyncio
from pathlib import Path

import numpy as np
import pytest

from agents.opening import open_sourcing
from agents.sourcing import Sourcing
from offline.evaluation import Judged, read_judged
from ranking.features import FEATURES, matrix
from ranking.ranker import POOL
from ranking.view import View
from retrieval.filters import compile_filter
from retrieval.fusion import blend
from retrieval.schema import Candidate, Context
from training.ranker_data import Pool, gather

REQUESTS = {
    "near": "Registered nurse in Boston, charts in Epic",
    "any": "accountant who closes the books, QuickBooks and Excel",
}
GRADES = {"near": {"m000": 4, "m001": 0, "m033": 3, "m090": 2}, "any": {"m002": 4, "m008": 3, "m119": 0}}


def write(folder: Path, grades: dict[str, dict[str, int]]) -> Judged:
    lines = [f'{{"qid": "{qid}", "text": "{text}"}}\n' for qid, text in REQUESTS.items()]
    (folder / "queries.jsonl").write_text("".join(lines))
    (folder / "qrels.txt").write_text(
        "".join(f"{qid} 0 {m} {grade}\n" for qid, judged in grades.items() for m, grade in judged.items())
    )
    return read_judged(folder)


@pytest.fixture(scope="module")
def sourcing(small_workspace: Path) -> Sourcing:
    return open_sourcing(small_workspace)


@pytest.fixture(scope="module")
def heard() -> list[str]:
    return []


@pytest.fixture(scope="module")
def pools(sourcing: Sourcing, heard: list[str], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Pool]:
    judged = write(tmp_path_factory.mktemp("judged"), GRADES)
    return {pool.qid: pool for pool in gather(sourcing, judged, progress=heard.append)}


def search(sourcing: Sourcing, text: str) -> tuple[object, list[Candidate]]:
    """The first `POOL` of the blend, found step by step."""
    role = asyncio.run(sourcing.understanding.understand(text)).role
    passing = compile_filter(role, sourcing.snapshot)
    retrievals = {
        name: one.retrieve(role=role, filter=passing, context=Context(), limit=sourcing.limits.hits)
        for name, one in sourcing.retrievers.items()
    }
    return role, blend(retrievals, weights=sourcing.limits.weights, k=sourcing.limits.fusion_k)[:POOL]


def test_each_request_becomes_a_pool_of_matching_shapes(pools: dict[str, Pool], heard: list[str]) -> None:
    assert list(pools) == heard == list(REQUESTS)
    for pool in pools.values():
        assert len(set(pool.members)) == len(pool.members)
        assert pool.features.shape == (len(pool.members), len(FEATURES))
        assert pool.grades.shape == pool.found.shape == (len(pool.members),)


def test_all_judged_people_are_in_with_their_grades_and_nobody_elses(pools: dict[str, Pool]) -> None:
    for qid, pool in pools.items():
        known = {m: int(g) for m, g in zip(pool.members, pool.grades, strict=True) if not np.isnan(g)}
        assert known == GRADES[qid]


def test_found_says_whom_the_search_brings_to_the_ranker(sourcing: Sourcing, pools: dict[str, Pool]) -> None:
    for qid, pool in pools.items():
        wanted = [one.member_id for one in search(sourcing, REQUESTS[qid])[1]]
        found = [m for m, there in zip(pool.members, pool.found, strict=True) if there]
        assert found == wanted
        assert set(pool.members) == {*wanted, *GRADES[qid]}
    near = dict(zip(pools["near"].members, pools["near"].found, strict=True))
    assert not all(near.values())  # somebody judged lives elsewhere, or this test shows nothing


def test_features_are_those_of_the_pool_as_ranked(sourcing: Sourcing, pools: dict[str, Pool]) -> None:
    """Where everybody judged was found, measuring the search's own pool gives the same numbers."""
    role, found = search(sourcing, REQUESTS["near"])
    pool = pools["near"]
    known = {one.member_id for one in found}
    added = [Candidate(member_id=m, hits=(), blend=0.0) for m in sorted(GRADES["near"]) if m not in known]
    view = View.of(role=role, candidates=[*found, *added], snapshot=sourcing.snapshot)
    np.testing.assert_array_equal(pool.features, matrix(view))


def test_somebody_who_was_judged_but_is_not_there_is_left_out(sourcing: Sourcing, tmp_path: Path) -> None:
    (pool,) = gather(sourcing, write(tmp_path, {"near": {"m000": 4, "stranger": 2}}))
    assert "stranger" not in pool.members
    assert pool.grades[pool.members.index("m000")] == 4

"""Personalized: likes pull, passes push and do not come back, and without a history nothing is done."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from retrieval.filters import Filter
from retrieval.schema import Context, Feedback, Retrieval, Role
from retrieval.snapshot import Snapshot
from retrieval.strategies import personalized

Find = Callable[..., Retrieval]
ROLE = "manager of a team"


def share(answer: Retrieval, trade: int) -> float:
    """The share of the first twenty who are of a trade (0 nurse, 1 engineer, 2 accountant ...)."""
    hits = answer.hits[:20]
    return sum(int(hit.member_id[1:]) % 6 == trade for hit in hits) / len(hits)


def test_likes_pull_towards_their_trade(find: Find) -> None:
    likes = {
        trade: find(personalized.create, ROLE, feedback={"liked": [f"m{trade + 6 * i:03}" for i in range(4)]})
        for trade in (0, 5)
    }
    assert share(likes[0], 0) > share(likes[5], 0)
    assert share(likes[5], 5) > share(likes[0], 5)


def test_passes_push_away(find: Find) -> None:
    neutral = find(personalized.create, "cook or nurse", feedback={"past_roles": ["cook or nurse"]})
    pushed = find(
        personalized.create,
        "cook or nurse",
        feedback={"passed": [f"m{6 * i + 5:03}" for i in range(6)], "past_roles": ["cook or nurse"]},
    )
    assert _lead(pushed, of=5, over=0) < _lead(neutral, of=5, over=0)


def _lead(answer: Retrieval, *, of: int, over: int) -> float:
    """By how much the cosines of one trade are above those of another, people passed in neither alone."""
    scores = {hit.member_id: hit.score for hit in answer.hits}
    mean = {trade: np.mean([scores[f"m{6 * i + trade:03}"] for i in range(8, 18)]) for trade in (of, over)}
    return float(mean[of] - mean[over])


def test_the_passed_do_not_come_back_and_the_liked_may(find: Find) -> None:
    answer = find(personalized.create, ROLE, feedback={"liked": ["m000"], "passed": ["m001", "m002"]})
    found = {hit.member_id for hit in answer.hits}
    assert len(found) == 118
    assert not {"m001", "m002"} & found


def test_past_roles_alone_are_a_history(find: Find) -> None:
    answer = find(personalized.create, ROLE, feedback={"past_roles": ["pastry chef", "sous chef"]})
    other = find(personalized.create, ROLE, feedback={"past_roles": ["teacher of mathematics", "lesson planning"]})
    assert share(answer, 5) > share(other, 5)
    assert "in the light of 2 past roles" in answer.hits[0].reason


def test_no_history_costs_nothing() -> None:
    class Untouchable:
        def __getattr__(self, name: str) -> object:
            raise AssertionError(f"asked for {name}")

    retriever = personalized.create(Untouchable())  # type: ignore[arg-type]  # it must not be used
    answer = retriever.retrieve(role=Role(text=ROLE), filter=None, context=Context(), limit=5)  # type: ignore[arg-type]  # nor this
    assert answer == Retrieval(notes=(personalized.NO_HISTORY,))


def test_a_history_of_the_erased_is_no_history(find: Find) -> None:
    answer = find(personalized.create, ROLE, feedback={"liked": ["gone"], "passed": ["gone too"]})
    assert answer == Retrieval(notes=(personalized.NO_HISTORY,))


def test_follows_rocchio(small_snapshot: Snapshot) -> None:
    """The order is that of the formula, computed here from the raw vectors."""

    def one(texts: Sequence[str]) -> NDArray[np.float32]:
        return np.asarray(small_snapshot.encoder.encode(texts, side="role")[0])

    def member(name: str) -> NDArray[np.float32]:
        mean = small_snapshot.vectors.passages(small_snapshot.row(name))[1].mean(axis=0)
        return np.asarray(mean / np.linalg.norm(mean))

    query = one([ROLE]) + 0.75 * (member("m000") + member("m006")) / 2 - 0.25 * member("m011") + 0.25 * one(["pastry"])
    query /= np.linalg.norm(query)
    scores = {
        small_snapshot.member_id(row): float(
            0.5 * np.mean(sorted(small_snapshot.vectors.passages(row)[1] @ query)[-3:])
            + 0.5 * member(small_snapshot.member_id(row)) @ query
        )
        for row in small_snapshot.alive
    }
    scores.pop("m011")
    answer = personalized.create(small_snapshot).retrieve(
        role=Role(text=ROLE),
        filter=Filter(rows=small_snapshot.alive),
        context=Context(feedback=Feedback(liked=("m000", "m006"), passed=("m011",), past_roles=("pastry",))),
        limit=200,
    )
    assert {hit.member_id: hit.score for hit in answer.hits} == pytest.approx(scores, abs=1e-5)

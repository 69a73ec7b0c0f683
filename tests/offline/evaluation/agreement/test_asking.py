"""Asking: answers kept from run to run, failures that cost themselves, and an end when the model is down."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from agents.errors import SearchError
from agents.judging import Judge
from agents.models import BudgetSpent, ModelDown
from agents.models.cache import AnswerCache
from offline.evaluation.agreement import Case, ask, role_of_tags
from offline.evaluation.agreement.asking import GIVE_UP, Keeping
from retrieval.schema import Profile

Scripted = Callable[..., tuple[Judge, list[dict[str, Any]]]]


def cases(people: list[Profile], count: int) -> list[Case]:
    return [Case(qid="q", role=role_of_tags(["registered nurse", "triage"]), profile=one) for one in people[:count]]


def test_each_pair_is_asked_once_and_answers_lie_by_pair(
    scripted: Scripted, graded_opinion: Any, small_population: list[Profile]
) -> None:
    grades = {f"m{number:03}": number % 5 for number in range(9)}
    judge, asked = scripted(lambda document: graded_opinion(document, grades[document["profile"]["member_id"]]))
    told: list[int] = []
    found = asyncio.run(ask(judge, cases(small_population, 9), concurrency=3, progress=told.append))
    assert {member: one.grade for (_, member), one in found.judgements.items()} == grades
    assert len(asked) == 9
    assert told == list(range(1, 10))


def test_a_second_run_takes_the_kept_answers_with_their_cost(
    scripted: Scripted, graded_opinion: Any, small_population: list[Profile], tmp_path: Path
) -> None:
    judge, asked = scripted(graded_opinion)
    keep = Keeping(cache=AnswerCache(tmp_path / "answers.sqlite"), model=judge._model)
    first = asyncio.run(ask(judge, cases(small_population, 4), keep=keep))
    second = asyncio.run(ask(judge, cases(small_population, 6), keep=keep))
    assert len(asked) == 6
    assert (first.kept, second.kept) == (0, 4)
    for key, judgement in first.judgements.items():
        assert second.judgements[key] == judgement
        assert judgement.seconds > 0
    other = cases(small_population, 4)
    changed = [Case(qid="q", role=role_of_tags(["chef"]), profile=one.profile) for one in other]
    assert asyncio.run(ask(judge, changed, keep=keep)).kept == 0
    assert keep.cache.forget("m000") == 2
    assert asyncio.run(ask(judge, other, keep=keep)).kept == 3


def test_a_failure_costs_its_pair_and_tells_no_words_of_the_profile(
    scripted: Scripted, graded_opinion: Any, small_population: list[Profile]
) -> None:
    def reply(document: dict[str, Any]) -> dict[str, Any]:
        if document["profile"]["member_id"] == "m001":
            return {"grade": "Jane Secret"}
        if document["profile"]["member_id"] == "m002":
            raise SearchError("the prompt is\ntoo long")
        return dict(graded_opinion(document))

    judge, _ = scripted(reply)
    found = asyncio.run(ask(judge, cases(small_population, 5)))
    assert set(found.judgements) == {("q", "m000"), ("q", "m003"), ("q", "m004")}
    assert found.failures == {("q", "m001"): "UnexpectedModelBehavior", ("q", "m002"): "the prompt is too long"}
    assert found.stopped == ""


@pytest.mark.parametrize(
    ("error", "calls"), [(ModelDown("nobody answers at port 1"), GIVE_UP), (BudgetSpent("the budget is spent"), 1)]
)
def test_what_will_not_get_better_ends_the_asking(
    scripted: Scripted, small_population: list[Profile], error: Exception, calls: int
) -> None:
    def reply(document: dict[str, Any]) -> dict[str, Any]:
        raise error

    judge, asked = scripted(reply)
    found = asyncio.run(ask(judge, cases(small_population, 60), concurrency=1))
    assert len(asked) == calls
    assert str(error) in found.stopped
    assert found.judgements == {}


def test_an_error_of_ours_is_not_taken_for_a_failure(scripted: Scripted, small_population: list[Profile]) -> None:
    judge, _ = scripted(lambda document: document["nosuch"])
    with pytest.raises(KeyError, match="nosuch"):
        asyncio.run(ask(judge, cases(small_population, 3)))

"""The conformance kit finds each breach: a retriever broken on purpose for every rule, and one that keeps them all."""

from __future__ import annotations

import random
import time
from collections.abc import Callable

import pytest
from pyroaring import BitMap

from retrieval import testing
from retrieval.filters import Filter
from retrieval.schema import Context, Hit, Retrieval, Role
from retrieval.snapshot import Snapshot
from retrieval.testing import RetrieverContract, check_retriever


class Good:
    """Everybody, in the order of the rows."""

    name = "good"

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot

    def rows(self, filter: Filter, limit: int) -> list[int]:
        return list(filter.rows & self.snapshot.alive)[:limit]

    def hits(self, rows: list[int]) -> list[Hit]:
        return [
            Hit(
                member_id=self.snapshot.member_id(row),
                strategy=self.name,
                rank=rank,
                score=1.0 / rank,
                reason=f"number {row}",
            )
            for rank, row in enumerate(rows, start=1)
        ]

    def retrieve(self, *, role: Role, filter: Filter, context: Context, limit: int) -> Retrieval:
        return Retrieval(hits=tuple(self.hits(self.rows(filter, limit))))


class IgnoresTheFilter(Good):
    def rows(self, filter: Filter, limit: int) -> list[int]:
        return list(self.snapshot.alive)[:limit]


class FillsUpFromOutsideTheFilter(Good):
    """Wrong only where few pass: a breach that one filter tried by hand would miss."""

    def rows(self, filter: Filter, limit: int) -> list[int]:
        rows = super().rows(filter, limit)
        return rows if len(rows) > 3 else list(self.snapshot.alive)[:limit]


class IgnoresTheLimit(Good):
    def rows(self, filter: Filter, limit: int) -> list[int]:
        return super().rows(filter, limit + 1)


class TakesNoLimitForTen(Good):
    def rows(self, filter: Filter, limit: int) -> list[int]:
        return super().rows(filter, limit or 10)


class Shuffles(Good):
    def rows(self, filter: Filter, limit: int) -> list[int]:
        rows = super().rows(filter, limit)
        random.shuffle(rows)
        return rows


class RemembersWhatItSaid(Good):
    said = 0

    def rows(self, filter: Filter, limit: int) -> list[int]:
        self.said += 1
        return super().rows(filter, limit)[self.said % 2 :]


class SharesItsScratchBetweenThreads(Good):
    def retrieve(self, *, role: Role, filter: Filter, context: Context, limit: int) -> Retrieval:
        self.asked = role.text
        time.sleep(0.005)
        return Retrieval(hits=tuple(self.hits(self.rows(filter, 1 + len(self.asked) % 5)[:limit])))


class ReturnsTheDeleted(Good):
    def rows(self, filter: Filter, limit: int) -> list[int]:
        return list(filter.rows)[:limit]


class Sleeps(Good):
    def rows(self, filter: Filter, limit: int) -> list[int]:
        time.sleep(0.5)
        return super().rows(filter, limit)


class FindsNobody(Good):
    def rows(self, filter: Filter, limit: int) -> list[int]:
        return []


class FailsOnAnEmptyRole(Good):
    def retrieve(self, *, role: Role, filter: Filter, context: Context, limit: int) -> Retrieval:
        if not role.text:
            raise IndexError("no words")
        return super().retrieve(role=role, filter=filter, context=context, limit=limit)


class Changed(Good):
    """Hits that are altered one way."""

    change: Callable[[Hit], dict[str, object]]

    def hits(self, rows: list[int]) -> list[Hit]:
        return [hit.model_copy(update=type(self).change(hit)) for hit in super().hits(rows)]


class BorrowsAName(Changed):
    change = staticmethod(lambda hit: {"strategy": "semantic"})


class CountsFromTwo(Changed):
    change = staticmethod(lambda hit: {"rank": hit.rank + 1})


class GivesNoReason(Changed):
    change = staticmethod(lambda hit: {"reason": " "})


class ScoresRise(Changed):
    change = staticmethod(lambda hit: {"score": float(hit.rank)})


class ScoresAreNotNumbers(Changed):
    change = staticmethod(lambda hit: {"score": float("inf")})


class SaysEveryoneTwice(Good):
    def rows(self, filter: Filter, limit: int) -> list[int]:
        return [row for row in super().rows(filter, limit) for _ in range(2)][:limit]


class ReturnsAList(Good):
    def retrieve(self, *, role: Role, filter: Filter, context: Context, limit: int) -> Retrieval:
        return self.hits(self.rows(filter, limit))  # type: ignore[return-value]  # the breach itself


class InventsMembers(Changed):
    change = staticmethod(lambda hit: {"member_id": f"nobody {hit.rank}"})


def test_a_good_retriever_breaks_nothing(small_snapshot: Snapshot) -> None:
    assert check_retriever(Good, small_snapshot) == []


@pytest.mark.parametrize(
    ("broken", "rule", "words"),
    [
        (IgnoresTheFilter, "filter", "0 members pass the filter"),
        (FillsUpFromOutsideTheFilter, "filter", "0 members pass the filter"),
        (IgnoresTheLimit, "limit", "returned 1 hits for a limit of 0"),
        (TakesNoLimitForTen, "limit", "returned 10 hits for a limit of 0"),
        (Shuffles, "determinism", "asked twice"),
        (RemembersWhatItSaid, "determinism", "answered differently"),
        (ReturnsTheDeleted, "deleted", "who is deleted"),
        (FindsNobody, "answers", "found nobody"),
        (FailsOnAnEmptyRole, "answers", "IndexError: no words"),
        (BorrowsAName, "provenance", "strategy 'good'"),
        (CountsFromTwo, "provenance", "ranks must count"),
        (GivesNoReason, "provenance", "reasons must"),
        (ScoresRise, "provenance", "scores must not rise"),
        (ScoresAreNotNumbers, "provenance", "scores must be finite"),
        (SaysEveryoneTwice, "provenance", "a member must come once"),
    ],
)
def test_a_broken_one_is_found_by_its_rule_alone(
    broken: Callable[[Snapshot], Good], rule: str, words: str, small_snapshot: Snapshot
) -> None:
    findings = check_retriever(broken, small_snapshot)
    assert {finding.rule for finding in findings} == {rule}
    assert words in " ".join(finding.problem for finding in findings)


def test_scratch_shared_between_threads_is_found(small_snapshot: Snapshot) -> None:
    roles = [Role(text="x" * length) for length in range(1, 6)]
    findings = check_retriever(SharesItsScratchBetweenThreads, small_snapshot, roles=roles, rules=["determinism"])
    assert ["several threads" in finding.problem for finding in findings] == [True]


def test_a_slow_one_is_reported_and_not_waited_for(small_snapshot: Snapshot) -> None:
    findings = check_retriever(Sleeps, small_snapshot, seconds=0.1)
    assert [(finding.rule, "more than 0.1 s" in finding.problem) for finding in findings] == [("time", True)]


def test_a_slow_first_call_is_forgiven(small_snapshot: Snapshot) -> None:
    class LoadsAtFirst(Good):
        warm = False

        def rows(self, filter: Filter, limit: int) -> list[int]:
            if not self.warm:
                time.sleep(0.3)
            self.warm = True
            return super().rows(filter, limit)

    assert check_retriever(LoadsAtFirst, small_snapshot, seconds=0.1, rules=["time"]) == []


@pytest.mark.parametrize("broken", [ReturnsAList, InventsMembers])
def test_what_is_no_answer_at_all_is_a_finding_not_a_crash(
    broken: Callable[[Snapshot], Good], small_snapshot: Snapshot
) -> None:
    assert check_retriever(broken, small_snapshot)


def test_a_factory_that_fails_is_a_finding(small_snapshot: Snapshot) -> None:
    def create(snapshot: Snapshot) -> Good:
        raise RuntimeError("no model")

    findings = check_retriever(create, small_snapshot)
    assert {finding.problem for finding in findings} == {"raised RuntimeError: no model"}


def test_every_rule_has_a_test_of_the_contract(small_snapshot: Snapshot) -> None:
    class Contract(RetrieverContract):
        create = FindsNobody

    tests = [name for name in dir(RetrieverContract) if name.startswith("test_")]
    assert len(tests) == len(testing.RULES)
    with pytest.raises(AssertionError, match="found nobody"):
        Contract().test_answers(small_snapshot)


@pytest.mark.parametrize("rule", testing.RULES)
def test_the_contract_fails_where_its_rule_is_broken(rule: str, small_snapshot: Snapshot) -> None:
    breaks = {
        "time": Sleeps,
        "answers": FindsNobody,
        "filter": IgnoresTheFilter,
        "limit": IgnoresTheLimit,
        "determinism": Shuffles,
        "deleted": ReturnsTheDeleted,
        "provenance": ScoresRise,
    }
    contract = type(
        "Contract", (RetrieverContract,), {"create": breaks[rule], "seconds": 0.1 if rule == "time" else 5}
    )()
    failed = []
    for name in dir(RetrieverContract):
        if name.startswith("test_") and (name == "test_keeps_the_time_limit") == (rule == "time"):
            try:
                getattr(contract, name)(small_snapshot)
            except AssertionError:
                failed.append(name)
    assert len(failed) == 1


def test_the_sampled_context_has_all_that_a_strategy_may_want(small_snapshot: Snapshot) -> None:
    roles, context = testing.samples(small_snapshot)
    assert len(roles) == 5
    assert context.seeds
    assert not context.feedback.empty
    assert BitMap([small_snapshot.row(member) for member in context.seeds]) <= small_snapshot.alive

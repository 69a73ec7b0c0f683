"""The guard in a search: who is read, how many at a time, and what happens where it gives no verdict."""

from __future__ import annotations

import pytest

from agents.limits import Limits
from agents.models import ModelsConfig
from agents.opening import STOP_WHEN_PASSED, open_sourcing

pytestmark = pytest.mark.anyio


def stages(shortlist, round=1):
    return {stage.name: stage for stage in shortlist.waterfall if stage.round == round}


async def test_nobody_is_shown_unread_when_more_are_asked_for(assemble, parts):
    sourcing = assemble()
    shortlist = await sourcing.search("boston", limit=9)
    assert len(shortlist.candidates) == 9
    assert all(one.grade == 4 for one in shortlist.candidates)


async def test_the_guard_reads_best_first_and_only_so_many_at_a_time(assemble, parts):
    guard = parts.Grader(seconds=0.01)
    sourcing = assemble(guard=guard, limits={"guard_concurrency": 3, "guarded": 9})
    await sourcing.search("boston", limit=4)
    assert guard.most == 3
    assert [member for member, _ in guard.judged] == [f"m{number:02}" for number in range(9)]


async def test_a_guard_that_fails_on_one_shows_this_one_unread(assemble, parts):
    def grade(member):
        if member == "m01":
            raise RuntimeError("cannot parse")
        return 4

    shortlist = await assemble(guard=parts.Grader(grade=grade)).search("boston", limit=5)
    by_id = {one.member_id: one for one in shortlist.candidates}
    assert by_id["m01"].grade is None
    assert "cannot parse" in by_id["m01"].note
    assert all(one.grade == 4 for key, one in by_id.items() if key != "m01")
    assert any("1 of 5" in note for note in shortlist.notes)


async def test_a_slow_verdict_is_left_out(assemble, parts):
    shortlist = await assemble(guard=parts.Grader(seconds=0.5), limits={"verdict_seconds": 0.05}).search("boston")
    assert shortlist.candidates
    assert all(one.grade is None and one.note for one in shortlist.candidates)


async def test_a_guard_that_is_down_is_not_asked_over_and_over(assemble, parts):
    asked = []

    def grade(member):
        asked.append(member)
        raise ConnectionError("refused")

    sourcing = assemble(guard=parts.Grader(grade=grade), limits={"guarded": 30, "guard_concurrency": 2})
    shortlist = await sourcing.search("boston", limit=5)
    assert len(asked) <= 5
    assert [one.member_id for one in shortlist.candidates] == [f"m{number:02}" for number in range(5)]
    assert all(one.grade is None and one.note for one in shortlist.candidates)
    assert stages(shortlist)["guarded"].status == "failed"
    assert shortlist.relaxed == ()


@pytest.mark.parametrize(
    ("limits", "guard", "stops_at"),
    [
        (Limits(), "embedded", None),  # reading is as good as free
        (Limits(), "m@http://localhost:1/v1", STOP_WHEN_PASSED),
        (Limits(stop_when_passed=None), "m@http://localhost:1/v1", None),
        (Limits(stop_when_passed=2.0), "m@http://localhost:1/v1", 2.0),
    ],
)
def test_a_guard_that_is_paid_for_stops_early_unless_told_otherwise(small_workspace, limits, guard, stops_at):
    sourcing = open_sourcing(small_workspace, limits=limits, models=ModelsConfig(guard=guard))
    assert sourcing.limits.stop_when_passed == stops_at

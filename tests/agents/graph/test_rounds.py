"""What a search changes about itself between rounds, and what stays as asked."""

from __future__ import annotations

import asyncio
import time

import pytest

from agents.errors import EmptyRequest, UnknownEdit
from agents.events import EditEvent
from agents.models.runs import current
from agents.models.usage import Usage
from agents.verdict import Mark, MarkValue

pytestmark = pytest.mark.anyio


async def test_broadening_runs_at_most_twice_and_says_what(assemble, parts):
    retriever = parts.Listed("listed")
    sourcing = assemble(retriever, guard=parts.Grader(grade=lambda _: 1))
    shortlist = await sourcing.search("python in boston with 8 years", limit=4)
    assert len(retriever.calls) == 3
    assert len(shortlist.relaxed) == 2
    assert all(shortlist.relaxed)
    assert max(stage.round for stage in shortlist.waterfall) == 3
    assert [stage.detail for stage in shortlist.waterfall if stage.name == "edited"] == list(shortlist.relaxed)
    asked = retriever.calls[0][0]
    assert shortlist.role == asked
    assert shortlist.role.years.minimum == 8


async def test_broadening_stops_as_soon_as_enough_pass(assemble, parts):
    passing = {"m08", "m18", "m28"}
    sourcing = assemble(guard=parts.Grader(grade=lambda member: 4 if member in passing else 1))
    shortlist = await sourcing.search("boston with 8 years", limit=4)
    assert len(shortlist.relaxed) == 1
    assert {one.member_id for one in shortlist.candidates if one.grade == 4} >= {"m08", "m18"}
    assert shortlist.candidates[0].grade == 4


async def test_verdicts_are_kept_over_rounds_and_judged_by_the_role_as_asked(assemble, parts):
    guard = parts.Grader(grade=lambda _: 1)
    sourcing = assemble(guard=guard)
    shortlist = await sourcing.search("boston with 8 years", limit=4)
    judged = [member for member, _ in guard.judged]
    assert len(judged) == len(set(judged))
    assert {role for _, role in guard.judged} == {shortlist.role}
    guarded = [stage.count for stage in shortlist.waterfall if stage.name == "guarded"]
    assert sum(guarded) == len(judged)


async def test_no_rounds_no_broadening(assemble, parts):
    sourcing = assemble(guard=parts.Grader(grade=lambda _: 0), limits={"rounds": 0})
    assert (await sourcing.search("boston with 8 years")).relaxed == ()


ALL = ("broaden", "narrow", "add_title", "drop")


async def test_an_edit_says_whom_it_brought(assemble, parts):
    """Boston has ten people; 80 km around it Worcester's ten as well, and these alone came with the edit."""
    backwards = parts.Listed("listed", order=tuple(f"m{number:02}" for number in range(39, -1, -1)))
    sourcing = assemble(backwards, guard=parts.Grader(grade=lambda member: 4 if member >= "m10" else 1))
    shortlist = await sourcing.search("boston", limit=6)
    (made,) = shortlist.edits
    assert (made.edit.kind, made.round, made.gained, made.lost) == ("broaden", 2, 10, 0)
    assert set(made.shown) == {one.member_id for one in shortlist.candidates if one.member_id >= "m10"}
    assert made.shown


async def test_people_who_crowd_others_out_go_and_the_next_are_read(assemble, parts):
    """Five at the top contradict the must; without them five more are read. Retrieval does not run again."""

    def mark(role, member):
        value = MarkValue.NOT_MET if member < "m05" else MarkValue.MET
        return tuple(Mark(qualification=one, value=value) for one in role.requirements())

    retriever = parts.Listed("listed")
    guard = parts.Grader(grade=lambda member: 0 if member < "m05" else 4, mark=mark)
    shortlist = await assemble(retriever, guard=guard, limits={"edits": ["drop"]}).search("boston", limit=3)
    (made,) = shortlist.edits
    assert (made.edit.members, made.lost) == (("m00", "m01", "m02", "m03", "m04"), 5)
    assert [one.member_id for one in shortlist.candidates] == ["m05", "m06", "m07"]
    assert len(retriever.calls) == 1


async def test_those_who_were_dropped_do_not_come_back_with_the_next_round(assemble, parts):
    def mark(role, member):
        value = MarkValue.NOT_MET if member < "m03" else MarkValue.NOT_SHOWN
        return tuple(Mark(qualification=one, value=value) for one in role.requirements())

    sourcing = assemble(guard=parts.Grader(grade=lambda _: 1, mark=mark), limits={"edits": ALL})
    shortlist = await sourcing.search("boston", limit=4)
    dropped = {member for made in shortlist.edits for member in made.edit.leaves_out}
    assert dropped >= {"m00", "m01", "m02"}
    assert len(shortlist.edits) > 1
    assert not dropped & {one.member_id for one in shortlist.candidates}


async def test_edits_are_told_as_they_are_made(assemble, parts):
    sourcing = assemble(guard=parts.Grader(grade=lambda _: 1))
    events = [event async for event in sourcing.stream("boston with 8 years")]
    told = [event.edit for event in events if isinstance(event, EditEvent)]
    assert [(one.id, one.round) for one in told] == [(one.id, one.round) for one in events[-1].shortlist.edits]
    assert len(told) == 2


@pytest.mark.parametrize("edits", [(), ("narrow",), ("add_title", "drop")])
async def test_no_kind_of_edit_is_made_that_the_limits_do_not_name(assemble, parts, edits):
    sourcing = assemble(guard=parts.Grader(grade=lambda _: 1), limits={"edits": edits})
    shortlist = await sourcing.search("python in boston with 8 years")
    assert {one.edit.kind for one in shortlist.edits} <= set(edits)


async def test_an_edit_that_is_declined_stays_away_from_the_thread(assemble, parts):
    sourcing = assemble(guard=parts.Grader(grade=lambda _: 1))
    first = await sourcing.search("boston with 8 years", thread="t")
    unwanted = next(one for one in first.edits if one.edit.field == "locations")
    second = await sourcing.search("", thread="t", declined=[unwanted.id])
    third = await sourcing.search("also python", thread="t")
    elsewhere = await sourcing.search("boston with 8 years", thread="other")
    assert second.role == first.role
    for shortlist in (second, third):
        assert unwanted.id not in {one.id for one in shortlist.edits}
        assert all(one.location == "Boston, MA" for one in shortlist.candidates)
    assert [one.edit.field for one in second.edits] == ["years", "years"]
    assert [one.id for one in elsewhere.edits] == [one.id for one in first.edits]


async def test_what_was_never_made_cannot_be_declined(assemble, parts):
    sourcing = assemble(guard=parts.Grader(grade=lambda _: 1))
    first = await sourcing.search("boston", thread="t")
    with pytest.raises(UnknownEdit, match=first.edits[0].id):
        await sourcing.search("", thread="t", declined=["broaden-000000"])
    with pytest.raises(EmptyRequest):
        await sourcing.search("", thread="new", declined=[first.edits[0].id])
    with pytest.raises(EmptyRequest):
        await sourcing.search("", thread="t")


class Unwell:
    """A reflector that fails, or takes its time."""

    def __init__(self, seconds=0.0):
        self.seconds = seconds

    async def reflect(self, choices):
        await asyncio.sleep(self.seconds)
        raise ConnectionError("refused")


@pytest.mark.parametrize(("reflector", "why"), [(Unwell(), "refused"), (Unwell(5.0), "within 0.1 s")])
async def test_where_the_model_does_not_reflect_rules_do(assemble, parts, reflector, why):
    guard = parts.Grader(grade=lambda _: 1)
    by_rules = await assemble(guard=guard).search("boston with 8 years")
    sourcing = assemble(guard=guard, reflector=reflector, limits={"reflect_seconds": 0.1})
    shortlist = await sourcing.search("boston with 8 years")
    assert [one.id for one in shortlist.edits] == [one.id for one in by_rules.edits]
    assert sum(why in note for note in shortlist.notes) == 1


async def test_after_its_time_a_search_begins_no_call_and_no_round(assemble, parts):
    """Calls of .1 s, two at a time, in .25 s: six are begun at most. The rest of those asked for is shown unread."""
    guard = parts.Grader(grade=lambda _: 1, seconds=0.1)
    limits = {"seconds": 0.25, "guarded": 10, "guard_concurrency": 2}
    started = time.perf_counter()
    shortlist = await assemble(guard=guard, limits=limits).search("boston", limit=8)
    assert time.perf_counter() - started < 1.0
    assert 1 <= len(guard.judged) <= 6
    assert shortlist.edits == ()
    assert len(shortlist.candidates) == 8
    unread = [one for one in shortlist.candidates if one.grade is None]
    assert len(unread) == 8 - len(guard.judged)
    assert all("not read" in one.note for one in unread)
    assert any("0.25 s are over" in note for note in shortlist.notes)


async def test_a_search_keeps_within_its_tokens(assemble, parts):
    """Each verdict is said to take 100 tokens; with 250, three are begun one after the other, and no round follows."""

    def grade(member):
        current().add("guard", Usage(requests=1, input_tokens=100))
        return 1

    guard = parts.Grader(grade=grade)
    limits = {"tokens": 250, "guarded": 10, "guard_concurrency": 1}
    shortlist = await assemble(guard=guard, limits=limits).search("boston", limit=2)
    assert len(guard.judged) == 3
    assert shortlist.edits == ()
    assert len(shortlist.candidates) == 2
    assert all(one.grade == 1 for one in shortlist.candidates)
    assert any("250 tokens are used" in note for note in shortlist.notes)


async def test_the_guard_stops_early_where_enough_pass(assemble, parts):
    limits = {"stop_when_passed": 1.0, "guarded": 10, "guard_concurrency": 2}
    eager = parts.Grader(seconds=0.01)
    shortlist = await assemble(guard=eager, limits=limits).search("boston", limit=3)
    assert 3 <= len(eager.judged) <= 4  # three passed, while one more was under way
    assert [one.member_id for one in shortlist.candidates] == ["m00", "m01", "m02"]
    strict = parts.Grader(grade=lambda member: 4 if member > "m06" else 1, seconds=0.01)
    await assemble(guard=strict, limits={**limits, "edits": []}).search("boston", limit=3)
    assert [member for member, _ in strict.judged] == [f"m{number:02}" for number in range(10)]


async def test_nobody_is_shown_unread_for_an_early_stop(assemble, parts):
    """A third of those asked for is enough to stop, but all who are shown have been read."""
    limits = {"stop_when_passed": 0.3, "guarded": 10, "guard_concurrency": 2}
    shortlist = await assemble(guard=parts.Grader(seconds=0.01), limits=limits).search("boston", limit=6)
    assert len(shortlist.candidates) == 6
    assert all(one.grade == 4 for one in shortlist.candidates)

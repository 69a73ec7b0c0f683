"""What a search streams, in which order, and that it can be sent as JSON."""

from __future__ import annotations

import pytest
from pydantic import TypeAdapter

from agents.events import CandidatesEvent, DoneEvent, Event, StageEvent, VerdictEvent

pytestmark = pytest.mark.anyio


async def heard(sourcing, text="boston", **asked):
    return [event async for event in sourcing.stream(text, **asked)]


async def test_stages_then_candidates_then_verdicts_then_done(assemble, parts):
    events = await heard(assemble(parts.Listed("first"), parts.Listed("second")), limit=3)
    kinds = [event.kind for event in events]
    assert kinds.count("done") == 1
    assert kinds[-1] == "done"
    candidates = kinds.index("candidates")
    verdicts = [place for place, kind in enumerate(kinds) if kind == "verdict"]
    before = [event.name for event in events[:candidates] if isinstance(event, StageEvent)]
    assert before[:4] == ["population", "screen", "understand", "filter"]
    assert set(before[4:6]) == {"first", "second"}
    assert before[6:] == ["pool", "ranked"]
    assert candidates < verdicts[0]
    after = [event.name for event in events[verdicts[-1] :] if isinstance(event, StageEvent)]
    assert after == ["guarded", "passed", "shown"]


async def test_a_stage_event_is_its_row_of_the_waterfall(assemble, parts):
    events = await heard(assemble(parts.Listed("first"), parts.Listed("second")))
    rows = events[-1].shortlist.waterfall
    assert sorted(row.model_dump_json() for row in rows) == sorted(
        event.stage.model_dump_json() for event in events if isinstance(event, StageEvent)
    )
    stage = next(event for event in events if isinstance(event, StageEvent) and event.name == "filter")
    assert (stage.count, stage.ms, stage.detail) == (10, stage.stage.milliseconds, stage.stage.detail)


async def test_candidates_are_told_with_headlines_in_rank_order(assemble):
    events = await heard(assemble(), limit=3)
    told = next(event for event in events if isinstance(event, CandidatesEvent))
    assert [(one.rank, one.member_id, one.headline) for one in told.candidates] == [
        (number + 1, f"m{number:02}", f"Engineer {number}") for number in range(5)
    ]


async def test_each_verdict_is_told_once_and_best_first(assemble, parts):
    events = await heard(assemble(guard=parts.Grader(seconds=0.01)), limit=3)
    verdicts = [event for event in events if isinstance(event, VerdictEvent)]
    assert [event.member_id for event in verdicts] == [f"m{number:02}" for number in range(5)]
    shown = {one.member_id: one for one in events[-1].shortlist.candidates}
    for event in verdicts:
        if event.member_id in shown:
            assert shown[event.member_id].explanation == event.verdict.explanation


async def test_verdicts_come_as_they_are_ready(assemble, parts):
    """The first verdict is heard long before the last is made."""
    guard = parts.Grader(seconds=0.05)
    sourcing = assemble(guard=guard, limits={"guard_concurrency": 1})
    async for event in sourcing.stream("boston"):
        if isinstance(event, VerdictEvent):
            assert len(guard.judged) == 1
            break


async def test_a_failed_verdict_is_told_with_its_reason(assemble, parts):
    def grade(member):
        raise RuntimeError("cannot parse")

    events = await heard(assemble(guard=parts.Grader(grade=grade)))
    verdicts = [event for event in events if isinstance(event, VerdictEvent)]
    assert verdicts
    assert all(event.verdict is None and event.note for event in verdicts)
    assert isinstance(events[-1], DoneEvent)


async def test_a_late_strategy_is_told_when_it_is_given_up(assemble, parts):
    events = await heard(
        assemble(parts.Listed("quick"), parts.Listed("slow", seconds=0.4), limits={"retriever_seconds": 0.05})
    )
    late = [event for event in events if isinstance(event, StageEvent) and event.name == "slow"]
    assert [event.stage.status for event in late] == ["late"]


async def test_every_round_tells_its_candidates(assemble, parts):
    events = await heard(assemble(guard=parts.Grader(grade=lambda _: 0)), "boston with 8 years")
    rounds = [event.round for event in events if isinstance(event, CandidatesEvent)]
    assert rounds == [1, 2, 3]
    assert [e.stage.round for e in events if isinstance(e, StageEvent) and e.name == "edited"] == [2, 3]


async def test_events_survive_json(assemble):
    adapter = TypeAdapter(Event)
    for event in await heard(assemble()):
        assert adapter.validate_json(adapter.dump_json(event)) == event

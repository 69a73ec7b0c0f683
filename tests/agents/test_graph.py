"""The graph: what one part's failure costs, what is broadened, what is streamed, and what stays behind."""

from __future__ import annotations

import asyncio
import json
import math
import re
import threading
import time
from pathlib import Path

import pytest

from agents.errors import EmptyRequest, RequestTooLong, UnknownSeed
from agents.graph import build, node_of, steps
from agents.limits import Limits
from agents.nodes.lane import Busy, Lane
from agents.understanding import NothingToSearch
from retrieval.schema import Context, Feedback, Hit, Retrieval

pytestmark = pytest.mark.anyio
DOCS = Path(__file__).parents[2] / "docs" / "graph.md"


def stages(shortlist, round=1):
    return {stage.name: stage for stage in shortlist.waterfall if stage.round == round}


async def test_a_search_over_good_parts_shows_the_best_with_verdicts(assemble, parts):
    sourcing = assemble(parts.Listed("first"), parts.Listed("second"))
    shortlist = await sourcing.search("python in boston", limit=3)
    assert [one.member_id for one in shortlist.candidates] == ["m00", "m01", "m02"]
    assert [one.rank for one in shortlist.candidates] == [1, 2, 3]
    best = shortlist.candidates[0]
    assert (best.grade, best.headline, best.location) == (4, "Engineer 0", "Boston, MA")
    assert set(best.strategies) == {"first", "second"}
    assert shortlist.relaxed == ()
    assert shortlist.filter_count == 10
    assert not shortlist.synthetic


async def test_the_waterfall_counts_every_stage_in_order(assemble, parts):
    sourcing = assemble(parts.Listed("first"), parts.Listed("second"))
    shortlist = await sourcing.search("python in boston", limit=3)
    counts = [(stage.name, stage.count) for stage in shortlist.waterfall]
    assert counts == [
        ("population", 40),
        ("screen", None),
        ("understand", None),
        ("filter", 10),
        ("first", 10),
        ("second", 10),
        ("pool", 10),
        ("ranked", 10),
        ("guarded", 5),
        ("passed", 5),
        ("shown", 3),
    ]
    assert all(stage.status == "ok" for stage in shortlist.waterfall)


async def test_strategies_stand_in_the_order_of_the_registry_whichever_ends_first(assemble, parts):
    shortlist = await assemble(parts.Listed("zeta", seconds=0.05), parts.Listed("alpha")).search("boston", limit=3)
    assert [stage.name for stage in shortlist.waterfall][4:6] == ["zeta", "alpha"]


async def test_a_slow_retriever_costs_its_hits_and_not_the_time(assemble, parts):
    slow = parts.Listed("slow", seconds=1.5, order=("m05",))
    sourcing = assemble(parts.Listed("quick"), slow, limits={"retriever_seconds": 0.2})
    started = time.perf_counter()
    shortlist = await sourcing.search("boston", limit=3)
    assert time.perf_counter() - started < 1.2
    assert stages(shortlist)["slow"].status == "late"
    assert stages(shortlist)["slow"].count == 0
    assert 200 <= stages(shortlist)["slow"].milliseconds < 1000
    assert any("slow" in note and "0.2 s" in note for note in shortlist.notes)
    assert len(shortlist.candidates) == 3
    assert all(one.strategies == ("quick",) for one in shortlist.candidates)


@pytest.mark.parametrize(
    "error", [ValueError("no index"), KeyError("x"), StopIteration(), SystemExit(3), MemoryError()]
)
async def test_a_raising_retriever_costs_its_hits_only(assemble, parts, error):
    def wrong():
        raise error

    sourcing = assemble(parts.Listed("quick"), parts.Listed("broken", wrong=wrong))
    shortlist = await sourcing.search("boston", limit=3)
    broken = stages(shortlist)["broken"]
    assert (broken.status, broken.count) == ("failed", 0)
    assert type(error).__name__ in broken.detail
    assert any("broken" in note for note in shortlist.notes)
    assert len(shortlist.candidates) == 3


async def test_the_only_retriever_may_fail(assemble, parts):
    sourcing = assemble(parts.Listed("broken", wrong=lambda: 1 / 0))
    shortlist = await sourcing.search("boston")
    assert shortlist.candidates == ()
    assert {stage.status for stage in shortlist.waterfall if stage.name == "broken"} == {"failed"}


@pytest.mark.parametrize("garbage", [None, [], "m01", {"hits": []}, 7])
async def test_an_answer_that_is_no_retrieval_is_a_failure(assemble, parts, garbage):
    sourcing = assemble(parts.Listed("quick"), parts.Listed("garbage", wrong=lambda: garbage))
    shortlist = await sourcing.search("boston", limit=3)
    assert stages(shortlist)["garbage"].status == "failed"
    assert "not a Retrieval" in stages(shortlist)["garbage"].detail
    assert len(shortlist.candidates) == 3


async def test_hits_outside_the_filter_unknown_repeated_or_without_a_number_are_dropped(assemble, parts):
    def hit(member, rank, score=1.0, strategy="odd"):
        return Hit(member_id=member, strategy=strategy, rank=rank, score=score, reason="odd")

    def wrong():
        return Retrieval(
            hits=(
                hit("m35", 1),  # Springfield: outside the filter
                hit("nobody", 2),
                hit("m03", 9, strategy="other"),
                hit("m03", 10),
                hit("m04", 11, score=math.nan),
                hit("m07", 12),
            )
        )

    sourcing = assemble(parts.Listed("odd", wrong=wrong))
    shortlist = await sourcing.search("boston", limit=2)
    found = {one.member_id: one.hits for one in shortlist.candidates}
    assert set(found) == {"m03", "m07"}
    assert [(hit.rank, hit.strategy) for hit in (*found["m03"], *found["m07"])] == [(1, "odd"), (2, "odd")]
    assert stages(shortlist)["odd"].detail == "4 unusable hits dropped"


async def test_a_hanging_retriever_does_not_hurt_the_next_searches(assemble, parts):
    release = threading.Event()
    hanging = parts.Listed("hanging", release=release)
    sourcing = assemble(parts.Listed("quick"), hanging, limits={"retriever_seconds": 0.15})
    try:
        for _ in range(2):
            late = await sourcing.search("boston", limit=3)
            assert stages(late)["hanging"].status == "late"
        for _ in range(8):
            started = time.perf_counter()
            refused = await sourcing.search("boston", limit=3)
            assert time.perf_counter() - started < 0.15
            assert "have not ended yet" in stages(refused)["hanging"].detail
            assert len(refused.candidates) == 3
        assert hanging.running == 2
    finally:
        release.set()
    for _ in range(100):
        if not hanging.running:
            break
        await asyncio.sleep(0.02)
    await asyncio.sleep(0.05)
    healed = await sourcing.search("boston", limit=3)
    assert stages(healed)["hanging"].status == "ok"


async def test_late_answers_are_thrown_away(assemble, parts):
    slow = parts.Listed("slow", seconds=0.3, order=("m05",))
    sourcing = assemble(parts.Listed("quick", order=("m01",)), slow, limits={"retriever_seconds": 0.1, "rounds": 0})
    first = await sourcing.search("boston")
    await asyncio.sleep(0.4)
    second = await sourcing.search("boston")
    for shortlist in (first, second):
        assert [one.member_id for one in shortlist.candidates] == ["m01"]


async def test_broadening_runs_at_most_twice_and_says_what(assemble, parts):
    retriever = parts.Listed("listed")
    sourcing = assemble(retriever, guard=parts.Grader(grade=lambda _: 1))
    shortlist = await sourcing.search("python in boston with 8 years", limit=4)
    assert len(retriever.calls) == 3
    assert len(shortlist.relaxed) == 2
    assert all(shortlist.relaxed)
    assert max(stage.round for stage in shortlist.waterfall) == 3
    assert [stage.detail for stage in shortlist.waterfall if stage.name == "broadened"] == list(shortlist.relaxed)
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


async def test_examples_and_passed_people_are_not_found_again(assemble):
    context = Context(seeds=("m03",), feedback=Feedback(passed=("m05", "gone")))
    with_them = await assemble().search("boston", limit=9)
    without = await assemble().search("boston", limit=9, context=context)
    shown = {one.member_id for one in without.candidates}
    assert {"m03", "m05"} <= {one.member_id for one in with_them.candidates}
    assert not shown & {"m03", "m05"}
    assert shown
    assert any("left out 2" in note for note in without.notes)


async def test_no_rounds_no_broadening(assemble, parts):
    sourcing = assemble(guard=parts.Grader(grade=lambda _: 0), limits={"rounds": 0})
    assert (await sourcing.search("boston with 8 years")).relaxed == ()


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


class Backwards:
    """A ranker that turns the order round, or misbehaves."""

    def __init__(self, wrong=None, seconds=0.0):
        self.wrong, self.seconds = wrong, seconds

    def rank(self, role, candidates, snapshot):
        time.sleep(self.seconds)
        if self.wrong:
            return self.wrong(candidates)
        turned = list(reversed(candidates))
        return [one.model_copy(update={"score": float(-place)}) for place, one in enumerate(turned)]


async def test_a_ranker_decides_the_order(assemble, parts):
    shortlist = await assemble(ranker=Backwards()).search("boston", limit=2)
    assert [one.member_id for one in shortlist.candidates] == ["m09", "m08"]
    assert [one.score for one in shortlist.candidates] == [0.0, -1.0]


@pytest.mark.parametrize(
    ("ranker", "status"),
    [
        (Backwards(wrong=lambda _: 1 / 0), "failed"),
        (Backwards(wrong=lambda candidates: candidates[1:]), "failed"),
        (Backwards(seconds=0.5), "late"),
    ],
)
async def test_a_ranker_that_fails_or_is_late_leaves_the_blend(assemble, ranker, status):
    shortlist = await assemble(ranker=ranker, limits={"rank_seconds": 0.1}).search("boston", limit=2)
    assert [one.member_id for one in shortlist.candidates] == ["m00", "m01"]
    assert stages(shortlist)["ranked"].status == status
    assert any("order of the blend" in note for note in shortlist.notes)


@pytest.mark.parametrize("text", ["", "   \n\t "])
async def test_an_empty_request_is_refused(assemble, text):
    with pytest.raises(EmptyRequest, match="say whom you look for"):
        await assemble().search(text)


async def test_a_request_beyond_the_limit_is_refused_and_one_at_the_limit_is_not(assemble):
    with pytest.raises(RequestTooLong, match="20,001"):
        await assemble().search("x" * 20_001)
    text = "boston " + "x" * 19_993
    assert (await assemble().search(text)).request == text


async def test_nothing_searchable_reaches_the_caller(assemble):
    with pytest.raises(NothingToSearch):
        await assemble().search("hello there")


async def test_an_unknown_seed_is_named(assemble):
    with pytest.raises(UnknownSeed, match="'ghost'"):
        await assemble().search("boston", context=Context(seeds=("m01", "ghost")))


async def test_seeds_or_a_search_string_do_without_words(assemble, parts):
    retriever = parts.Listed("listed")
    shortlist = await assemble(retriever).search("", context=Context(seeds=("m01",)), limit=2)
    assert len(shortlist.candidates) == 2
    assert retriever.calls[0][1].seeds == ("m01",)
    chatter = await assemble().search("more like these please", context=Context(boolean="python"))
    assert any("nothing to search" in note for note in chatter.notes)


@pytest.mark.parametrize("limit", [0, -3])
async def test_a_limit_below_one_is_refused(assemble, limit):
    with pytest.raises(ValueError, match="1 or more"):
        await assemble().search("boston", limit=limit)


async def test_concurrent_searches_do_not_mix(assemble, parts):
    sourcing = assemble(parts.Listed("one", seconds=0.02), parts.Listed("two"), guard=parts.Grader(seconds=0.005))
    texts = [f"boston with {years} years" for years in range(8)]
    alone = [await sourcing.search(text, limit=3) for text in texts]
    together = await asyncio.gather(*(sourcing.search(text, limit=3) for text in texts))
    for single, beside in zip(alone, together, strict=True):
        assert beside.request == single.request
        assert beside.role == single.role
        assert beside.candidates == single.candidates
        assert [(s.name, s.count, s.round) for s in beside.waterfall] == [
            (s.name, s.count, s.round) for s in single.waterfall
        ]


@pytest.mark.parametrize("where", ["retriever", "guard"])
async def test_cancelling_leaves_nothing_running(assemble, parts, where):
    slow = 5.0 if where == "guard" else 0.0
    retriever = parts.Listed("listed", seconds=0.4 if where == "retriever" else 0.0)
    guard = parts.Grader(seconds=slow)
    sourcing = assemble(retriever, guard=guard)
    before = asyncio.all_tasks()
    threads = set(threading.enumerate())
    search = asyncio.create_task(sourcing.search("boston"))
    await asyncio.sleep(0.2)
    search.cancel()
    with pytest.raises(asyncio.CancelledError):
        await search
    await asyncio.sleep(0.05)
    assert asyncio.all_tasks() == before
    assert guard.at_a_time == 0
    await asyncio.sleep(0.4)
    left = [one for one in set(threading.enumerate()) - threads if one.name.startswith("shortlist-")]
    assert not left
    assert sourcing.graph.nodes["listed"]


async def test_closing_the_stream_stops_the_search(assemble, parts):
    guard = parts.Grader(seconds=5.0)
    events = assemble(guard=guard).stream("boston")
    before = asyncio.all_tasks()
    async for event in events:
        if event.kind == "candidates":
            break
    await events.aclose()
    await asyncio.sleep(0.05)
    assert asyncio.all_tasks() == before
    assert guard.at_a_time == 0


async def test_a_lane_refuses_once_given_up_calls_pile_up():
    lane, release = Lane("test", most=1), threading.Event()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await lane.run(lambda: release.wait(10))
    with pytest.raises(Busy):
        await lane.run(lambda: 1)
    release.set()
    for _ in range(100):
        if not lane.abandoned:
            break
        await asyncio.sleep(0.01)
    assert await lane.run(lambda: 2) == 2


def test_a_strategy_may_be_called_what_we_call_ours(assemble, parts):
    assert node_of("semantic") == "semantic"
    names = ["filter", "pool", "a:b", "text"]
    sourcing = assemble(*(parts.Listed(name) for name in names))
    shortlist = asyncio.run(sourcing.search("boston", limit=1))
    assert set(shortlist.candidates[0].strategies) == set(names)


@pytest.mark.parametrize("rounds", [0, 1, 5])
async def test_the_recursion_limit_suffices(assemble, parts, rounds):
    sourcing = assemble(guard=parts.Grader(grade=lambda _: 0), limits={"rounds": rounds})
    shortlist = await sourcing.search("python in boston with 9 years", limit=4)
    assert len(shortlist.relaxed) <= rounds
    assert steps(Limits(rounds=rounds)) >= 9 + 6 * len(shortlist.relaxed)


def test_the_drawing_in_the_manual_is_the_graph(assemble, parts):
    names = ("faceted", "boolean", "semantic", "lookalike", "personalized")
    graph = build(assemble(*(parts.Listed(name) for name in names))).get_graph()
    drawing = re.search(r"```mermaid\n(.*?)```", DOCS.read_text(), re.DOTALL).group(1)
    drawn = set(re.findall(r"^\s*(\w+) -(?:-|\.-)>(?:\|[^|]*\|)? (\w+)", drawing, re.MULTILINE))
    compiled = {(edge.source.strip("_"), edge.target.strip("_")) for edge in graph.edges}
    assert drawn == compiled


def test_the_manual_lists_every_limit_with_its_default():
    rows = dict(re.findall(r"^\| `(\w+)` \| ([^|]+) \|", DOCS.read_text(), re.MULTILINE))
    assert list(rows) == list(Limits.model_fields)
    for name, field in Limits.model_fields.items():
        default = field.get_default(call_default_factory=True)
        assert rows[name].replace(",", "").strip() == (
            json.dumps(default) if isinstance(default, dict) else f"{default:g}"
        ), name

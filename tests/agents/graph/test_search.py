"""A whole search over good parts: who is shown, what is counted, and that searches do not mix."""

from __future__ import annotations

import asyncio

import pytest

from agents.graph import node_of, steps
from agents.limits import Limits
from retrieval.schema import Context, Feedback

pytestmark = pytest.mark.anyio


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


async def test_examples_and_passed_people_are_not_found_again(assemble):
    context = Context(seeds=("m03",), feedback=Feedback(passed=("m05", "gone")))
    with_them = await assemble().search("boston", limit=9)
    without = await assemble().search("boston", limit=9, context=context)
    shown = {one.member_id for one in without.candidates}
    assert {"m03", "m05"} <= {one.member_id for one in with_them.candidates}
    assert not shown & {"m03", "m05"}
    assert shown
    assert any("left out 2" in note for note in without.notes)


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


async def test_seeds_or_a_search_string_do_without_words(assemble, parts):
    retriever = parts.Listed("listed")
    shortlist = await assemble(retriever).search("", context=Context(seeds=("m01",)), limit=2)
    assert len(shortlist.candidates) == 2
    assert retriever.calls[0][1].seeds == ("m01",)
    chatter = await assemble().search("more like these please", context=Context(boolean="python"))
    assert any("nothing to search" in note for note in chatter.notes)

"""What a retriever's failure costs: its own hits, and nothing else."""

from __future__ import annotations

import asyncio
import math
import threading
import time

import pytest

from agents.nodes.lane import Busy, Lane
from retrieval.schema import Hit, Retrieval

pytestmark = pytest.mark.anyio


def stages(shortlist, round=1):
    return {stage.name: stage for stage in shortlist.waterfall if stage.round == round}


async def test_a_slow_retriever_costs_its_hits_and_not_the_time(assemble, parts):
    slow = parts.Listed("slow", seconds=4.0, order=("m05",))
    sourcing = assemble(parts.Listed("quick"), slow, limits={"retriever_seconds": 0.2})
    started = time.perf_counter()
    shortlist = await sourcing.search("boston", limit=3)
    assert time.perf_counter() - started < 3.0
    assert stages(shortlist)["slow"].status == "late"
    assert stages(shortlist)["slow"].count == 0
    assert 200 <= stages(shortlist)["slow"].milliseconds < 2500
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
    sourcing = assemble(parts.Listed("quick"), hanging, limits={"retriever_seconds": 0.4})
    try:
        for _ in range(2):
            late = await sourcing.search("boston", limit=3)
            assert stages(late)["hanging"].status == "late"
        for _ in range(8):
            started = time.perf_counter()
            refused = await sourcing.search("boston", limit=3)
            assert time.perf_counter() - started < 0.4
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

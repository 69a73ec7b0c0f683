"""A search that is stopped leaves nothing running."""

from __future__ import annotations

import asyncio
import threading

import pytest

pytestmark = pytest.mark.anyio


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

"""Whole searches with the guard, or the understanding, behind a server: answered whatever the server does."""

from __future__ import annotations

import json
import time
from contextlib import aclosing

import pytest

from agents.guard import Guard
from agents.models import ModelConfig, ModelsConfig
from agents.models.cache import AnswerCache
from agents.opening import open_sourcing

pytestmark = pytest.mark.anyio


def finding(body):
    """What a careful model would answer: every requirement met, with a quote that stands in the profile."""
    asked = json.loads(body["messages"][-1]["content"])
    line = asked["profile"]["text"].splitlines()[0]
    marks = [{"requirement": one["id"], "value": "met", "quotes": [{"quote": line}]} for one in asked["requirements"]]
    return json.dumps({"reasoning": "read it", "marks": marks, "grade": 4})


@pytest.fixture
def search(assemble, opened):
    """Assembles a search whose guard is on a server; `given` configures its model."""

    def make(server, *, cache=None, limits=None, **given):
        models = opened(server, **given)
        return assemble(guard=Guard(models.of("guard"), cache=cache), models=models, limits=limits)

    return make


def told(shortlist):
    return [note for note in shortlist.notes if "guard" in note]


async def test_verdicts_come_from_the_server_and_are_accounted_for(serve, search):
    server = serve(reply=finding, usage=(500, 100))
    shortlist = await search(server, price_in=1.0, price_out=2.0).search("boston python", limit=5)
    assert [one.grade for one in shortlist.candidates] == [4] * 5
    assert shortlist.candidates[0].marks[0].evidence[0].quote.startswith("Engineer")
    used = shortlist.usage["guard"]
    assert used.requests == len(server.requests) == 5
    assert used.money == pytest.approx(5 * (500 + 200) / 1e6)
    assert told(shortlist) == []


async def test_without_a_server_nothing_is_accounted_for(assemble):
    assert (await assemble().search("boston")).usage == {}


async def test_a_guard_that_is_down_leaves_people_unread_and_one_note(serve, search):
    server = serve()
    server.stop()
    started = time.monotonic()
    shortlist = await search(server, attempts=3, pause=0.2).search("boston python", limit=5)
    assert time.monotonic() - started < 5
    assert len(shortlist.candidates) == 5
    assert {one.grade for one in shortlist.candidates} == {None}
    assert {one.note for one in shortlist.candidates} == {"not read: the guard is not available"}
    [note] = told(shortlist)
    assert "no verdict on 5 of 5 people" in note
    assert "cannot be reached: start it, or put SHORTLIST_MODELS__GUARD__URL right" in note


async def test_what_was_read_before_the_server_went_down_is_kept(serve, search, model_servers):
    def reply(body):
        return finding(body) if len(server.requests) <= 3 else model_servers.Act(drop=True)

    server = serve(reply=reply)
    shortlist = await search(server, concurrency=1, attempts=1).search("boston python", limit=5)
    grades = [one.grade for one in shortlist.candidates]
    assert grades.count(4) == 3
    assert grades.count(None) == 2
    [note] = told(shortlist)
    assert "no verdict on 2 of 5 people" in note


async def test_a_spent_budget_leaves_the_rest_unread_and_one_note(serve, search):
    server = serve(reply=finding, usage=(6000, 100))
    sourcing = search(server, tokens=20_000, concurrency=1)
    for _ in range(2):  # each search has a budget of its own
        server.requests.clear()
        shortlist = await sourcing.search("boston python", limit=5)
        graded = sum(one.grade == 4 for one in shortlist.candidates)
        assert 1 <= graded == len(server.requests) <= 3
        unread = [one.note for one in shortlist.candidates if one.grade is None]
        assert unread == ["not read: the budget is spent"] * (5 - graded)
        [note] = told(shortlist)
        assert "SHORTLIST_MODELS__GUARD__TOKENS" in note
        assert shortlist.usage["guard"].tokens <= 20_000


async def test_a_profile_that_is_too_long_costs_its_own_verdict_only(serve, search, model_servers):
    def reply(body):
        if "Engineer 3" in body["messages"][-1]["content"]:
            return model_servers.Act(status=400, message="This model's maximum context length is 10 tokens")
        return finding(body)

    shortlist = await search(serve(reply=reply)).search("boston python", limit=5)
    grades = {one.member_id: one.grade for one in shortlist.candidates}
    assert grades == {"m00": 4, "m01": 4, "m02": 4, "m03": None, "m04": 4}
    [unread] = [one for one in shortlist.candidates if one.grade is None]
    assert "--max-model-len" in unread.note


async def test_the_same_search_again_makes_no_call_until_somebody_is_forgotten(serve, search, tmp_path):
    server = serve(reply=finding)
    cache = AnswerCache(tmp_path / "answers.sqlite")
    sourcing = search(server, cache=cache)
    first = await sourcing.search("boston python", limit=5)
    again = await sourcing.search("boston python", limit=5)
    assert len(server.requests) == 5
    assert again.candidates == first.candidates
    assert (again.usage["guard"].requests, again.usage["guard"].cache_hits) == (0, 5)
    assert cache.forget("m03") == 1
    await sourcing.search("boston python", limit=5)
    assert len(server.requests) == 6
    assert "Engineer 3" in server.requests[-1]["messages"][-1]["content"]
    cache.close()


async def test_two_searches_that_take_turns_on_one_task_are_accounted_for_apart(serve, search):
    sourcing = search(serve(reply=finding))
    one, two = sourcing.stream("boston python", limit=5), sourcing.stream("python", limit=7)
    streams, done = {"one": one, "two": two}, {}
    async with aclosing(one), aclosing(two):
        while streams:
            for name, stream in tuple(streams.items()):
                event = await anext(stream, None)
                if event is None:
                    del streams[name]
                elif event.kind == "done":
                    done[name] = event.shortlist.usage["guard"].requests
    assert done == {"one": 5, "two": 7}


async def test_understanding_that_is_down_is_taken_over_and_said_so(serve, small_workspace):
    server = serve()
    server.stop()
    config = ModelConfig(name="tiny", url=server.url, attempts=1)
    sourcing = open_sourcing(small_workspace, models=ModelsConfig(understanding=config))
    shortlist = await sourcing.search("nurse with NICU experience", limit=3)
    assert shortlist.role.titles
    assert shortlist.candidates[0].grade is not None
    [note] = [note for note in shortlist.notes if "did not read this request" in note]
    assert "cannot be reached" in note
    assert shortlist.usage["understanding"].failures == 1


async def test_a_cache_begun_again_is_told_with_the_answer(serve, small_workspace, tmp_path):
    (tmp_path / "current").symlink_to(small_workspace / "current")
    (tmp_path / "snapshots").symlink_to(small_workspace / "snapshots")
    (tmp_path / "answers.sqlite").write_bytes(b"no database " * 1000)
    config = ModelConfig(name="tiny", url=serve(reply=finding).url)
    sourcing = open_sourcing(tmp_path, models=ModelsConfig(guard=config))
    shortlist = await sourcing.search("nurse", limit=2)
    assert [note for note in shortlist.notes if "begun again" in note]
    assert shortlist.candidates[0].grade is not None
    sourcing.models.cache.close()

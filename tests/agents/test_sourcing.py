"""Threads between messages, the file they are kept in, and the whole search on its real parts."""

from __future__ import annotations

import asyncio
import importlib
import json
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from agents.errors import CheckpointsUnavailable, EmptyRequest, ThreadUnreadable
from agents.events import DoneEvent
from agents.opening import open_sourcing
from agents.understanding import NothingToSearch
from retrieval.schema import Context, Feedback

pytestmark = pytest.mark.anyio


async def kept(sourcing, thread="t"):
    """What the thread's checkpoint holds, as LangGraph reads it."""
    async with sourcing._graph_for(thread) as graph:
        return (await graph.aget_state({"configurable": {"thread_id": thread}})).values


@pytest.fixture(params=["file", "memory"])
def checkpointer(request, tmp_path):
    return tmp_path / "threads" / "t.sqlite" if request.param == "file" else None


async def test_a_second_message_edits_the_role(assemble, parts, checkpointer):
    reader = parts.Reader()
    sourcing = assemble(understanding=reader, checkpointer=checkpointer)
    first = await sourcing.search("boston", thread="t")
    second = await sourcing.search("also python", thread="t")
    third = await sourcing.search("drop the place", thread="t")
    assert reader.seen[1][1] == first.role
    assert second.role.locations == first.role.locations
    assert [one.value for one in second.role.skills] == ["Python"]
    assert second.changes == ("Python",)
    assert third.role.locations == ()
    assert third.filter_count == 40
    assert third.thread == "t"


async def test_threads_do_not_mix_and_no_thread_remembers_nothing(assemble, parts, checkpointer):
    reader = parts.Reader()
    sourcing = assemble(understanding=reader, checkpointer=checkpointer)
    await sourcing.search("boston", thread="one")
    await sourcing.search("python", thread="two")
    await sourcing.search("python")
    await sourcing.search("python")
    assert [previous for _, previous in reader.seen] == [None] * 4


async def test_a_turn_begins_afresh(assemble, parts, tmp_path):
    """Nothing of the first answer but the role reaches the second."""
    sourcing = assemble(guard=parts.Grader(grade=lambda _: 1), checkpointer=tmp_path / "t.sqlite")
    first = await sourcing.search("boston with 8 years", thread="t", limit=4)
    assert len(first.relaxed) == 2
    sourcing = assemble(checkpointer=tmp_path / "t.sqlite")
    second = await sourcing.search("drop it", thread="t", limit=2)
    assert second.relaxed == ()
    assert {stage.round for stage in second.waterfall} == {1}
    assert [stage.name for stage in second.waterfall].count("population") == 1
    assert second.role.years.minimum == 8


async def test_only_plain_values_without_profile_text_are_kept(assemble, tmp_path):
    sourcing = assemble(checkpointer=tmp_path / "t.sqlite")
    await sourcing.search("boston", thread="t", context=Context(seeds=("m03",)))
    values = await kept(sourcing)
    assert set(values) == {"memory"}
    assert json.loads(json.dumps(values["memory"])) == values["memory"]
    with sqlite3.connect(tmp_path / "t.sqlite") as connection:
        rows = connection.execute("select checkpoint, metadata from checkpoints").fetchall()
        writes = connection.execute("select count(*) from writes").fetchone()[0]
    assert len(rows) == 1
    assert writes == 0
    assert sum(len(part) for row in rows for part in row) < 6000
    assert all(b"Engineer" not in bytes(part if isinstance(part, bytes) else part.encode()) for r in rows for part in r)


async def test_seeds_likes_and_the_search_string_carry(assemble, parts, checkpointer):
    retriever = parts.Listed("listed")
    sourcing = assemble(retriever, checkpointer=checkpointer)
    liked = Context(seeds=("m03",), boolean="python", feedback=Feedback(liked=("m01", "m02"), passed=("m04",)))
    await sourcing.search("boston", thread="t", context=liked)
    await sourcing.search("python", thread="t", context=Context(feedback=Feedback(liked=("m04",), passed=("m02",))))
    carried = retriever.calls[-1][1]
    assert carried.seeds == ("m03",)
    assert carried.boolean == "python"
    assert carried.feedback == Feedback(liked=("m01", "m04"), passed=("m02",))
    await sourcing.search("python", thread="t", context=Context(seeds=("m05",), boolean=""))
    carried = retriever.calls[-1][1]
    assert (carried.seeds, carried.boolean) == (("m05",), "")


@pytest.mark.parametrize(("text", "error"), [("", EmptyRequest), ("hello", NothingToSearch)])
async def test_a_refused_message_leaves_the_thread_as_it_was(assemble, checkpointer, text, error):
    sourcing = assemble(checkpointer=checkpointer)
    with pytest.raises(error):
        await sourcing.search(text, thread="t")
    first = await sourcing.search("boston", thread="t")
    with pytest.raises(EmptyRequest):
        await sourcing.search(" ", thread="t")
    second = await sourcing.search("also python", thread="t")
    assert second.role.locations == first.role.locations


async def test_a_cancelled_search_leaves_the_thread_as_it_was(assemble, parts, tmp_path):
    file = tmp_path / "t.sqlite"
    await assemble(checkpointer=file).search("boston", thread="t")
    search = asyncio.create_task(
        assemble(guard=parts.Grader(seconds=5), checkpointer=file).search("python", thread="t")
    )
    await asyncio.sleep(0.3)
    search.cancel()
    with pytest.raises(asyncio.CancelledError):
        await search
    reader = parts.Reader()
    await assemble(understanding=reader, checkpointer=file).search("10 years", thread="t")
    assert [one.value for one in reader.seen[0][1].locations] == ["Boston, MA"]
    assert reader.seen[0][1].skills == ()


async def test_held_open_the_file_serves_many_messages_and_is_closed_after(assemble, tmp_path):
    before = threading.active_count()
    async with assemble(checkpointer=tmp_path / "t.sqlite") as sourcing:
        for number in range(3):
            await sourcing.search("boston" if number == 0 else "also python", thread="t")
        await asyncio.gather(*(sourcing.search("boston", thread=f"t{number}") for number in range(5)))
    for _ in range(50):
        if threading.active_count() <= before:
            break
        await asyncio.sleep(0.02)
    assert [one.name for one in threading.enumerate() if "_connection_worker" in one.name] == []


def test_a_sourcing_serves_one_loop_after_another(assemble, tmp_path):
    """A console chat may run a loop a message."""
    sourcing = assemble(checkpointer=tmp_path / "t.sqlite")
    first = asyncio.run(sourcing.search("boston", thread="t"))
    second = asyncio.run(sourcing.search("also python", thread="t"))
    assert second.role.locations == first.role.locations


async def test_another_versions_thread_gets_a_clear_message(assemble, tmp_path):
    sourcing = assemble(checkpointer=tmp_path / "t.sqlite")
    await sourcing.search("boston", thread="t")
    async with sourcing._graph_for("t") as graph:
        old = {"version": 7, "role": {"text": "x"}, "new_field": 1}
        await graph.aupdate_state({"configurable": {"thread_id": "t"}}, {"memory": old}, as_node="finish")
    with pytest.raises(ThreadUnreadable, match=r"schema 7, this one reads 1.*start a new thread"):
        await sourcing.search("also python", thread="t")
    assert (await sourcing.search("boston", thread="other")).candidates


async def test_a_damaged_checkpoint_gets_a_clear_message(assemble, tmp_path):
    sourcing = assemble(checkpointer=tmp_path / "t.sqlite")
    await sourcing.search("boston", thread="t")
    with sqlite3.connect(tmp_path / "t.sqlite") as connection:
        connection.execute("update checkpoints set checkpoint = ?", (b"\xc1\xff\x00broken",))
    with pytest.raises(ThreadUnreadable, match="damaged"):
        await sourcing.search("also python", thread="t")


async def test_a_file_that_is_no_database_gets_a_clear_message(assemble, tmp_path):
    (tmp_path / "t.sqlite").write_bytes(b"this is a letter to my aunt, and no database at all\n" * 50)
    with pytest.raises(CheckpointsUnavailable, match="search without a thread"):
        await assemble(checkpointer=tmp_path / "t.sqlite").search("boston", thread="t")
    with pytest.raises(CheckpointsUnavailable):
        await assemble(checkpointer=tmp_path / "t.sqlite" / "below").search("boston", thread="t")
    assert (await assemble(checkpointer=tmp_path / "t.sqlite").search("boston")).candidates


async def test_an_answer_is_given_even_where_it_cannot_be_remembered(assemble, tmp_path):
    file = tmp_path / "t.sqlite"
    sourcing = assemble(checkpointer=file)
    await sourcing.search("boston", thread="t")
    with sqlite3.connect(file) as connection:
        connection.execute("create trigger full before insert on checkpoints begin select raise(abort, 'disk'); end")
    shortlist = await sourcing.search("also python", thread="t")
    assert shortlist.candidates
    assert any("not remembered" in note for note in shortlist.notes)


async def test_done_is_told_only_when_the_thread_is_written(assemble, parts, tmp_path):
    sourcing = assemble(checkpointer=tmp_path / "t.sqlite")
    async for event in sourcing.stream("boston", thread="t"):
        if isinstance(event, DoneEvent):
            assert "memory" in await kept(sourcing)


PROCESS = """
import asyncio, sys
from pathlib import Path
from agents.threads import Threads

async def main(file, name):
    from langgraph.graph import StateGraph, START
    def count(state): return {"n": state.get("n", 0) + 1}
    builder = StateGraph(dict)
    from typing import TypedDict
    class Counted(TypedDict, total=False):
        n: int
    builder = StateGraph(Counted)
    builder.add_node("count", count)
    builder.add_edge(START, "count")
    graph = builder.compile()
    for _ in range(15):
        async with Threads(Path(file)).saver() as saver:
            await graph.copy({"checkpointer": saver}).ainvoke(
                {}, {"configurable": {"thread_id": name}}, durability="exit")
    async with Threads(Path(file)).saver() as saver:
        print((await graph.copy({"checkpointer": saver}).aget_state({"configurable": {"thread_id": name}})).values["n"])

asyncio.run(main(*sys.argv[1:]))
"""


def test_two_processes_share_a_new_file(tmp_path):
    file = tmp_path / "t.sqlite"
    running = [
        subprocess.Popen(
            [sys.executable, "-c", PROCESS, str(file), name],
            cwd=Path(__file__).parents[2],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for name in ("one", "two")
    ]
    for process in running:
        out, err = process.communicate(timeout=60)
        assert (process.returncode, out.strip()) == (0, "15"), err


def test_importing_the_face_loads_no_heavy_part():
    """A command can parse its arguments and greet before LangGraph, pydantic-ai or torch are there."""
    heavy = "langgraph", "langchain_core", "pydantic_ai", "openai", "torch", "transformers", "onnxruntime", "xgboost"
    code = f"import sys, agents.sourcing; print([m for m in {heavy!r} if m in sys.modules])"
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=Path(__file__).parents[2], capture_output=True, text=True, check=True
    )
    assert ran.stdout.strip() == "[]"


@pytest.fixture(scope="module")
def real(small_workspace, tmp_path_factory):
    """Everything that `open_sourcing` builds, over 120 invented people."""
    return open_sourcing(small_workspace, checkpoints=tmp_path_factory.mktemp("threads") / "t.sqlite")


async def test_the_whole_road_on_real_parts(real):
    shortlist = await real.search("Registered nurse with NICU experience in Boston, not a manager", limit=5)
    assert 0 < len(shortlist.candidates) <= 5
    assert shortlist.synthetic
    for one in shortlist.candidates:
        profile = real.snapshot.profile(real.snapshot.row(one.member_id))
        assert one.grade is not None
        assert "Manager" not in one.headline
        for mark in one.marks:
            for evidence in mark.evidence:
                assert profile.text[evidence.span.start : evidence.span.end] == evidence.quote
    assert "nurse" in shortlist.candidates[0].headline.lower()
    assert {"faceted", "boolean", "semantic", "lookalike", "personalized"} <= {one.name for one in shortlist.waterfall}
    assert all(stage.status == "ok" for stage in shortlist.waterfall)
    assert json.loads(shortlist.model_dump_json())["candidates"]


async def test_the_policy_refuses_a_criterion_and_the_rest_goes_on(real):
    shortlist = await real.search("young software engineer with Python", limit=3)
    assert [one.words for one in shortlist.refused] == ["young"]
    assert "young" not in shortlist.role.text
    assert shortlist.candidates


async def test_where_everything_is_refused_the_error_says_so_and_a_thread_keeps_its_role(real):
    with pytest.raises(NothingToSearch, match='"women only" was refused'):
        await real.search("women only", thread="refused")
    first = await real.search("accountant", thread="refused", limit=2)
    second = await real.search("women only", thread="refused", limit=2)
    assert second.role == first.role
    assert second.refused
    assert second.candidates == first.candidates


async def test_a_real_follow_up_edits_the_role(real):
    first = await real.search("Accountant with 3 years of experience", thread="edit", limit=3)
    second = await real.search("make it 7 years", thread="edit", limit=3)
    assert first.role.years.minimum == 3
    assert second.role.years.minimum == 7
    assert second.role.titles
    assert second.changes


async def test_seeds_bring_people_alike_and_not_themselves(real):
    shortlist = await real.search("nurse", context=Context(seeds=("m000",)), limit=5)
    assert "m000" not in {
        hit.member_id for one in shortlist.candidates for hit in one.hits if hit.strategy == "lookalike"
    }
    assert any("lookalike" in one.strategies for one in shortlist.candidates)


async def test_the_same_search_gives_the_same_answer(real):
    text = "Senior software engineer, Python or Java, Kubernetes is a plus"
    first, second = [await real.search(text, limit=5) for _ in range(2)]
    assert first.candidates == second.candidates


def test_langgraphs_file_names_a_factory_that_makes_the_graph(small_workspace, monkeypatch):
    root = Path(__file__).parents[2]
    path, _, name = json.loads((root / "langgraph.json").read_text())["graphs"]["shortlist"].partition(":")
    assert (root / path).is_file()
    factory = getattr(importlib.import_module(path.removeprefix("./").removesuffix(".py").replace("/", ".")), name)
    monkeypatch.delenv("SHORTLIST_WORKSPACE", raising=False)
    factory.cache_clear()
    with pytest.raises(RuntimeError, match="SHORTLIST_WORKSPACE"):
        factory()
    monkeypatch.setenv("SHORTLIST_WORKSPACE", str(small_workspace))
    answer = asyncio.run(factory().ainvoke({"text": "nurse", "limit": 2}, context={"recruiter": "ann"}))
    factory.cache_clear()
    assert len(answer["shortlist"].candidates) == 2

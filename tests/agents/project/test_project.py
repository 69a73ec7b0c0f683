"""Several roles are searched side by side, each within its share and at its own risk, and merged so that everybody
appears once; a request for one role goes the road it always went."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from agents.embedded import EmbeddedModel
from agents.embedded.decomposing import make_decomposition_job
from agents.errors import SearchError
from agents.events import DoneEvent
from agents.limits import Limits
from agents.project.answer import Part, ProjectAnswer, merged
from agents.project.decomposing import Decomposing
from agents.project.events import PartEndedEvent, PartEvent, PlanEvent, ProjectDoneEvent
from agents.project.project import AT_A_TIME, Projects, share
from agents.shortlist import Shortlist, Shortlisted
from agents.sourcing import Sourcing
from agents.understanding import NothingToSearch
from retrieval.schema import Context, Role

TWO = "We need a nurse in Boston and 2 python engineers"


@pytest.fixture
def projects(assemble: Callable[..., Sourcing]) -> Callable[..., Projects]:
    """Projects over the town; the in-process model takes requests apart."""

    def make(*retrievers: Any, **given: Any) -> Projects:
        model = EmbeddedModel({"Decomposition": make_decomposition_job()})
        return Projects(sourcing=assemble(*retrievers, **given), decomposing=Decomposing(model))

    return make


class Hears:
    """Understands everything as itself; what contains `fails` raises, what contains `slow` takes its time."""

    def __init__(self, **fails: Exception) -> None:
        self.fails = fails
        self.heard: list[str] = []
        self.running = self.most = 0

    async def understand(self, text: str, *, previous: Role | None = None) -> Any:
        self.heard.append(text)
        self.running += 1
        self.most = max(self.most, self.running)
        await asyncio.sleep(0.05)
        self.running -= 1
        for word, error in self.fails.items():
            if word in text:
                raise error
        return SimpleNamespace(role=Role(text=text), changes=(), diff=(), notes=(), refused=())


async def events(projects: Projects, text: str, **given: Any) -> list[Any]:
    async with aclosing(projects.stream(text, **given)) as stream:
        return [event async for event in stream]


def test_each_role_is_searched_and_told_by_its_number(projects: Callable[..., Projects]) -> None:
    hears = Hears()
    seen = asyncio.run(events(projects(understanding=hears), TWO, limit=3))
    plan, *between, last = seen
    assert isinstance(plan, PlanEvent)
    assert [part.words for part in plan.plan.parts] == ["nurse in Boston", "python engineers"]
    assert sorted(hears.heard) == ["nurse in Boston", "python engineers"]
    assert hears.most == 2
    assert {event.part for event in between if isinstance(event, PartEvent)} == {1, 2}
    assert sum(isinstance(event, PartEndedEvent) for event in between) == 2
    assert isinstance(last, ProjectDoneEvent)
    answer = last.answer
    assert [(part.number, part.headcount, part.problem) for part in answer.parts] == [(1, None, ""), (2, 2, "")]
    assert all(part.shortlist and len(part.shortlist.candidates) == 3 for part in answer.parts)
    assert answer.request == TWO


def test_one_role_goes_the_old_road(projects: Callable[..., Projects]) -> None:
    door = projects()
    alone = asyncio.run(events(door, "python in boston", limit=3))
    assert isinstance(alone[-1], DoneEvent)
    direct = asyncio.run(door.sourcing.search("python in boston", limit=3))
    assert alone[-1].shortlist.candidates == direct.candidates
    # An example, or a search string, is for one role.
    for context in (Context(seeds=("m01",)), Context(boolean="python")):
        assert isinstance(asyncio.run(events(door, TWO, context=context))[-1], DoneEvent)


def test_a_part_that_fails_costs_only_itself(projects: Callable[..., Projects]) -> None:
    for error, said in ((RuntimeError("boom"), "RuntimeError: boom"), (NothingToSearch("say more"), "say more")):
        answer = asyncio.run(projects(understanding=Hears(nurse=error)).search(TWO))
        assert isinstance(answer, ProjectAnswer)
        first, second = answer.parts
        assert first.shortlist is None
        assert first.problem == said
        assert second.shortlist
        assert second.shortlist.candidates
        assert any('"nurse in Boston" brought nobody' in note for note in answer.notes)


def test_a_request_that_no_part_can_serve_is_refused(projects: Callable[..., Projects]) -> None:
    door = projects(understanding=Hears(nurse=NothingToSearch("say more"), python=NothingToSearch("say more")))
    with pytest.raises(SearchError, match="say more"):
        asyncio.run(door.search(TWO))


def test_a_part_that_is_late_is_given_up(projects: Callable[..., Projects], parts: Any) -> None:
    # `Hears` takes 50 ms, more than the whole search may.
    door = projects(understanding=Hears(), limits={"seconds": 0.01})
    answer = asyncio.run(door.search(TWO))
    assert isinstance(answer, ProjectAnswer)
    assert [part.shortlist for part in answer.parts] == [None, None]
    assert all("stopped after 0.01 s" in part.problem for part in answer.parts)


def test_no_more_than_so_many_parts_run_at_a_time(projects: Callable[..., Projects]) -> None:
    hears = Hears()
    text = "We need a nurse, a cook, a baker, a driver, a painter and a teacher"
    answer = asyncio.run(projects(understanding=hears).search(text, limit=1))
    assert isinstance(answer, ProjectAnswer)
    assert len(answer.parts) == 6
    assert hears.most <= AT_A_TIME


def test_closing_the_stream_stops_the_parts(projects: Callable[..., Projects]) -> None:
    hears = Hears()

    async def leave() -> None:
        async with aclosing(projects(understanding=hears).stream(TWO)) as stream:
            await anext(stream)
        await asyncio.sleep(0.15)
        assert not [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]

    asyncio.run(leave())


def test_the_screen_comes_before_everything(projects: Callable[..., Projects]) -> None:
    hears = Hears()
    door = projects(understanding=hears)
    answer = asyncio.run(door.search("We need a young nurse in Boston and 2 python engineers under 30 years old"))
    assert isinstance(answer, ProjectAnswer)
    assert len(answer.refused) >= 1
    assert not any("young" in said or "30" in said for said in hears.heard)
    assert all("young" not in part.words for part in answer.parts)


def test_each_part_has_a_conversation_of_its_own(projects: Callable[..., Projects], tmp_path: Path) -> None:
    for checkpointer in (tmp_path / "threads.sqlite", None):
        door = projects(checkpointer=checkpointer)
        answer = asyncio.run(door.search("We need a python nurse in boston and 2 python engineers", thread="t"))
        assert isinstance(answer, ProjectAnswer)
        names = [part.thread for part in answer.parts]
        assert len(set(names)) == 2
        assert all(name and name.startswith("t.") for name in names)
        edited = asyncio.run(door.sourcing.search("drop boston", thread=names[0]))
        assert "dropped Boston" in edited.changes
        assert edited.role.skills


def test_a_follow_up_edits(projects: Callable[..., Projects]) -> None:
    door = projects(understanding=Hears())
    seen = asyncio.run(events(door, "a nurse and a doctor", follow_up=True))
    assert isinstance(seen[-1], DoneEvent)


@pytest.mark.parametrize("number", [2, 3, 8])
def test_shares_divide_what_costs(number: int) -> None:
    limits = Limits(guarded=24, guard_concurrency=4, rounds=3, tokens=80_000)
    own = share(limits, number)
    assert own.guarded * number <= limits.guarded
    assert own.tokens is not None
    assert own.tokens * number <= 80_000
    assert own.rounds == 1
    assert own.guard_concurrency >= 1
    assert own.guard_concurrency * min(number, AT_A_TIME) <= limits.guard_concurrency + AT_A_TIME
    assert (
        own.model_copy(
            update={name: getattr(limits, name) for name in ("guarded", "guard_concurrency", "rounds", "tokens")}
        )
        == limits
    )


def found(number: int, *people: tuple[str, int | None]) -> Part:
    shown = tuple(
        Shortlisted(member_id=member, rank=rank, grade=grade) for rank, (member, grade) in enumerate(people, 1)
    )
    return Part(
        number=number,
        words=f"role {number}",
        shortlist=Shortlist(request="x", role=Role(text="x"), filter_count=1, candidates=shown),
    )


def test_everybody_appears_once_under_the_role_that_fits_best() -> None:
    parts = (
        found(1, ("ann", 3), ("bob", 4), ("eve", None)),
        found(2, ("bob", 2), ("ann", 4), ("cid", 0)),
        Part(number=3, words="role 3", problem="boom"),
        found(4, ("ann", 4)),
    )
    people = merged(parts)
    assert [(one.candidate.member_id, one.part) for one in people] == [
        ("ann", 4),  # grade 4, rank 1
        ("bob", 1),
        ("cid", 2),
        ("eve", 1),
    ]
    assert [(other.part, other.grade) for other in people[0].others] == [(2, 4), (1, 3)]
    assert people[2].others == ()
    assert merged(()) == ()


def test_one_role_pays_next_to_nothing_for_the_door(projects: Callable[..., Projects]) -> None:
    door = projects()
    texts = ["ICU nurse in Boston, 5+ years, BLS and ACLS", "python in boston"] * 50
    began = time.process_time()
    for text in texts:
        assert asyncio.run(door._plan(text, Context(), follow_up=False)) is None
    assert (time.process_time() - began) / len(texts) < 0.01


def test_a_sourcing_within_other_limits_shares_its_threads(assemble: Callable[..., Sourcing]) -> None:
    whole = assemble()
    part = whole.limited(whole.limits.model_copy(update={"guarded": 1}))
    asyncio.run(part.search("python in boston", thread="t"))
    edited = asyncio.run(whole.search("drop boston", thread="t"))
    assert edited.role.skills  # from the first message
    assert not edited.role.locations
    assert part.snapshot is whole.snapshot
    assert replace(whole, limits=part.limits).limits.guarded == 1

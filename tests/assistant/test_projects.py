"""Several roles are printed a section each, in JSON as one document, and opened one by one in the chat."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import AsyncGenerator
from typing import Any

import pytest
from rich.console import Console

from agents.criterion_costs import CriterionCost
from agents.events import DoneEvent, StageEvent
from agents.policy import Refusal
from agents.project.answer import Part, ProjectAnswer, merged
from agents.project.events import PartEndedEvent, PartEvent, PlanEvent, ProjectDoneEvent
from agents.project.plan import Plan, PlannedPart
from agents.shortlist import Shortlist, Shortlisted, Stage
from assistant.costs import costs_line
from assistant.projects import answer_json, follow, print_answer
from assistant.stages import SearchEnded, Watcher
from retrieval.schema import Criterion, Importance, Kind, Role, Span

TWO = "We need 2 nurses and a driver"


def found(*people: tuple[str, int]) -> Shortlist:
    shown = tuple(
        Shortlisted(member_id=member, rank=rank, grade=grade, headline=f"{member} \x1b[2Jhead")
        for rank, (member, grade) in enumerate(people, 1)
    )
    role = Role(text="nurse", titles=(Criterion(value="nurse"),))
    return Shortlist(request="nurse", role=role, filter_count=1, candidates=shown, synthetic=True)


def answer() -> ProjectAnswer:
    parts = (
        Part(number=1, words="nurses", headcount=2, shortlist=found(("ann", 4), ("bob", 2)), thread="t.1"),
        Part(number=2, words="driver", shortlist=found(("bob", 3))),
        Part(number=3, words="cook", problem="RuntimeError: boom"),
    )
    refusal = Refusal(words="young", span=Span(start=0, end=5), reason="Age says nothing.", clause="age")
    return ProjectAnswer(
        request=TWO,
        parts=parts,
        people=merged(parts),
        shared=("in Texas",),
        refused=(refusal,),
        notes=('"cook" brought nobody: RuntimeError: boom',),
        synthetic=True,
    )


def printed(what: ProjectAnswer | Shortlist) -> str:
    out = io.StringIO()
    print_answer(Console(file=out, width=100, highlight=False), what)
    return out.getvalue()


def test_a_section_a_role_and_who_was_found_twice() -> None:
    said = printed(answer())
    for expected in (
        "3 roles, each in Texas",
        'Refused "young"',
        "1. nurses (2 people)",
        "2. driver",
        "3. cook",
        "brought nobody",
        "Found for several roles",
        "driver (good)",
        "nurses (partial)",
    ):
        assert expected in said
    assert said.count("invented") == 1
    assert "\x1b[2J" not in said
    assert printed(found(("ann", 4))).startswith("Everybody here is invented")


def test_the_document_has_every_role_and_everybody_once() -> None:
    document = answer_json(answer())
    assert json.loads(json.dumps(document)) == document
    assert [role["number"] for role in document["roles"]] == [1, 2, 3]
    assert document["roles"][0]["shortlist"]["candidates"][0]["member_id"] == "ann"
    assert document["roles"][2]["shortlist"] is None
    assert [(one["member_id"], one["role"]) for one in document["people"]] == [("ann", 1), ("bob", 2)]
    assert document["people"][1]["others"] == [{"part": 1, "rank": 2, "grade": 2}]
    assert "candidates" in answer_json(found())


class Heard(Watcher):
    def __init__(self) -> None:
        super().__init__(None)
        self.said: list[str] = []

    def say(self, what: str) -> None:
        self.said.append(what)


async def given(*events: Any) -> AsyncGenerator[Any, None]:
    for event in events:
        yield event


def test_progress_names_the_role() -> None:
    plan = Plan(parts=tuple(PlannedPart(number=number, words=word, text=word) for number, word in enumerate("ab", 1)))
    stage = StageEvent(stage=Stage(name="blend", milliseconds=1.0))
    seen = Heard()
    events = given(
        PlanEvent(plan=plan),
        PartEvent(part=2, event=stage),
        PartEndedEvent(part=answer().parts[0]),
        ProjectDoneEvent(answer=answer()),
    )
    assert asyncio.run(follow(seen, events)) == answer()
    assert seen.said == ["2 roles: a; b", "role 2 of 2: blend", "role 1 of 2 is done"]
    seen = Heard()
    assert asyncio.run(follow(seen, given(stage, DoneEvent(shortlist=found())))) == found()
    assert seen.said == ["blend"]
    with pytest.raises(SearchEnded):
        asyncio.run(follow(seen, given(stage)))


def test_costs_are_one_line() -> None:
    def cost(value: str, **given: Any) -> CriterionCost:
        about = {"kind": Kind.LOCATION, "hard": True, "remaining": 412, "without": 2483, **given}
        return CriterionCost.model_validate({"value": value, **about})

    line = costs_line(
        (
            cost("Texas"),
            cost("Ohio", importance=Importance.EXCLUDE),
            cost("free", without=412),
            cost("CPA", hard=False, without=412, shown=62),
            cost("SAP", hard=False, without=412, shown=1),
            cost("a long wish", hard=False, without=412),
        )
    )
    assert line is not None
    assert line.plain == (
        "Costs: Texas: keeps 412, 2,483 without; not Ohio: keeps 412, 2,483 without; CPA: in 62 profiles; "
        "SAP: in 1 profile"
    )
    assert costs_line(()) is None


def test_the_command_takes_a_request_apart(shortlist: Any) -> None:
    done = shortlist("search", "We need 2 nurses and a driver", "--limit", "2", "--json")
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert [(role["words"], role["headcount"]) for role in document["roles"]] == [("nurses", 2), ("driver", None)]
    assert all(len(role["shortlist"]["candidates"]) == 2 for role in document["roles"])
    assert "1. nurses (2 people)" in shortlist("search", "We need 2 nurses and a driver", "--limit", "1").stdout


def test_the_chat_opens_one_of_the_roles(shortlist: Any) -> None:
    lines = "/open 1\nWe need 2 nurses and a driver\n/open 7\n/open 2\nalso Spanish\n/role\n/quit\n"
    done = shortlist("chat", "--limit", "1", stdin=lines)
    assert done.returncode == 0, done.stderr
    for expected in (
        "There are no several roles",
        "/open 1 or 2 goes on",
        "Say which role by number: 1, 2",
        "Role 2: driver",
        "language added: Spanish",
        "Role: driver, Spanish",
    ):
        assert expected in done.stdout

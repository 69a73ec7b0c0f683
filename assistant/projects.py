"""Several roles at once, as a recruiter sees them: progress by role, a section a role, and everybody in one list."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

from rich.console import Console
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from agents.events import DoneEvent, Event, StageEvent
from agents.project.answer import Part, Person, ProjectAnswer
from agents.project.events import PartEndedEvent, PartEvent, PlanEvent, ProjectDoneEvent, ProjectEvent
from agents.shortlist import Shortlist
from assistant.answer import as_json
from assistant.cards import GRADES, SYNTHETIC, print_shortlist
from assistant.console import legible, plain
from assistant.stages import SearchEnded, Watcher


async def follow(seen: Watcher, events: AsyncGenerator[Event | ProjectEvent, None]) -> Shortlist | ProjectAnswer:
    """Follow a request for one role or several to its end; where this is cancelled, so are its searches."""
    parts = 0
    async with aclosing(events):
        async for event in events:
            match event:
                case DoneEvent():
                    return event.shortlist
                case ProjectDoneEvent():
                    return event.answer
                case PlanEvent():
                    parts = len(event.plan.parts)
                    seen.say(f"{parts} roles: {'; '.join(part.words for part in event.plan.parts)}")
                case PartEvent():
                    if isinstance(event.event, StageEvent):
                        seen.say(f"role {event.part} of {parts}: {event.event.name}")
                case PartEndedEvent():
                    seen.say(f"role {event.part.number} of {parts} is done")
                case _:
                    seen.tell(event)
    raise SearchEnded("the search ended without an answer; run it again")


def print_answer(console: Console, answer: Shortlist | ProjectAnswer, *, waterfall: bool = False) -> None:
    """Print what a request was answered with."""
    if isinstance(answer, Shortlist):
        print_shortlist(console, answer, waterfall=waterfall)
        return
    if answer.synthetic:
        console.print(Text(SYNTHETIC, style="bold magenta"))
    shared = f", each {', '.join(answer.shared)}" if answer.shared else ""
    console.print(plain(f"{len(answer.parts)} roles{shared}", style="bold"))
    for refusal in answer.refused:
        console.print(Text.assemble(("Refused ", "bold red"), f'"{legible(refusal.words)}": {legible(refusal.reason)}'))
    for note in answer.notes:
        console.print(plain(f"- {note}", style="dim"))
    for part in answer.parts:
        console.print(Rule(plain(f"{part.number}. {_asked(part)}"), align="left"))
        if part.shortlist is not None:
            # Told once, above.
            print_shortlist(console, part.shortlist.model_copy(update={"synthetic": False}), waterfall=waterfall)
    if any(person.others for person in answer.people):
        console.print(_found_twice(answer))


def answer_json(answer: Shortlist | ProjectAnswer) -> dict[str, Any]:
    """The document of a request for one role, or `{"roles": [...], "people": [...]}`; see docs/commands.md."""
    if isinstance(answer, Shortlist):
        return as_json(answer)
    return {
        "request": answer.request,
        "synthetic": answer.synthetic,
        "shared": list(answer.shared),
        "refused": [refusal.model_dump(mode="json") for refusal in answer.refused],
        "notes": list(answer.notes),
        "roles": [_role(part) for part in answer.parts],
        "people": [_person(person) for person in answer.people],
        "milliseconds": answer.milliseconds,
        "snapshot": answer.snapshot,
        "thread": answer.thread,
    }


def _asked(part: Part) -> str:
    return f"{part.words} ({part.headcount} people)" if part.headcount and part.headcount > 1 else part.words


def _role(part: Part) -> dict[str, Any]:
    said = part.model_dump(mode="json", exclude={"shortlist"})
    return {**said, "shortlist": as_json(part.shortlist) if part.shortlist else None}


def _person(person: Person) -> dict[str, Any]:
    """Where to find the person among the roles; what is known of them stands there."""
    best = person.candidate
    others = [other.model_dump(mode="json") for other in person.others]
    return {
        "member_id": best.member_id,
        "role": person.part,
        "rank": best.rank,
        "grade": best.grade,
        "headline": best.headline,
        "others": others,
    }


def _found_twice(answer: ProjectAnswer) -> Table:
    """Those who were found for several roles, under the one that fits best."""
    table = Table(title="Found for several roles", title_justify="left", box=None)
    for column in ("person", "best as", "also as"):
        table.add_column(column)
    words = {part.number: part.words for part in answer.parts}
    for person in answer.people:
        if person.others:
            also = ", ".join(f"{words[one.part]}{_grade(one.grade)}" for one in person.others)
            best = person.candidate
            table.add_row(
                plain(f"{best.headline or '(no headline)'} [{best.member_id}]"),
                plain(f"{words[person.part]}{_grade(best.grade)}"),
                plain(also),
            )
    return table


def _grade(grade: int | None) -> str:
    return "" if grade is None else f" ({GRADES[grade]})"

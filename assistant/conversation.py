"""The terminal chat: messages search and edit the role; lines that start with a slash look at or judge the answer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from uuid import uuid4

from rich.console import Console

from agents.memory import Ledger
from agents.memory.ledger import role_key
from agents.project.answer import ProjectAnswer
from agents.project.opening import open_projects
from agents.project.project import Projects
from agents.shortlist import Shortlist, Shortlisted
from agents.sourcing import Sourcing
from agents.trajectory import Liking, TrajectoryNotKept
from assistant.cards import role_line, waterfall_table, why
from assistant.console import legible, print_json, stderr, stdout
from assistant.errors import expected, explained
from assistant.memory import memory_table
from assistant.projects import answer_json, follow, print_answer
from assistant.settings import Settings
from assistant.stages import watch
from assistant.typed import lines
from assistant.workspace import greeting, ledger, open_workspace

HELP = """\
Write who you need; write again to edit the role ("make it 7 years", "drop Boston", "also NICU").
  /why N       every quote and reason for person N
  /like N      look for more people like N from now on;  /pass N  for fewer
  /memory      what was learned from that;  /forget N  takes entry N out again
  /undo N      search again without edit N of the search, and leave it out from now on
  /role        the role as understood;  /waterfall  what each stage left
  /open N      of several roles asked for at once, go on with role N
  /new         start another role;  /help  this;  /quit  leave"""


def thread_name() -> str:
    """A name that no other conversation has."""
    return f"chat-{uuid4().hex[:12]}"


class Told(Exception):
    """Something to tell the recruiter instead of an answer."""


@dataclass(kw_only=True)
class Conversation:
    """One recruiter's chat over one workspace."""

    sourcing: Sourcing
    ledger: Ledger
    recruiter: str
    limit: int
    console: Console
    runner: asyncio.Runner
    json: bool = False
    thread: str = field(default_factory=thread_name)
    answer: Shortlist | None = None
    project: ProjectAnswer | None = None

    @cached_property
    def projects(self) -> Projects:
        """The door for requests, for one role or for several."""
        return open_projects(self.sourcing)

    def hear(self, line: str) -> bool:
        """Act on one line; False where it asks to leave."""
        line = line.strip()
        if not line:
            return True
        if not line.startswith("/"):
            self._search(line)
            return True
        name, _, argument = line[1:].partition(" ")
        if name in {"quit", "exit", "q"}:
            return False
        action = self._actions().get(name)
        try:
            if action is None:
                raise Told(f"There is no /{name}; /help lists what there is.")
            action(argument.strip())
        except Told as told:
            self.console.print(legible(str(told)), markup=False)
        return True

    def _actions(self) -> dict[str, Callable[[str], None]]:
        return {
            "help": lambda _: self.console.print(HELP, markup=False),
            "new": self._new,
            "open": self._open,
            "role": lambda _: self.console.print(role_line(self._answered().role)),
            "waterfall": lambda _: self.console.print(waterfall_table(self._answered())),
            "why": lambda number: self.console.print(why(self._candidate(number), self.console)),
            "like": self._like,
            "pass": self._pass,
            "memory": self._memory,
            "forget": self._forget,
            "undo": self._undo,
        }

    def _search(self, text: str, *, declined: Sequence[str] = ()) -> None:
        context = self.ledger.context(self.recruiter)
        with watch() as seen:
            stream = self.projects.stream(
                text,
                thread=self.thread,
                context=context,
                limit=self.limit,
                follow_up=self.answer is not None,
                declined=declined,
            )
            answer = self.runner.run(follow(seen, stream))
        if isinstance(answer, Shortlist):
            self.answer = answer
        else:
            # Each of its roles has a conversation of its own; what comes next is a new one unless /open says which.
            self.project, self.answer, self.thread = answer, None, thread_name()
        self.ledger.answered(self.recruiter, answer)
        if self.json:
            print_json(answer_json(answer), indent=None)
        else:
            print_answer(self.console, answer)
            if isinstance(answer, ProjectAnswer):
                self._say_how_to_go_on(answer)

    def _say_how_to_go_on(self, answer: ProjectAnswer) -> None:
        numbers = [str(part.number) for part in answer.parts if part.shortlist]
        self.console.print(f"/open {' or '.join(numbers)} goes on with one of these roles.", markup=False)

    def _open(self, number: str) -> None:
        """Go on with one role of a project: what is written next edits it."""
        parts = {str(part.number): part for part in self.project.parts} if self.project else {}
        part = parts.get(number)
        if part is None or part.shortlist is None or part.thread is None:
            there = ", ".join(name for name, one in parts.items() if one.shortlist)
            raise Told(f"Say which role by number: {there}." if there else "There are no several roles to open one of.")
        self.thread, self.answer = part.thread, part.shortlist
        self.console.print(f"Role {number}: {legible(part.words)}. Write to edit it.", markup=False)

    def _new(self, _: str) -> None:
        self.thread, self.answer, self.project = thread_name(), None, None
        self.console.print("A new role. Who do you need?")

    def _like(self, number: str) -> None:
        candidate = self._candidate(number)
        self.ledger.like(self.recruiter, candidate.member_id, role=role_key(self._answered()))
        self._keep(candidate, liked=True)
        self.console.print(f"Liked {legible(candidate.headline)}; the next search uses it.", markup=False)

    def _pass(self, number: str) -> None:
        candidate = self._candidate(number)
        self.ledger.passed(self.recruiter, candidate.member_id, role=role_key(self._answered()))
        self._keep(candidate, liked=False)
        self.console.print(f"Passed on {legible(candidate.headline)}; the next search uses it.", markup=False)

    def _undo(self, number: str) -> None:
        """The same search without one of its edits."""
        edits = self._answered().edits
        if not number.isascii() or not number.isdigit() or not 1 <= int(number) <= len(edits):
            raise Told(f"Say which edit by number, 1 to {len(edits)}." if edits else "The search edited nothing.")
        self._search("", declined=[edits[int(number) - 1].id])

    def _keep(self, candidate: Shortlisted, *, liked: bool) -> None:
        """Tell the search's trajectory what came of it; where that fails, the liking counts all the same."""
        log, run = self.sourcing.trajectories, self._answered().run
        if log is not None and run:
            with suppress(TrajectoryNotKept):
                log.append(Liking(run=run, member_id=candidate.member_id, liked=liked))

    def _memory(self, _: str) -> None:
        """What was learned of this recruiter."""
        self.console.print(memory_table(self.ledger.learned(self.recruiter)))

    def _forget(self, number: str) -> None:
        """Take one entry out, by its number in the list."""
        entries = self.ledger.learned(self.recruiter)
        if not number.isascii() or not number.isdigit() or not 1 <= int(number) <= len(entries):
            raise Told(f"Say which entry by number, 1 to {len(entries)}." if entries else "Nothing was learned yet.")
        gone = self.ledger.remove(self.recruiter, entries[int(number) - 1].id)
        self.console.print(f"Forgotten: {legible(gone.sentence)}.", markup=False)

    def _answered(self) -> Shortlist:
        if self.answer is None:
            raise Told("There is no answer yet: write who you need first.")
        return self.answer

    def _candidate(self, number: str) -> Shortlisted:
        people = self._answered().candidates
        if not number.isascii() or not number.isdigit() or not 1 <= int(number) <= len(people):
            raise Told(f"Say which person by number, 1 to {len(people)}." if people else "Nobody was found.")
        return people[int(number) - 1]


def converse(settings: Settings, *, limit: int, json: bool = False) -> None:
    """Chat until the recruiter leaves or the input ends; with `json` each answer is one line of stdout."""
    with watch() as seen:
        seen.say("opening the snapshot")
        sourcing = open_workspace(settings, remember=True)
    with asyncio.Runner() as runner:
        conversation = Conversation(
            sourcing=sourcing,
            ledger=ledger(settings.workspace, sourcing.snapshot),
            recruiter=settings.recruiter,
            limit=limit,
            console=stderr() if json else stdout(),
            runner=runner,
            json=json,
        )
        conversation.console.print(f"{greeting(settings)} Who do you need? (/help)", markup=False)
        for line in lines():
            try:
                if not conversation.hear(line):
                    break
            except KeyboardInterrupt:
                stderr().print("Stopped; the role is as it was. /quit leaves.")
            except Exception as error:
                # What our rooms refuse (too long, nothing to search for ...) ends the line, not the chat.
                if not expected(error):
                    raise
                stderr().print(legible(explained(error)), markup=False, style="red")

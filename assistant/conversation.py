"""The terminal chat: messages search and edit the role; lines that start with a slash look at or judge the answer."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from uuid import uuid4

from rich.console import Console

from agents.shortlist import Shortlist, Shortlisted
from agents.sourcing import Sourcing
from assistant.answer import as_json
from assistant.cards import print_shortlist, role_line, waterfall_table, why
from assistant.console import legible, print_json, stderr, stdout
from assistant.errors import expected, explained
from assistant.feedback import FeedbackStore
from assistant.settings import Settings
from assistant.stages import watch
from assistant.workspace import feedback_store, greeting, open_workspace
from retrieval.schema import Context

PROMPT = "role> "
HELP = """\
Write who you need; write again to edit the role ("make it 7 years", "drop Boston", "also NICU").
  /why N       every quote and reason for person N
  /like N      look for more people like N from now on;  /pass N  for fewer
  /role        the role as understood;  /waterfall  what each stage left
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
    history: FeedbackStore
    recruiter: str
    limit: int
    console: Console
    runner: asyncio.Runner
    json: bool = False
    thread: str = field(default_factory=thread_name)
    answer: Shortlist | None = None

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
            "role": lambda _: self.console.print(role_line(self._answered().role)),
            "waterfall": lambda _: self.console.print(waterfall_table(self._answered())),
            "why": lambda number: self.console.print(why(self._candidate(number), self.console)),
            "like": self._like,
            "pass": self._pass,
        }

    def _search(self, text: str) -> None:
        context = Context(recruiter=self.recruiter, feedback=self.history.feedback(self.recruiter))
        with watch() as seen:
            stream = self.sourcing.stream(text, thread=self.thread, context=context, limit=self.limit)
            self.answer = self.runner.run(seen.follow(stream))
        self.history.remember_role(self.recruiter, self.answer.role.text)
        if self.json:
            print_json(as_json(self.answer), indent=None)
        else:
            print_shortlist(self.console, self.answer)

    def _new(self, _: str) -> None:
        self.thread, self.answer = thread_name(), None
        self.console.print("A new role. Who do you need?")

    def _like(self, number: str) -> None:
        candidate = self._candidate(number)
        self.history.like(self.recruiter, candidate.member_id)
        self.console.print(f"Liked {legible(candidate.headline)}; the next search uses it.", markup=False)

    def _pass(self, number: str) -> None:
        candidate = self._candidate(number)
        self.history.pass_over(self.recruiter, candidate.member_id)
        self.console.print(f"Passed on {legible(candidate.headline)}; the next search uses it.", markup=False)

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
            history=feedback_store(settings.workspace),
            recruiter=settings.recruiter,
            limit=limit,
            console=stderr() if json else stdout(),
            runner=runner,
            json=json,
        )
        conversation.console.print(f"{greeting(settings.workspace)} Who do you need? (/help)", markup=False)
        for line in _lines():
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


def _lines() -> Iterator[str]:
    """Lines of a terminal with history and editing, or of a pipe."""
    if not sys.stdin.isatty():
        yield from sys.stdin
        return
    # Importing it gives input() line editing and a history.
    import readline  # noqa: F401

    while True:
        try:
            yield input(PROMPT)
        except (EOFError, KeyboardInterrupt):
            stdout().print()
            return

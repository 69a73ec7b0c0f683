"""A search while it runs: one line on a terminal's stderr that says which stage it is at."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing, contextmanager

from rich.status import Status

from agents.events import CandidatesEvent, DoneEvent, EditEvent, Event, StageEvent, VerdictEvent
from agents.shortlist import Shortlist
from assistant.console import stderr


class Watcher:
    """Says how far a search is."""

    def __init__(self, status: Status | None) -> None:
        self._status = status
        self._verdicts = 0

    def say(self, what: str) -> None:
        """Replace the line."""
        if self._status:
            self._status.update(what)

    async def follow(self, events: AsyncGenerator[Event, None]) -> Shortlist:
        """Follow a stream to its end and return what it found; where this is cancelled, so is the search."""
        shortlist: Shortlist | None = None
        async with aclosing(events):
            async for event in events:
                if isinstance(event, DoneEvent):
                    shortlist = event.shortlist
                else:
                    self.tell(event)
        if shortlist is None:
            raise SearchEnded("the search ended without an answer; run it again")
        return shortlist

    def tell(self, event: Event) -> None:
        """Say what an event means for how far the search is."""
        match event:
            case StageEvent():
                self.say(event.name if event.count is None else f"{event.name}: {event.count:,} people")
            case CandidatesEvent():
                self._verdicts = 0
                self.say(f"reading the best {len(event.candidates)} profiles")
            case VerdictEvent():
                self._verdicts += 1
                self.say(f"{self._verdicts} profiles read")
            case EditEvent():
                self.say(event.edit.said)
            case DoneEvent():
                pass


class SearchEnded(RuntimeError):
    """A stream that stopped before its last event."""


@contextmanager
def watch() -> Iterator[Watcher]:
    """Show a status line while the block runs; nothing where stderr is no terminal."""
    console = stderr()
    if not console.is_terminal:
        yield Watcher(None)
        return
    with console.status("") as status:
        yield Watcher(status)

"""The commands, one a file. Each module imports what it needs when it runs, so that `shortlist -h` is instant."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from assistant.commands import chat, demo, doctor, evaluate, index, retrievers, search, synth, train


@dataclass(frozen=True, kw_only=True)
class Command:
    """A command's name ("search", or "judge compare" in a group), what runs, and the example its help shows."""

    name: str
    function: Callable[..., Any]
    example: str


GROUPS: dict[str, str] = {}
"""Groups of commands, with the line that help says of each."""

COMMANDS = tuple(
    Command(
        name=module.__name__.removeprefix(f"{__name__}.").replace(".", " "),
        function=module.command,
        example=module.EXAMPLE,
    )
    for module in (demo, synth, index, search, chat, evaluate, train, retrievers, doctor)
)

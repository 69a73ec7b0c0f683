"""The commands, one a file. Each module imports what it needs when it runs, so that `shortlist -h` is instant."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from assistant.commands import (
    chat,
    demo,
    doctor,
    evaluate,
    forget,
    index,
    label,
    models,
    retrievers,
    search,
    synth,
    train,
)
from assistant.commands.constitution import diff, show
from assistant.commands.judge import compare
from assistant.commands.memory import clear, remove
from assistant.commands.memory import list as list_memory
from assistant.commands.safety import injection, screening


@dataclass(frozen=True, kw_only=True)
class Command:
    """A command's name ("search", or "judge compare" in a group), what runs, and the example its help shows."""

    name: str
    function: Callable[..., Any]
    example: str


GROUPS = {
    "constitution": "What makes a person right for a role, and what may never count.",
    "judge": "How well models agree with people.",
    "memory": "What a recruiter's likes, passes and edits have taught.",
    "safety": "What the search refuses, and what it is proof against.",
}
"""Groups of commands, with the line that help says of each."""

COMMANDS = tuple(
    Command(
        name=module.__name__.removeprefix(f"{__name__}.").replace(".", " "),
        function=module.command,
        example=module.EXAMPLE,
    )
    for module in (
        *(demo, synth, index, forget, search, chat),
        *(list_memory, remove, clear),
        *(evaluate, compare, label, train),
        *(show, diff),
        *(screening, injection),
        *(retrievers, models, doctor),
    )
)

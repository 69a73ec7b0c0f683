"""The commands, one a file. Each module imports what it needs when it runs, so that `shortlist -h` is instant."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from assistant.commands import (
    chat,
    demo,
    doctor,
    encode,
    evaluate,
    evaluate_encoder,
    forget,
    index,
    label,
    models,
    retrievers,
    search,
    synth,
)
from assistant.commands.constitution import diff, show
from assistant.commands.judge import compare
from assistant.commands.memory import clear, remove
from assistant.commands.memory import list as list_memory
from assistant.commands.safety import injection, screening
from assistant.commands.train import grader, muse, muse_data, policy, ranker


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
    "train": "Weights from expert grades, labels or labelled requests.",
}
"""Groups of commands, with the line that help says of each."""

COMMANDS = tuple(
    Command(
        name=module.__name__.removeprefix(f"{__name__}.").replace(".", " ").replace("_", "-"),
        function=module.command,
        example=module.EXAMPLE,
    )
    for module in (
        *(demo, synth, index, encode, forget, search, chat),
        *(list_memory, remove, clear),
        *(evaluate, evaluate_encoder, compare, label),
        *(ranker, grader, policy, muse_data, muse),
        *(show, diff),
        *(screening, injection),
        *(retrievers, models, doctor),
    )
)

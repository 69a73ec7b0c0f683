"""How far a long job is: a bar on a terminal, a line every few seconds elsewhere; always on stderr."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from assistant.console import stderr

Advance = Callable[[str, int, int | None], None]
"""Called with a stage, how much of it is done, and how much there is (None: not known yet)."""

SECONDS_BETWEEN_LINES = 10.0


def counted(advance: Advance, stage: str, total: int) -> Callable[[object], None]:
    """For a job that tells what it has done, not how much: counts how often it was told."""
    numbers = itertools.count(1)
    return lambda _: advance(stage, next(numbers), total)


@contextmanager
def meter() -> Iterator[Advance]:
    """Show the stages of a job as they come."""
    console = stderr()
    if console.is_terminal:
        with Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            console=console,
            transient=True,
        ) as bars:
            tasks = {}

            def advance(stage: str, done: int, total: int | None) -> None:
                if stage not in tasks:
                    tasks[stage] = bars.add_task(stage, total=total)
                bars.update(tasks[stage], completed=done, total=total)

            yield advance
    else:
        said: dict[str, float] = {}

        def say(stage: str, done: int, total: int | None) -> None:
            now = time.monotonic()
            if now - said.setdefault(stage, now) >= SECONDS_BETWEEN_LINES:
                of = f" of {total:,}" if total is not None else ""
                console.print(f"{stage}: {done:,}{of}", markup=False)
                said[stage] = now

        yield say

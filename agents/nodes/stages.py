"""Rows of the waterfall, written as a stage ends."""

from __future__ import annotations

from time import perf_counter

from langgraph.runtime import Runtime
from pydantic import ValidationError

from agents.events import StageEvent
from agents.shortlist import Stage
from retrieval.schema import Context

MOST_CHARACTERS = 300
"""Of an error's words in a note: a part's message may hold anything."""


def ended(
    runtime: Runtime[Context],
    name: str,
    *,
    started: float | None,
    round: int,
    count: int | None = None,
    detail: str = "",
    status: str = "ok",
) -> Stage:
    """The stage that began at `started` (`perf_counter`) and ends now; also streamed."""
    milliseconds = 0.0 if started is None else (perf_counter() - started) * 1e3
    stage = Stage(name=name, count=count, milliseconds=milliseconds, detail=detail, status=status, round=round)
    runtime.stream_writer(StageEvent(stage=stage))
    return stage


def told(error: BaseException) -> str:
    """An error in one line."""
    if isinstance(error, ValidationError):  # its words show the value it refused, which may be a profile
        return f"{type(error).__name__} of {error.title}"
    words = " ".join(str(error).split())
    said = f"{type(error).__name__}: {words}" if words else type(error).__name__
    return said if len(said) <= MOST_CHARACTERS else said[: MOST_CHARACTERS - 3] + "..."

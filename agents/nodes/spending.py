"""How much of its time and tokens a search has used."""

from __future__ import annotations

from time import perf_counter

from agents.limits import Limits
from agents.models.runs import current


def tokens_used() -> int:
    """Read and written by all models of the search under way; 0 where none is behind a server."""
    run = current()
    return sum(usage.tokens for usage in run.usage().values()) if run else 0


def spent(limits: Limits, started: float) -> str:
    """Why nothing new may be begun, in words; empty while something may. `started` is a `perf_counter`."""
    if perf_counter() - started >= limits.seconds:
        return f"the search's {limits.seconds:g} s are over"
    if limits.tokens is not None and tokens_used() >= limits.tokens:
        return f"the search's {limits.tokens:,} tokens are used"
    return ""

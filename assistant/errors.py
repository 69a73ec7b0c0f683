"""Errors as a person reads them."""

from __future__ import annotations

OURS = frozenset({"retrieval", "ranking", "agents", "offline", "training", "assistant"})


def expected(error: BaseException) -> bool:
    """True for errors that our own rooms raise about what they were given; their message carries the fix."""
    return type(error).__module__.partition(".")[0] in OURS


def explained(error: BaseException) -> str:
    """One or more lines that say what went wrong and what helps."""
    if expected(error):
        return str(error) or type(error).__name__
    if isinstance(error, OSError) and error.strerror:
        return f"{error.strerror}: {error.filename}" if error.filename else error.strerror
    # Its own message may quote a profile, and people paste what they see into reports.
    return (
        f"unexpected {type(error).__name__}\n"
        "Run it again as `shortlist --debug ...` to see where, and please report it."
    )

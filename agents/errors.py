"""What a search refuses to do, each with the way out in its message."""

from __future__ import annotations


class SearchError(ValueError):
    """A request that cannot be served as it stands; the message is for the person who sent it."""


class EmptyRequest(SearchError):
    """There is no text to search for."""


class RequestTooLong(SearchError):
    """More text than a request may have."""


class UnknownSeed(SearchError):
    """A seed member that the snapshot does not hold."""


class UnknownEdit(SearchError):
    """An edit was declined that the thread's searches have not made."""


class ThreadUnreadable(SearchError):
    """The checkpoint of a thread was written by another version, or is damaged."""


class CheckpointsUnavailable(SearchError):
    """The file of checkpoints cannot be opened or written."""

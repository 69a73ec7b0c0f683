"""What a strategy is: ours and outsiders' alike."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from retrieval.filters import Filter
from retrieval.schema import Context, Retrieval, Role


@runtime_checkable
class Retriever(Protocol):
    """A strategy. Built once a snapshot by the factory its entry point names; called from several threads."""

    name: str

    def retrieve(self, *, role: Role, filter: Filter, context: Context, limit: int) -> Retrieval:
        """At most `limit` members that pass `filter`, best first; the same answer for the same arguments."""
        ...

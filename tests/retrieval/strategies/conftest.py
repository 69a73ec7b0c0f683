"""What the tests of all strategies ask with."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from pyroaring import BitMap

from retrieval.filters import Filter
from retrieval.retriever import Retriever
from retrieval.schema import Context, Profile, Retrieval, Role
from retrieval.snapshot import Snapshot

Find = Callable[..., Retrieval]


@pytest.fixture(scope="session")
def people(small_population: list[Profile]) -> dict[str, Profile]:
    """The small population by member id."""
    return {profile.member_id: profile for profile in small_population}


@pytest.fixture
def find(small_snapshot: Snapshot) -> Find:
    """Ask a retriever made by `create`; everybody passes unless `rows` says who."""

    def ask(
        create: Callable[[Snapshot], Retriever],
        role: Role | str,
        *,
        rows: BitMap | None = None,
        limit: int = 120,
        **context: object,
    ) -> Retrieval:
        return create(small_snapshot).retrieve(
            role=Role(text=role) if isinstance(role, str) else role,
            filter=Filter(rows=small_snapshot.alive if rows is None else rows),
            context=Context.model_validate(context),
            limit=limit,
        )

    return ask

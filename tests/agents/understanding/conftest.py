"""Reading requests in this process, and what to hold the roles to."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from agents.embedded import EmbeddedModel
from agents.embedded.understanding import reader
from agents.understanding import Understanding, Understood
from retrieval.schema import Importance, Role

UNDERSTANDING = Understanding(EmbeddedModel({"Reading": reader()}))


@pytest.fixture(scope="session")
def understand() -> Iterator[Callable[..., Understood]]:
    """Understands a text, perhaps as an edit of a role."""
    with asyncio.Runner() as runner:
        yield lambda text, previous=None: runner.run(UNDERSTANDING.understand(text, previous=previous))


@pytest.fixture(scope="session")
def criteria() -> Callable[[Role], list[Any]]:
    """Every criterion of a role."""
    return _criteria


@pytest.fixture(scope="session")
def values() -> Callable[..., list[str]]:
    """The values of criteria that bind so."""

    def of(found: Any, importance: Importance = Importance.MUST) -> list[str]:
        return [criterion.value for criterion in found if criterion.importance is importance]

    return of


@pytest.fixture(scope="session")
def founded() -> Callable[[Role], None]:
    """Every span lies in the role's text, and the words of each value stand there, in any case."""

    def check(role: Role) -> None:
        for criterion in _criteria(role):
            assert criterion.span is not None
            assert criterion.span.end <= len(role.text)
            said = criterion.span.of(role.text).lower()
            assert said.strip()
            if criterion in role.languages:
                continue  # named in English whatever the word ("Russians" -> "Russian")
            assert all(word in said for word in criterion.value.lower().split())

    return check


def _criteria(role: Role) -> list[Any]:
    lists = (
        role.titles,
        role.seniority,
        role.locations,
        role.skills,
        role.industries,
        role.education,
        role.languages,
        role.companies,
        role.qualifications,
    )
    return [criterion for several in lists for criterion in several] + ([role.years] if role.years else [])

"""The kit's rules, and the order that this retriever promises."""

from __future__ import annotations

import pytest
import shortlist_recent

from offline.index_build import build
from retrieval.filters import Filter
from retrieval.schema import Context, Criterion, PartialDate, Position, Profile, Role
from retrieval.snapshot import Snapshot
from retrieval.testing import RetrieverContract


def person(number: int) -> Profile:
    """Somebody who was an accountant until `2024 - number`; number 0 still is, number 9 does not say when."""
    if number == 0:
        job = Position(title="Accountant", start=PartialDate(year=2015), current=True)
    elif number == 9:
        job = Position(title="Accountant")
    else:
        job = Position(title="Accountant", start=PartialDate(year=2000), end=PartialDate(year=2024 - number))
    text = f"Accountant number {number}, closed books and knew Excel."
    return Profile(member_id=f"m{number}", text=text, positions=(job,))


@pytest.fixture(scope="session")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """Ten accountants."""
    workspace = tmp_path_factory.mktemp("workspace")
    build((person(number) for number in range(10)), workspace=workspace)
    return Snapshot.open(workspace)


class TestConformance(RetrieverContract):
    create = staticmethod(shortlist_recent.create)


def test_the_most_recent_come_first_and_the_undated_not_at_all(snapshot: Snapshot) -> None:
    answer = shortlist_recent.create(snapshot).retrieve(
        role=Role(text="accountant", titles=(Criterion(value="accountant"),)),
        filter=Filter(rows=snapshot.alive),
        context=Context(),
        limit=50,
    )
    assert [hit.member_id for hit in answer.hits] == [f"m{number}" for number in range(9)]
    assert answer.hits[0].reason == "Accountant: now"


def test_a_role_without_a_title_gets_a_note(snapshot: Snapshot) -> None:
    answer = shortlist_recent.create(snapshot).retrieve(
        role=Role(text="anybody"), filter=Filter(rows=snapshot.alive), context=Context(), limit=5
    )
    assert (answer.hits, answer.notes) == ((), ("recent: the role names no title",))

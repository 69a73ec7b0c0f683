"""What is added to one role after the other becomes an entry; what is taken out again does not."""

from __future__ import annotations

import pytest

from agents.memory import Ledger
from agents.memory.asking import valued_of
from agents.role_changes import RoleChange
from retrieval.schema import Importance, Kind, Preference


def added(value: str, kind: Kind = Kind.CERTIFICATION, importance: Importance = Importance.MUST) -> RoleChange:
    return RoleChange(kind=kind, action="added", after=value, importance=importance, said=f"{kind} added: {value}")


def removed(value: str, kind: Kind = Kind.CERTIFICATION) -> RoleChange:
    return RoleChange(
        kind=kind, action="removed", before=value, importance_before=Importance.MUST, said=f"{kind} removed: {value}"
    )


def habits(ledger: Ledger, *edits: tuple[RoleChange, ...]) -> list[Preference]:
    """Entries after one accounting role for each of `edits`."""
    for number, changes in enumerate(edits):
        ledger.asked("ann", f"Accountant for the books of our office {number}", role=f"r{number}")
        for change in changes:
            ledger.edited("ann", [change], role=f"r{number}")
    return [entry for entry in ledger.learned("ann") if entry.source == "edits"]


def test_a_criterion_added_to_three_roles(ledger: Ledger) -> None:
    (entry,) = habits(ledger, (added("CPA"),), (added("CPA"),), (added("CPA"),))
    assert entry.sentence == 'usually asks for "CPA" in such roles: added to 3 of 3 that were edited'
    assert (entry.trait, entry.value, entry.wanted) == ("certification", "cpa", True)
    assert 0 < entry.strength < 1
    assert len(entry.roles) == 3


def test_once_is_no_habit_and_neither_is_seldom(ledger: Ledger) -> None:
    other = (added("Excel", Kind.SKILL),)
    assert habits(ledger, (added("CPA"),)) == []
    found = habits(ledger, (added("CPA"),), (added("CPA"),), *([other] * 3))
    assert [entry.value for entry in found] == ["excel"]


def test_what_was_taken_out_again_does_not_count(ledger: Ledger) -> None:
    assert habits(ledger, *[(added("CPA"), removed("CPA"))] * 3) == []


def test_repeated_exclusion_is_an_aversion(ledger: Ledger) -> None:
    (entry,) = habits(ledger, *[(added("Sales", Kind.SKILL, Importance.EXCLUDE),)] * 2)
    assert not entry.wanted
    assert "rules out" in entry.sentence


@pytest.mark.parametrize(
    ("kind", "said", "expected"),
    [
        (Kind.YEARS, "5+", ("years", "5")),
        (Kind.YEARS, "7-10", ("years", "7")),
        (Kind.YEARS, "up to 3", None),  # would stand for age
        (Kind.LANGUAGE, "Spanish", None),
        (Kind.LOCATION, "Boston", ("location", "boston")),
        (Kind.EDUCATION, "bachelor's degree", ("education", "bachelor")),
        (Kind.SENIORITY, "senior", ("seniority", "senior")),
        (Kind.SKILL, "bible study", None),
        (Kind.EXPERIENCE, "month-end close", ("skill", "month-end close")),
    ],
)
def test_what_a_criterion_may_become(kind: Kind, said: str, expected: tuple[str, str] | None) -> None:
    assert valued_of(kind, said) == expected

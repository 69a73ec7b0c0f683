"""Recruiters over the small population: accountants with and without a master's degree, engineers, nurses."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from agents.memory import Ledger
from retrieval.schema import Profile
from retrieval.snapshot import Snapshot

ACCOUNTANT = "Accountant, closes the books each month under GAAP, audit papers"
SAME = "Accountant who closes the monthly books under GAAP and prepares audits"
NURSE = "Registered nurse for a neonatal intensive care unit, night shifts"


@pytest.fixture
def ledger(tmp_path: Path, small_snapshot: Snapshot) -> Ledger:
    """An empty ledger that learns over the small population."""
    return Ledger(tmp_path / "memory.sqlite", snapshot=small_snapshot)


@pytest.fixture
def accountants(small_population: list[Profile]) -> list[Profile]:
    """Twenty people of one trade."""
    return [one for one in small_population if "ccount" in (one.headline or "")]


@pytest.fixture
def audit(accountants: list[Profile]) -> tuple[list[str], list[str]]:
    """Accountants with the skill "Audit", and without; of those with a level of "manager" nobody."""
    skilled = [one.member_id for one in accountants if "Audit" in {skill.name for skill in one.skills}]
    return skilled, [one.member_id for one in accountants if one.member_id not in skilled]


@pytest.fixture
def taught(ledger: Ledger, audit: tuple[list[str], list[str]]) -> Callable[..., Ledger]:
    """A ledger after a recruiter has liked the first `count` with the skill, and passed as many without."""

    def teach(recruiter: str = "ann", *, count: int = 5, role: str = "r1", text: str = ACCOUNTANT) -> Ledger:
        skilled, others = audit
        ledger.asked(recruiter, text, role=role)
        ledger.shown(recruiter, [*skilled, *others], role=role)
        for member in skilled[:count]:
            ledger.like(recruiter, member, role=role)
        for member in others[:count]:
            ledger.passed(recruiter, member, role=role)
        return ledger

    return teach


@pytest.fixture(scope="session")
def roles() -> dict[str, str]:
    """Texts of roles."""
    return {"accountant": ACCOUNTANT, "same": SAME, "nurse": NURSE}

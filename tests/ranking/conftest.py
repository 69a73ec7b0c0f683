"""A population with people of whom little or nothing is known, and a role that asks for one of everything."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from offline.index_build import build
from retrieval.schema import (
    Candidate,
    Criterion,
    Hit,
    Importance,
    Position,
    Profile,
    Qualification,
    Role,
    Seniority,
    SeniorityCriterion,
    Skill,
    YearsCriterion,
)
from retrieval.snapshot import Snapshot
from training.ranker import TREES

LONG = "Closed the books each month. " * 30 + "Cared for newborns in intensive care. " * 30 + "Spoke at a fair. " * 40
ODD = (
    Profile(member_id="x-empty", text=""),
    Profile(member_id="x-blank", text=" \n\t"),
    Profile(member_id="x-headline-only", text="", headline="Registered Nurse"),
    Profile(member_id="x-no-titles", text="Gave medication and kept charts in Epic.", skills=(Skill(name="ACLS"),)),
    Profile(member_id="x-long", text=LONG, headline="Nurse", years_experience=40.0, seniority=Seniority.EXECUTIVE),
    Profile(member_id="x-signs", text="*** --- !!!", positions=(Position(title="Nurse"), Position(company="Acme"))),
)


@pytest.fixture(scope="session")
def odd_snapshot(small_population: list[Profile], tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """Forty of the small population and six profiles with holes."""
    workspace = tmp_path_factory.mktemp("odd")
    build([*small_population[:40], *ODD], workspace=workspace)
    return Snapshot.open(workspace)


@pytest.fixture(scope="session")
def asking() -> Role:
    """A role with wishes of every kind that features read, among them some excluded."""
    return Role(
        text="Senior nurse for intensive care of newborns, charts in Epic, ACLS; 5 years; no managers, no pastry",
        titles=(
            Criterion(value="Registered Nurse"),
            Criterion(value="NICU nurse", importance=Importance.NICE),
            Criterion(value="Head Chef", importance=Importance.EXCLUDE),
        ),
        seniority=(
            SeniorityCriterion(value="mid", level=Seniority.MID),
            SeniorityCriterion(value="lead", level=Seniority.LEAD),
            SeniorityCriterion(value="manager", level=Seniority.MANAGER, importance=Importance.EXCLUDE),
        ),
        years=YearsCriterion(value="5 years", minimum=5),
        skills=(Criterion(value="ACLS"), Criterion(value="Pastry", importance=Importance.EXCLUDE)),
        qualifications=(
            Qualification(value="care for newborns in intensive care"),
            Qualification(value="charting in Epic", importance=Importance.NICE),
        ),
    )


@pytest.fixture(scope="session")
def pool(odd_snapshot: Snapshot) -> list[Candidate]:
    """Thirty candidates, worst blend first: found by some strategies, by one, by none."""
    pool = []
    for place in range(30):
        row = odd_snapshot.count - 1 - place if place < len(ODD) else place * 7 % (odd_snapshot.count - len(ODD))
        hits = [
            Hit(member_id=odd_snapshot.member_id(row), strategy=strategy, rank=place + 1, score=1.0, reason="found")
            for strategy, every in (("boolean", 2), ("semantic", 3), ("lookalike", 5))
            if place % every == 0
        ]
        pool.append(Candidate(member_id=odd_snapshot.member_id(row), hits=tuple(hits), blend=0.001 * (place + 1)))
    assert len({one.member_id for one in pool}) == len(pool)
    return pool


@pytest.fixture(scope="module")
def fewer_trees() -> Iterator[None]:
    """Weights made for a test need few trees, and one thread."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {"n_estimators": 100, "learning_rate": 0.2, "n_jobs": 1}.items():
            patch.setitem(TREES, name, value)
        yield

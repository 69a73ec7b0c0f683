"""The compiled filter says what it did, and leaves out and keeps whom it should in cases that have names."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from offline.index_build import build
from retrieval.filters import Filter, compile_filter
from retrieval.schema import (
    Criterion,
    Importance,
    Location,
    LocationCriterion,
    Place,
    Position,
    Profile,
    Role,
    Seniority,
    SeniorityCriterion,
    YearsCriterion,
)
from retrieval.snapshot import Snapshot

SAN_FRANCISCO = Location(
    text="SF", city="San Francisco", region="US-CA", country="US", latitude=37.7749, longitude=-122.4194
)
LONDON = Location(text="London", city="London", region="GB-ENG", country="GB", latitude=51.5085, longitude=-0.1257)
OAKLAND = Place(
    kind="city", name="Oakland", city="Oakland", region="US-CA", country="US", latitude=37.8, longitude=-122.27
)
BOSTON = Place(
    kind="city", name="Boston", city="Boston", region="US-MA", country="US", latitude=42.36, longitude=-71.06
)


class Silent:
    """For profiles that have no text worth a vector."""

    id = "silent"
    width = 2
    levels = (2,)

    def encode(self, texts: object, **given: object) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
        return np.ones((len(list(texts)), 2), np.float32)  # type: ignore[call-overload]


def snapshot_of(people: list[Profile], workspace: Path) -> Snapshot:
    build(people, workspace=workspace, encoder=Silent())
    return Snapshot.open(workspace, encoder=Silent())


def compiled(people: list[Profile], workspace: Path, **role: object) -> tuple[Filter, set[str]]:
    snapshot = snapshot_of(people, workspace)
    found = compile_filter(Role.model_validate({"text": "x", **role}), snapshot)
    return found, {snapshot.member_id(row) for row in found.rows}


def test_a_must_most_profiles_lack_keeps_them_and_says_so(tmp_path: Path) -> None:
    people = [
        Profile(member_id="sf", text="", locations=(SAN_FRANCISCO,)),
        Profile(member_id="uk", text="", locations=(LONDON,)),
    ]
    people += [Profile(member_id=f"unknown{i}", text="") for i in range(8)]
    wish = LocationCriterion(value="Oakland", place=OAKLAND)
    found, members = compiled(people, tmp_path, locations=(wish,))
    assert members == {"sf", *(f"unknown{i}" for i in range(8))}
    assert found.notes == ("Location is known for 20 % of this population, so people without one were kept",)
    (step,) = found.steps
    assert (step.criterion, step.passing, step.unknown) == ("Oakland", 9, 8)


def test_a_must_most_profiles_have_drops_the_unknown(tmp_path: Path) -> None:
    people = [Profile(member_id=f"sf{i}", text="", locations=(SAN_FRANCISCO,)) for i in range(3)]
    people += [Profile(member_id="unknown", text="")]
    found, members = compiled(people, tmp_path, locations=(LocationCriterion(value="Oakland", place=OAKLAND),))
    assert members == {"sf0", "sf1", "sf2"}
    assert found.notes == ()


def test_a_place_the_gazetteer_does_not_know_is_said_and_not_filtered_on(tmp_path: Path) -> None:
    people = [Profile(member_id="sf", text="", locations=(SAN_FRANCISCO,))]
    found, members = compiled(people, tmp_path, locations=(LocationCriterion(value="Erewhon"),))
    assert members == {"sf"}
    assert found.notes == ('the place "Erewhon" is not known here, so it was not filtered on',)


def test_not_director_leaves_those_who_no_longer_are(tmp_path: Path) -> None:
    now = Profile(member_id="now", text="", positions=(Position(title="Director of Sales", current=True),))
    once = Profile(
        member_id="once",
        text="",
        positions=(Position(title="Sales Manager", current=True), Position(title="Director of Sales")),
    )
    _, members = compiled([now, once], tmp_path, titles=(Criterion(value="director", importance=Importance.EXCLUDE),))
    assert members == {"once"}


def test_wishes_that_are_nice_filter_nothing(small_snapshot: Snapshot) -> None:
    nice = Importance.NICE
    role = Role(
        text="x",
        seniority=(SeniorityCriterion(value="VP", level=Seniority.VP, importance=nice),),
        years=YearsCriterion(value="50 years", minimum=50, importance=nice),
        locations=(LocationCriterion(value="Boston", place=BOSTON, importance=nice),),
        skills=(Criterion(value="NICU"),),
        titles=(Criterion(value="Astronaut"),),
        companies=(Criterion(value="Nowhere"),),
    )
    found = compile_filter(role, small_snapshot)
    assert set(found.rows) == set(small_snapshot.alive)
    assert found.steps == found.notes == ()


def test_the_erased_never_pass(tmp_path: Path) -> None:
    people = [Profile(member_id=str(i), text="", seniority=Seniority.MID) for i in range(4)]
    snapshot = snapshot_of(people, tmp_path)
    (tmp_path / "tombstones.json").write_text('["2"]')
    assert set(compile_filter(Role(text="x"), snapshot).rows) == {0, 1, 3}
    must = (SeniorityCriterion(value="mid", level=Seniority.MID),)
    exclude = (SeniorityCriterion(value="vp", level=Seniority.VP, importance=Importance.EXCLUDE),)
    found = compile_filter(Role(text="x", seniority=(*must, *exclude)), snapshot)
    assert set(found.rows) == {0, 1, 3}
    assert [step.passing for step in found.steps] == [3, 3]


def test_the_shared_bitmaps_are_not_touched(small_snapshot: Snapshot) -> None:
    before = set(small_snapshot.alive)
    role = Role(text="x", seniority=(SeniorityCriterion(value="senior", level=Seniority.SENIOR),))
    once, twice = (compile_filter(role, small_snapshot) for _ in range(2))
    once.rows.clear()
    assert set(small_snapshot.alive) == before
    assert twice.rows
    assert set(compile_filter(role, small_snapshot).rows) == set(twice.rows)

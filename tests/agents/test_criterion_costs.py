"""What a criterion costs is what the filter says with it and without it, whoever else is excluded."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.criterion_costs import costs
from retrieval.filters import compile_filter
from retrieval.schema import (
    Criterion,
    Importance,
    Kind,
    LocationCriterion,
    Qualification,
    Role,
    Seniority,
    SeniorityCriterion,
    YearsCriterion,
)
from retrieval.snapshot import Snapshot

LEVELS = st.sampled_from(list(Seniority)).map(lambda level: SeniorityCriterion(value=level.name, level=level))
YEARS = st.integers(1, 9).map(lambda years: YearsCriterion(value=f"{years}+ years", minimum=years))


def place(parts: Any, number: int, importance: Importance = Importance.MUST) -> LocationCriterion:
    city = ("Boston", "Worcester", "Springfield", "New York")[number]
    near = ((42.358, -71.06), (42.262, -71.802), (42.101, -72.59), (40.714, -74.006))[number]
    own = parts.BOSTON.model_copy(update={"name": city, "city": city, "latitude": near[0], "longitude": near[1]})
    return LocationCriterion(value=city, place=own, importance=importance)


def without(role: Role, kind: Kind, importance: Importance, value: str) -> Role:
    """The role with one requirement less, field by field."""
    kept: dict[str, Any] = {}
    for field, of in (("titles", Kind.TITLE), ("seniority", Kind.SENIORITY), ("locations", Kind.LOCATION)):
        if of is kind:
            kept[field] = tuple(one for one in getattr(role, field) if one.importance is not importance)
    if kind is Kind.YEARS:
        kept["years"] = None
    if kind is Kind.COMPANY:
        kept["companies"] = tuple(one for one in role.companies if one.value != value)
    return role.model_copy(update=kept)


@pytest.fixture(scope="session")
def roles(parts: Any) -> Callable[..., Role]:
    def make(
        places: list[int], outside: list[int], years: YearsCriterion | None, levels: list[SeniorityCriterion]
    ) -> Role:
        locations = [place(parts, number) for number in places]
        locations += [place(parts, number, Importance.EXCLUDE) for number in outside]
        titles = (Criterion(value="Engineer 3", importance=Importance.EXCLUDE), Criterion(value="Engineer"))
        return Role(
            text="x",
            titles=titles,
            locations=tuple(locations),
            years=years,
            seniority=tuple(levels),
            companies=(Criterion(value="Acme", importance=Importance.EXCLUDE),),
            skills=(Criterion(value="Python"), Criterion(value="Kubernetes", importance=Importance.NICE)),
        )

    return make


@given(
    places=st.lists(st.integers(0, 3), max_size=2, unique=True),
    outside=st.lists(st.integers(0, 3), max_size=1),
    years=st.none() | YEARS,
    levels=st.lists(LEVELS, max_size=1),
)
def test_costs_are_what_the_filter_says_without_each(
    town: Snapshot,
    roles: Callable[..., Role],
    places: list[int],
    outside: list[int],
    years: YearsCriterion | None,
    levels: list[SeniorityCriterion],
) -> None:
    role = roles(places, outside, years, levels)
    passing = len(compile_filter(role, town).rows)
    found = costs(role, town)
    assert [(one.kind, one.value, one.importance) for one in found] == [
        (one.kind, one.value, one.importance) for one in role.requirements()
    ]
    for one in found:
        assert one.remaining == passing
        if one.hard:
            wider = compile_filter(without(role, one.kind, one.importance, one.value), town)
            assert one.without == len(wider.rows)
            assert one.shown is None
        else:
            assert one.without == passing


def test_soft_criteria_keep_nobody_out_and_say_where_they_are_mentioned(town: Snapshot) -> None:
    role = Role(
        text="x",
        titles=(Criterion(value="Engineer 7"), Criterion(value="Engineer 9")),
        skills=(Criterion(value="Python"), Criterion(value="Kubernetes")),
        qualifications=(Qualification(value="years of Java"), Qualification(value="a b c d e", kind=Kind.EXPERIENCE)),
    )
    title, python, kubernetes, java, letters = costs(role, town)
    assert not any(one.hard for one in (title, python, kubernetes, java, letters))
    assert title.shown == 2
    assert python.shown == java.shown == 20
    assert kubernetes.shown == 0
    assert (
        costs(
            Role(text="x", qualifications=(Qualification(value="one long wish of many more words than profiles say"),)),
            town,
        )[0].shown
        is None
    )


def test_a_filter_at_hand_is_used(town: Snapshot, parts: Any) -> None:
    role = Role(text="x", locations=(place(parts, 0),))
    compiled = compile_filter(role, town)
    assert costs(role, town, compiled=compiled) == costs(role, town)
    (cost,) = costs(role, town)
    assert (cost.hard, cost.remaining, cost.without) == (True, 10, 40)

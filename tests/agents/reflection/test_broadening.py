"""Broadening: one step, the costliest wish first, never an exclude, always said."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agents.reflection.broadening import broadenings
from retrieval.filters import compile_filter
from retrieval.schema import (
    Criterion,
    EducationCriterion,
    EducationLevel,
    Importance,
    Kind,
    LocationCriterion,
    Place,
    Qualification,
    Role,
    Seniority,
    SeniorityCriterion,
    YearsCriterion,
)

MUST, NICE, EXCLUDE = Importance.MUST, Importance.NICE, Importance.EXCLUDE
NEW_YORK = Place(
    kind="city", name="New York, NY", city="New York", region="US-NY", country="US", latitude=40.714, longitude=-74.006
)
LISTS = ("titles", "seniority", "locations", "skills", "industries", "education", "languages", "companies")


def wider(role, town, declined=()):
    """The step that lets in the most, if there is one."""
    return next((one.edit for one in broadenings(role, snapshot=town, declined=declined)), None)


def every(role, town, most=30):
    """The role and all it is broadened to, in turn."""
    roles, said = [role], []
    for _ in range(most):
        step = wider(roles[-1], town)
        if step is None:
            return roles, said
        roles.append(step.apply(roles[-1]))
        said.append(step.said)
    pytest.fail("broadening never ends")


def boston(parts, importance=MUST):
    return LocationCriterion(value="Boston", place=parts.BOSTON, importance=importance)


def test_a_place_widens_from_city_to_metro_area_to_region_to_country_to_anywhere(town, parts):
    roles, said = every(Role(text="", locations=(boston(parts),)), town)
    kinds = [role.locations[0].place.kind for role in roles if role.locations]
    assert kinds[:4] == ["city", "metro", "region", "country"]
    assert [len(compile_filter(role, town).rows) for role in roles[:4]] == [10, 20, 30, 40]
    assert "Massachusetts" in said[1]
    assert "United States" in said[2]


def test_a_step_that_lets_nobody_in_is_passed_over(town, parts):
    """80 km around New York hold no more than New York does, nor does its state: the country is next."""
    role = Role(text="", locations=(LocationCriterion(value="NYC", place=NEW_YORK),))
    step = wider(role, town)
    assert step.said == "widened NYC to United States"
    assert step.apply(role).locations[0].place.kind == "country"


def test_several_places_widen_together_and_meet(town, parts):
    worcester = parts.BOSTON.model_copy(update={"name": "Worcester", "city": "Worcester", "latitude": 42.262})
    role = Role(text="", locations=(boston(parts), LocationCriterion(value="Worcester", place=worcester)))
    roles, _ = every(role, town)
    regions = [r for r in roles if r.locations and r.locations[0].place and r.locations[0].place.kind == "region"]
    assert len(regions[0].locations) == 1


def test_years_come_down_by_two_and_their_words_with_them(town):
    years = YearsCriterion(value="8+ years", minimum=8)
    role = Role(text="", years=years)
    step = wider(role, town)
    fewer = step.apply(role).years
    assert (fewer.minimum, fewer.value, fewer.span) == (6, "at least 6 years", None)
    assert step.said == "widened 8+ years to at least 6 years"


def test_the_costliest_hard_criterion_goes_first(town, parts):
    """Anywhere would let in 30 more in the first case; in the second the years cost more than the place."""
    place_costs = Role(text="", locations=(boston(parts),), years=YearsCriterion(value="2+ years", minimum=2))
    assert wider(place_costs, town).apply(place_costs).years == place_costs.years
    years_cost = Role(
        text="",
        locations=(
            LocationCriterion(
                value="Massachusetts", place=Place(kind="region", name="MA", region="US-MA", country="US")
            ),
        ),
        years=YearsCriterion(value="11+ years", minimum=11),
    )
    assert wider(years_cost, town).field == "years"


def test_each_hard_criterion_has_its_step_and_knows_whom_it_lets_in(town, parts):
    role = Role(text="", locations=(boston(parts),), years=YearsCriterion(value="8+ years", minimum=8))
    found = broadenings(role, snapshot=town)
    before = compile_filter(role, town).rows
    assert {one.edit.field for one in found} == {"locations", "years"}
    for one in found:
        assert one.lets_in == compile_filter(one.edit.apply(role), town).rows - before
    assert [len(one.lets_in) for one in found] == sorted((len(one.lets_in) for one in found), reverse=True)


def test_years_that_nobody_has_come_down_until_somebody_does(town):
    role = Role(text="", years=YearsCriterion(value="30+ years", minimum=30))
    step = wider(role, town)
    assert step.apply(role).years.minimum == 12  # nine years are within a quarter of it
    assert step.said == "widened 30+ years to at least 12 years"


def test_a_declined_step_is_not_taken_and_none_beyond_it(town, parts):
    role = Role(text="", locations=(boston(parts),), years=YearsCriterion(value="8+ years", minimum=8))
    place, years = broadenings(role, snapshot=town)
    assert place.edit.field == "locations"
    assert [one.edit for one in broadenings(role, snapshot=town, declined=[place.edit.id])] == [years.edit]
    assert broadenings(role, snapshot=town, declined=[place.edit.id, years.edit.id]) == []
    again = broadenings(role.model_copy(update={"text": "another message"}), snapshot=town)
    assert [one.edit.id for one in again] == [place.edit.id, years.edit.id]


def test_a_degree_comes_down_a_level(town):
    doctorate = EducationCriterion(value="PhD", level=EducationLevel.DOCTORATE, field="Physics")
    roles, _ = every(Role(text="", titles=(Criterion(value="engineer"),), education=(doctorate,)), town)
    assert all(role.titles for role in roles)
    levels = [role.education[0].level for role in roles if role.education]
    assert levels == sorted(levels, reverse=True)


def test_what_keeps_nobody_out_is_never_relaxed(town):
    skills = (Criterion(value="Python"), Criterion(value="Fortran"), Criterion(value="Cobol", importance=NICE))
    assert wider(Role(text="", titles=(Criterion(value="engineer"),), skills=skills), town) is None


def test_a_role_without_hard_criteria_stays(town):
    assert wider(Role(text="", skills=(Criterion(value="Python"),)), town) is None
    assert wider(Role(text="", titles=(Criterion(value="engineer"),)), town) is None
    assert wider(Role(text=""), town) is None


importances = st.sampled_from(list(Importance))
words = st.sampled_from(["Python", "Java", "Fortran", "Acme", "Engineer", "English", "Finance"])
criteria = st.lists(st.builds(Criterion, value=words, importance=importances), max_size=3).map(tuple)


@st.composite
def any_role(draw, places):
    year = draw(st.none() | st.integers(0, 12))
    return Role(
        text="x",
        titles=draw(criteria),
        skills=draw(criteria),
        industries=draw(criteria),
        languages=draw(criteria),
        companies=draw(criteria),
        seniority=draw(
            st.lists(
                st.builds(
                    SeniorityCriterion, value=st.just("lvl"), level=st.sampled_from(Seniority), importance=importances
                ),
                max_size=2,
            ).map(tuple)
        ),
        locations=draw(
            st.lists(
                st.builds(LocationCriterion, value=words, place=st.sampled_from(places), importance=importances),
                max_size=3,
            ).map(tuple)
        ),
        education=draw(
            st.lists(
                st.builds(
                    EducationCriterion,
                    value=st.just("degree"),
                    level=st.none() | st.sampled_from(EducationLevel),
                    importance=importances,
                ),
                max_size=2,
            ).map(tuple)
        ),
        qualifications=draw(
            st.lists(
                st.builds(Qualification, value=words, importance=importances, kind=st.sampled_from(Kind)), max_size=3
            ).map(tuple)
        ),
        years=None
        if year is None
        else YearsCriterion(value=f"{year} years", minimum=year, importance=draw(importances)),
    )


def listed(role):
    return [(field, one) for field in (*LISTS, "qualifications") for one in getattr(role, field)]


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_the_role_nothing_is_excluded_less_or_added_and_nobody_drops_out(town, parts, data):
    role = data.draw(any_role([parts.BOSTON, NEW_YORK, None]))
    roles, said = every(role, town)
    assert all(said)
    for before, after in pairwise(roles):
        assert after != before
        assert compile_filter(before, town).rows <= compile_filter(after, town).rows
        assert [p for p in listed(before) if p[1].importance is EXCLUDE] == [
            p for p in listed(after) if p[1].importance is EXCLUDE
        ]
        assert {(f, o.value) for f, o in listed(after) if f not in ("locations", "education")} <= {
            (f, o.value) for f, o in listed(before)
        }
        assert len(listed(after)) <= len(listed(before))
        assert after.text == before.text

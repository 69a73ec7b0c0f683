"""Faceted: grades agree with a count over the profiles themselves, and the reason names what matched."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from retrieval.schema import (
    Criterion,
    EducationCriterion,
    EducationLevel,
    Importance,
    Kind,
    LocationCriterion,
    Place,
    Profile,
    Qualification,
    Retrieval,
    Role,
    Seniority,
    SeniorityCriterion,
    YearsCriterion,
)
from retrieval.strategies import faceted

Find = Callable[..., Retrieval]
NICE, EXCLUDE = Importance.NICE, Importance.EXCLUDE
BOSTON = Place(kind="city", name="Boston", city="Boston", region="US-MA", country="US")


def role(**criteria: object) -> Role:
    return Role.model_validate({"text": "someone", **criteria})


def test_scores_are_the_share_of_skills_had(find: Find, people: dict[str, Profile]) -> None:
    wanted = ("Python", "Java", "Kubernetes", "Pastry")
    answer = find(faceted.create, role(skills=[Criterion(value=skill) for skill in wanted]))
    expected = {
        member: sum(skill in {s.name for s in profile.skills} for skill in wanted) / 4
        for member, profile in people.items()
    }
    assert {hit.member_id: hit.score for hit in answer.hits} == pytest.approx({m: s for m, s in expected.items() if s})
    order = [(-hit.score, hit.member_id) for hit in answer.hits]
    assert order == sorted(order)


def test_the_reason_names_the_matches_and_counts_them(find: Find, people: dict[str, Profile]) -> None:
    asked = role(
        titles=[Criterion(value="accountant")],
        skills=[Criterion(value=skill) for skill in ("GAAP", "QuickBooks", "Oracle", "Poetry")],
    )
    best = find(faceted.create, asked).hits[0]
    assert best.reason == "title: accountant; skills: GAAP, QuickBooks (2 of 4)"
    assert {"GAAP", "QuickBooks"} <= {skill.name for skill in people[best.member_id].skills}


def test_a_title_is_graded_by_how_and_when_it_was_held(find: Find, people: dict[str, Profile]) -> None:
    answer = find(faceted.create, role(titles=[Criterion(value="Software Engineer")]))
    grades = {people[hit.member_id].headline: hit.score for hit in answer.hits}
    assert grades["Software Engineer"] == pytest.approx(1.0)
    assert grades["Senior Software Engineer"] == pytest.approx(0.9)  # the words side by side in a present title
    assert grades["Engineering Manager"] == pytest.approx(0.8)  # held before
    assert not {"Registered Nurse", "Teacher"} & set(grades)


def test_title_alternatives_are_one_wish(find: Find, people: dict[str, Profile]) -> None:
    answer = find(faceted.create, role(titles=[Criterion(value="Line Cook"), Criterion(value="Teacher")]))
    best = {people[hit.member_id].headline for hit in answer.hits if hit.score == 1}
    assert best == {"Line Cook", "Teacher"}
    assert answer.hits[0].reason == "title: Line Cook or Teacher"


def test_nice_weighs_half(find: Find) -> None:
    asked = role(skills=[Criterion(value="Python"), Criterion(value="Negotiation", importance=NICE)])
    scores = {hit.reason: hit.score for hit in find(faceted.create, asked).hits}
    assert scores == pytest.approx({"skills: Python (1 of 2)": 2 / 3, "skills: Negotiation (1 of 2)": 1 / 3})


def test_an_unwanted_skill_counts_against(find: Find, people: dict[str, Profile]) -> None:
    asked = role(titles=[Criterion(value="Accountant")], skills=[Criterion(value="Audit", importance=EXCLUDE)])
    hits = find(faceted.create, asked).hits
    held = {
        audit: max(h.score for h in hits if ("Audit" in {s.name for s in people[h.member_id].skills}) is audit)
        for audit in (True, False)
    }
    assert held[True] < held[False]
    assert not any("Audit" in hit.reason for hit in hits)


@pytest.mark.parametrize(
    ("criteria", "holds"),
    [
        (
            {"seniority": [SeniorityCriterion(value="manager", level=Seniority.MANAGER)]},
            lambda p: p.seniority is Seniority.MANAGER,
        ),
        (
            {"locations": [LocationCriterion(value="Boston", place=BOSTON)]},
            lambda p: any(place.city == "Boston" for place in p.locations),
        ),
        (
            {"locations": [LocationCriterion(value="UK", place=Place(kind="country", name="UK", country="GB"))]},
            lambda p: any(place.country == "GB" for place in p.locations),
        ),
        (
            {
                "locations": [
                    LocationCriterion(
                        value="Bay Area",
                        place=Place(kind="metro", name="Bay Area", latitude=37.6, longitude=-122.2, radius_km=90),
                    )
                ]
            },
            lambda p: any(place.region == "US-CA" for place in p.locations),
        ),
        (
            {"years": YearsCriterion(value="5+ years", minimum=5)},
            lambda p: p.years_experience is not None and p.years_experience >= 5,
        ),
        (
            {"years": YearsCriterion(value="up to 3 years", maximum=3)},
            lambda p: p.years_experience is not None and p.years_experience <= 3,
        ),
        ({"languages": [Criterion(value="French")]}, lambda p: any(x.name == "French" for x in p.languages)),
        ({"companies": [Criterion(value="acme")]}, lambda p: any(x.company == "Acme, Inc." for x in p.positions)),
        (
            {"industries": [Criterion(value="Hospitality")]},
            lambda p: any(x.name == "Hospitality" for x in p.industries),
        ),
        (
            {"education": [EducationCriterion(value="bachelor", level=EducationLevel.BACHELOR)]},
            lambda p: any((x.level or 0) >= EducationLevel.BACHELOR for x in p.education),
        ),
        (
            {"qualifications": [Qualification(value="triage", kind=Kind.SKILL)]},
            lambda p: any(x.name == "Triage" for x in p.skills),
        ),
    ],
)
def test_each_attribute_finds_first_exactly_those_who_have_it(
    criteria: dict[str, object], holds: Callable[[Profile], bool], find: Find, people: dict[str, Profile]
) -> None:
    expected = {member for member, profile in people.items() if holds(profile)}
    hits = find(faceted.create, role(**criteria)).hits
    assert expected
    assert {hit.member_id for hit in hits[: len(expected)]} == expected
    assert all(hit.score < hits[0].score for hit in hits[len(expected) :])


def test_a_degree_with_a_field_is_worth_more_than_either(find: Find, people: dict[str, Profile]) -> None:
    asked = role(
        education=[EducationCriterion(value="bachelor in nursing", level=EducationLevel.BACHELOR, field="Nursing")]
    )
    scores = {hit.member_id: hit.score for hit in find(faceted.create, asked).hits}
    for member, score in scores.items():
        (studied,) = people[member].education
        high = studied.level is not None and studied.level >= EducationLevel.BACHELOR
        assert score == pytest.approx((high + (studied.field == "Nursing")) / 2)


def test_a_role_without_attributes_says_so(find: Find) -> None:
    answer = find(faceted.create, "somebody nice")
    assert (answer.hits, answer.notes) == ((), (faceted.NOT_ANSWERABLE,))


def test_a_long_list_of_skills_does_not_drown_the_title(find: Find) -> None:
    skills = [Criterion(value=f"Skill {number}") for number in range(40)]
    best = find(faceted.create, role(titles=[Criterion(value="Sous Chef")], skills=skills)).hits[0]
    assert best.score == pytest.approx(3 / 7)

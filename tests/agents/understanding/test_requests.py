"""A request is taken apart: every stated wish is kept, and each criterion points at its words."""

from __future__ import annotations

from typing import Any

import pytest

from agents.understanding import NothingToSearch
from retrieval.schema import EducationLevel, Importance, Seniority


def test_a_request_of_several_kinds_is_taken_apart(understand: Any, values: Any, founded: Any) -> None:
    role = understand(
        "We need a senior accountant for a mid-size manufacturer in Boston or New York: month-end close, comfortable "
        "in SAP or another ERP. CPA preferred, 5+ years, bachelor's degree in accounting or finance, speaks Spanish, "
        "no consultants."
    ).role
    assert values(role.titles) == ["accountant"]
    assert values(role.titles, Importance.EXCLUDE) == ["consultants"]
    assert [level.level for level in role.seniority] == [Seniority.SENIOR]
    assert [place.place.name for place in role.locations if place.place] == ["Boston, MA", "New York City, NY"]
    assert role.years is not None
    assert (role.years.minimum, role.years.maximum) == (5, None)
    assert [(study.level, study.field) for study in role.education] == [
        (EducationLevel.BACHELOR, "accounting or finance")
    ]
    assert values(role.languages) == ["Spanish"]
    assert "comfortable in SAP or another ERP" in values(role.qualifications)
    assert values(role.qualifications, Importance.NICE) == ["CPA"]
    founded(role)


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("Teller or customer service representative in a bank", ["Teller", "customer service representative"]),
        ("Help desk / desktop support technician: tickets", ["Help desk technician", "desktop support technician"]),
        ("Registered nurse - ICU", ["Registered nurse"]),
        ("VP of Marketing based in LA", ["VP of Marketing"]),
        ("Benefits and compensation analyst, HRIS", ["Benefits and compensation analyst"]),
        ("for a CMO with crypto experience", ["CMO"]),
        ("Current position should be customer success specialist", ["customer success specialist"]),
        ("Someone to run arts programs for a museum", []),
        ("python", []),
    ],
)
def test_titles_are_the_job_alone(text: str, titles: list[str], understand: Any, values: Any) -> None:
    assert values(understand(text).role.titles) == titles


@pytest.mark.parametrize(
    ("text", "minimum", "maximum"),
    [
        ("nurse with 5+ years", 5, None),
        ("nurse, at least 5 years", 5, None),
        ("nurse, 3-5 years of experience", 3, 5),
        ("nurse, minimum of three years", 3, None),
        ("nurse with up to 4 years experience", None, 4),
        ("nurse, 5 years of ICU and 10 years of experience", 10, None),
    ],
)
def test_years(text: str, minimum: float | None, maximum: float | None, understand: Any) -> None:
    years = understand(text).role.years
    assert years is not None
    assert (years.minimum, years.maximum) == (minimum, maximum)


@pytest.mark.parametrize(
    "text", ["nurse who moved in the last 5 years", "founder of a company 10 years old", "a 2 year degree"]
)
def test_other_years_are_no_experience(text: str, understand: Any) -> None:
    assert understand(text).role.years is None


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("founders of California based tech companies", ["California"]),
        ("backend engineer living in san francisco", ["San Francisco, CA"]),
        ("nurse in Boston, Chicago or Dallas", ["Boston, MA", "Chicago, IL", "Dallas, TX"]),
        ("CEO of a startup. Only show people from the U.S.", ["United States"]),
        ("someone who sold enterprise software in Germany", []),
        ("lawyer with clients in Texas", []),
        ("must be authorized to work in the US", []),
    ],
)
def test_places_are_where_the_person_lives(text: str, names: list[str], understand: Any) -> None:
    assert [one.place.name for one in understand(text).role.locations if one.place] == names


@pytest.mark.parametrize(
    ("text", "value", "importance"),
    [
        ("Nurse; exposure to pediatric care would be great", "exposure to pediatric care", Importance.NICE),
        ("Pilot, military aviation is fine", "military aviation", Importance.NICE),
        ("Nurse. Nice to have: wound care, triage", "triage", Importance.NICE),
        ("Nurse, ideally with wound care", "wound care", Importance.NICE),
        (
            "Writer. I am not interested in those who have frequent job changes",
            "frequent job changes",
            Importance.EXCLUDE,
        ),
        ("Nurse, phlebotomy is a must", "phlebotomy", Importance.MUST),
    ],
)
def test_cue_words_set_the_importance(
    text: str, value: str, importance: Importance, understand: Any, values: Any
) -> None:
    role = understand(text).role
    assert value in values((*role.skills, *role.qualifications), importance)


def test_excluded_levels_and_what_is_not_needed(understand: Any, values: Any) -> None:
    role = understand("customer success specialist, not director or VP of customer success").role
    assert {(one.level, one.importance) for one in role.seniority} == {
        (Seniority.DIRECTOR, Importance.EXCLUDE),
        (Seniority.VP, Importance.EXCLUDE),
    }
    found = understand("Warehouse associate, no experience required")
    assert not values(found.role.qualifications)
    assert any("no experience required" in note for note in found.notes)


@pytest.mark.parametrize(
    "text", ["", "   ", "hello", "???", "the", "\u200b", "hi there, thanks!", "...", "a", "and or with"]
)
def test_nothing_to_search_says_what_would_help(text: str, understand: Any) -> None:
    with pytest.raises(NothingToSearch, match="job title, skills, a place"):
        understand(text)

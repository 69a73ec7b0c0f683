"""Levels in titles and in free text, and the words that only look like levels."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.lexicon import find_seniority, seniority_of
from retrieval.schema import Seniority


@pytest.mark.parametrize(
    ("title", "level"),
    [
        ("Software Engineer Intern", Seniority.INTERN),
        ("Management Trainee", Seniority.INTERN),
        ("Junior Developer", Seniority.ENTRY),
        ("Entry Level Clerk", Seniority.ENTRY),
        ("Sales Associate", Seniority.ENTRY),
        ("Sr. Accountant", Seniority.SENIOR),
        ("SENIOR ACCOUNTANT", Seniority.SENIOR),
        ("Senior Project Manager", Seniority.SENIOR),
        ("Senior Account Manager", Seniority.SENIOR),
        ("Senior Executive Assistant", Seniority.SENIOR),
        ("Team Lead", Seniority.LEAD),
        ("Principal Engineer", Seniority.LEAD),
        ("Staff Software Engineer", Seniority.LEAD),
        ("Assistant Manager", Seniority.LEAD),
        ("Assistant Store Manager", Seniority.LEAD),
        ("Marketing Manager", Seniority.MANAGER),
        ("Shift Supervisor", Seniority.MANAGER),
        ("Sr. Manager", Seniority.MANAGER),
        ("Assistant Principal", Seniority.MANAGER),
        ("Director, Finance", Seniority.DIRECTOR),
        ("Head of Engineering", Seniority.DIRECTOR),
        ("Associate Director", Seniority.DIRECTOR),
        ("VP of Marketing", Seniority.VP),
        ("Vice-President, Operations", Seniority.VP),
        ("CMO", Seniority.EXECUTIVE),
        ("COO", Seniority.EXECUTIVE),
        ("Chief Nursing Officer", Seniority.EXECUTIVE),
        ("Founder & CEO", Seniority.EXECUTIVE),
        ("Owner/Operator", Seniority.EXECUTIVE),
        ("President", Seniority.EXECUTIVE),
        ("C-level", Seniority.EXECUTIVE),
    ],
)
def test_a_title_states_its_level(title: str, level: Seniority) -> None:
    assert seniority_of(title) is level


@pytest.mark.parametrize(
    "title",
    [
        "Account Executive",
        "Account Manager",
        "Project Manager",
        "Lead Generation Specialist",
        "Executive Assistant",
        "Executive Assistant to the CEO",
        "Assistant to the Director",
        "Staff Accountant",
        "Staff Nurse",
        "Senior Living Advisor",
        "Data Entry Clerk",
        "Internal Auditor",
        "HR Business Partner",
        "Product Owner",
        "Leadership Coach",
        "Teacher",
        "",
        "   ",
    ],
)
def test_words_that_look_like_levels_state_none(title: str) -> None:
    assert seniority_of(title) is None


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("C-level and VP executives at software companies", ["C-level", "VP", "executives"]),
        ("specialist, not director or VP of customer success", ["director", "VP"]),
        ("lead a team of ten; lead generation and an associate degree; data entry", []),
        ("works in a senior living community and reports to the CEO", []),
        ("hire managers and directors but no board of directors", ["managers", "directors"]),
        ("mid-level engineers, tech leads, interns", ["mid-level", "tech leads", "interns"]),
    ],
)
def test_levels_in_free_text(text: str, found: list[str]) -> None:
    assert [span.of(text) for span, _ in find_seniority(text)] == found


@given(st.text(max_size=300))
def test_any_text_is_read_and_spans_stand_in_it_in_order(text: str) -> None:
    seniority_of(text)
    spans = [span for span, _ in find_seniority(text)]
    assert all(span.start < span.end <= len(text) for span in spans)
    assert all(a.end <= b.start for a, b in pairwise(spans))

"""The in-process reader's parts: what is cut, what binds how much, and what the population's own words add."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.embedded.clauses import clauses
from agents.embedded.title_phrase import phrase_end
from agents.embedded.understanding import read
from agents.embedded.vocabulary import Vocabulary
from retrieval.schema import Importance, Kind, Seniority

NOBODY = Vocabulary()


def cut(text: str) -> list[tuple[str, str]]:
    return [(clause.importance.value, text[clause.start : clause.end]) for clause in clauses(text)]


def test_headings_govern_what_follows_them() -> None:
    text = (
        "Must have:\n- Python\n- SQL\nNice to have:\n- Go\n- Terraform\n"
        "Exclude: recruiters, agencies\n\nReports to the CTO"
    )
    assert cut(text) == [
        ("must", "Python"),
        ("must", "SQL"),
        ("nice", "Go"),
        ("nice", "Terraform"),
        ("exclude", "recruiters"),
        ("exclude", "agencies"),
        ("must", "Reports to the CTO"),
    ]


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("SQL, Excel, Tableau", ["SQL", "Excel", "Tableau"]),
        (
            "skills in Python, C, C++, Verilog, or SystemVerilog",
            ["skills in Python, C, C++, Verilog, or SystemVerilog"],
        ),
        ("HRIS such as PeopleSoft, Oracle or Workday", ["HRIS such as PeopleSoft, Oracle or Workday"]),
        ("compliance (Joint Commission, CMS), budgets", ["compliance (Joint Commission, CMS)", "budgets"]),
        ("prepares returns and knows research", ["prepares returns", "knows research"]),
        ("builds budgets and rolling forecasts", ["builds budgets and rolling forecasts"]),
        ("over 1,000 people, e.g. in retail", ["over 1,000 people", "e.g. in retail"]),
        ("from the U.S. Must know SQL", ["from the U.S.", "Must know SQL"]),
        ("uses .NET. Knows C#", ["uses .NET", "Knows C#"]),
    ],
)
def test_lists_are_cut_and_alternatives_stay(text: str, pieces: list[str]) -> None:
    assert [said for _, said in cut(text)] == pieces


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("software engineers but not managers", [("must", "software engineers"), ("exclude", "managers")]),
        ("not managers, directors or VPs", [("exclude", "managers"), ("exclude", "directors or VPs")]),
        ("CPA preferred, 5+ years", [("nice", "CPA"), ("must", "5+ years")]),
        ("not only Java", [("must", "not only Java")]),
        ("no less than 5 years", [("must", "no less than 5 years")]),
        (
            "(and hide the ones that were founders but are not founders now",
            [("exclude", "were founders but are not founders now")],
        ),
    ],
)
def test_cues_bind_their_own_piece(text: str, found: list[tuple[str, str]]) -> None:
    assert cut(text) == found


def test_a_level_and_all_above_it() -> None:
    levels = {one.level for one in read("Not director or above. Financial analyst", NOBODY).seniority}
    assert levels == {Seniority.DIRECTOR, Seniority.VP, Seniority.EXECUTIVE}


def test_a_level_of_one_of_several_titles_stays_in_its_title() -> None:
    reading = read("Automotive service manager or lead technician", NOBODY)
    assert [title.words for title in reading.titles] == ["Automotive service manager", "lead technician"]
    assert not reading.seniority


def test_the_population_says_what_is_a_skill_and_a_company() -> None:
    text = "Fabricator who knows zorbing, worked for years at frobnitz, sled dog racing experience"
    assert not read(text, NOBODY).skills
    own = Vocabulary(skills={"sled dog racing": 4, "zorbing": 9}, titles={"ice fabricator": 7})
    assert [skill.words for skill in read(text, own).skills] == ["sled dog racing"]
    reading = read("Nurse from Frobnitz", Vocabulary(companies={"frobnitz": 1}))
    assert [company.words for company in reading.companies] == ["Frobnitz"]
    assert not read("Nurse from Frobnitz", NOBODY).companies


def test_a_certificate_is_a_requirement_of_its_kind() -> None:
    (requirement,) = read("Accountant, CPA", Vocabulary(skills={"cpa": 40})).requirements
    assert (requirement.words, requirement.kind) == ("CPA", Kind.CERTIFICATION)


def test_a_later_phrase_is_a_title_only_where_it_is_all_that_is_said() -> None:
    reading = read("Restaurant manager: hiring servers, supervises cooks, P&L", NOBODY)
    assert [title.words for title in reading.titles] == ["Restaurant manager"]
    assert [wish.words for wish in reading.requirements] == ["hiring servers", "supervises cooks", "P&L"]
    excluded = read("Nurse. Avoid recruiters", NOBODY).titles[-1]
    assert (excluded.words, excluded.importance) == ("recruiters", Importance.EXCLUDE)


@given(st.text(max_size=120))
def test_clauses_lie_in_order_inside_the_text(text: str) -> None:
    found = clauses(text)
    assert all(0 <= clause.start < clause.end <= len(text) for clause in found)
    assert all(first.end <= second.start for first, second in pairwise(found))


@given(st.text(max_size=80))
def test_a_title_phrase_ends_inside_the_text(text: str) -> None:
    assert 0 <= phrase_end(text, 0, len(text), NOBODY, opening=True) <= len(text)

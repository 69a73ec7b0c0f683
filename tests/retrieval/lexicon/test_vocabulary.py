"""Names of skills and occupations."""

from __future__ import annotations

import pytest

from retrieval.lexicon import occupation_titles, skill_names
from retrieval.lexicon.titles import singular, title_nouns


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("python", "Python"),
        ("excel", "Microsoft Excel"),
        ("aws", "Amazon Web Services AWS"),
        ("sql", "SQL"),
        ("django", "Django"),
        ("verilog", "Verilog"),
        ("solidity", "Solidity"),
        ("c++", "C++"),
    ],
)
def test_skills_are_known_by_the_names_people_use(said: str, name: str) -> None:
    assert skill_names()[said] == name


def test_skill_names_are_lower_case_and_lead_to_names() -> None:
    names = skill_names()
    assert len(names) > 50_000
    assert all(said == said.lower() and name for said, name in names.items())


def test_occupations_are_onets() -> None:
    titles = occupation_titles()
    assert 850 < len(titles) < 1100
    assert {"Registered Nurses", "Chief Executives", "Accountants and Auditors"} <= set(titles)
    assert list(titles) == sorted(titles)


@pytest.mark.parametrize(
    ("many", "one"), [("Nurses", "Nurse"), ("Secretaries", "Secretary"), ("Firemen", "Fireman"), ("Sales", "Sales")]
)
def test_singular(many: str, one: str) -> None:
    assert singular(many) == one


def test_titles_end_in_known_nouns() -> None:
    assert {"nurse", "welder", "manager", "accountant", "chef"} <= title_nouns()
    assert "excel" not in title_nouns()

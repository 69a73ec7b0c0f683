"""Words: titles, tenses and retold tasks."""

from __future__ import annotations

import re
from random import Random

import pytest

from offline.synthetic.dice import Choice
from offline.synthetic.families import LEFT_OUT, families, members, read
from offline.synthetic.likeness import fitting_skills, nearest
from offline.synthetic.sources import occupation_tasks
from offline.synthetic.tasks import parse
from offline.synthetic.titles import usual_titles
from offline.synthetic.verbs import gerund, past


@pytest.mark.parametrize(
    ("verb", "told", "doing"),
    [
        ("prepare", "prepared", "preparing"),
        ("write", "wrote", "writing"),
        ("plan", "planned", "planning"),
        ("study", "studied", "studying"),
        ("set up", "set up", "setting up"),
        ("oversee", "oversaw", "overseeing"),
        ("date-stamp", "date-stamped", "date-stamping"),
        ("survey", "surveyed", "surveying"),
    ],
)
def test_tenses(verb: str, told: str, doing: str) -> None:
    assert past(verb) == told
    assert gerund(verb) == doing


@pytest.mark.parametrize(
    ("occupation", "title"),
    [
        ("Accountants and Auditors", "Accountant"),
        ("Actuaries", "Actuary"),
        ("Helpers--Carpenters", "Carpenter Helper"),
        ("Forging Machine Setters, Operators, and Tenders, Metal and Plastic", "Forging Machine Operator"),
        ("Economics Teachers, Postsecondary", "Economics Instructor"),
        ("Waiters and Waitresses", "Server"),
    ],
)
def test_titles_are_of_one_person(occupation: str, title: str) -> None:
    assert usual_titles(occupation)[0] == title


def test_no_title_is_a_list_or_a_plural() -> None:
    for name in members():
        for title in usual_titles(name):
            assert not re.search(
                r"All Other|Except|,|--|\b(?:Workers|Operators|Managers|Technicians|Teachers)\b", title
            ), name


def test_every_occupation_has_one_family_and_every_listed_name_exists() -> None:
    assert set(members()) == set(occupation_tasks()) - LEFT_OUT
    known = set(occupation_tasks())
    for family in families().values():
        assert {*family.managers, *family.executives, *family.common} <= known, family.name
        assert {entry for part in family.occupations for entry in part.split(" .. ")} <= known, family.name
        assert set(family.common) <= {name for name, of in members().items() if of == family.name}, family.name
        assert set(family.industries) <= set(read("employers")["industries"]), family.name
        assert family.ladder in read("ladders")
    assert set(read("titles")) <= known


@pytest.mark.parametrize(
    ("task", "told"),
    [
        ("Analyze, manipulate, or process large sets of data.",
         r"(Analyzed, manipulated, and processed|Analyzed|Studied|Examined|Manipulated|Processed) large sets of data"),
        ("Remove damaged panels, and identify the plastic used on a vehicle.",
         r"Removed damaged panels, and identified the plastic used on a vehicle"),
        ("Visually inspect finished welds.", r"Visually (inspected|checked|examined) finished welds"),
    ],
)  # fmt: skip
def test_tasks_are_retold_in_the_past(task: str, told: str) -> None:
    parsed = parse(task)
    assert parsed is not None
    for seed in range(20):
        assert re.fullmatch(told, parsed.tell(Random(seed), tense="past"))


def test_nearly_all_tasks_can_be_retold() -> None:
    tasks = [task for name, listed in occupation_tasks().items() if name not in LEFT_OUT for task in listed]
    parsed = [parse(task) for task in tasks]
    assert sum(task is not None for task in parsed) / len(tasks) > 0.95
    for task in parsed[::50]:
        if task:
            words = task.tell(Random(1), tense="past")
            assert words[0].isupper() or not words[0].isalpha()
            assert not words.endswith((".", ",", " and"))


def test_near_occupations_are_alike() -> None:
    family = tuple(name for name, of in members().items() if of == "software")
    assert nearest("Web Developers", family)[0][1] >= nearest("Web Developers", family)[-1][1] > 0
    assert "Tax Preparers" in dict(nearest("Accountants and Auditors", tuple(members())))
    assert any("account" in skill for skill in fitting_skills("Accountants and Auditors"))


def test_a_choice_follows_its_weights() -> None:
    chance = Random(1)
    choice = Choice({"often": 9.0, "seldom": 1.0, "never": 0.0})
    drawn = [choice.draw(chance) for _ in range(5_000)]
    assert "never" not in drawn
    assert 0.87 < drawn.count("often") / len(drawn) < 0.93
    with pytest.raises(ValueError, match="weight above 0"):
        Choice({"never": 0.0})

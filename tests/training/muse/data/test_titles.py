"""Titles stand beside titles of their own occupation, and nothing that is asked elsewhere is among them."""

from __future__ import annotations

from dataclasses import replace

from training.muse.data.made import title_id
from training.muse.data.onet import Occupation, Onet
from training.muse.data.splits import held_out
from training.muse.data.titles import ASKED, held_out_occupation, occupations, titles, trained_titles
from training.muse.data.unseen import Unseen


def test_every_list_has_all_other_titles_of_its_occupation(onet: Onet) -> None:
    made = titles(onet, Unseen())
    assert len(made.lists) == ASKED * len(onet.occupations)
    for one in made.lists:
        (occupation,) = [each for each in onet.occupations if f"occupation:{each.id}" == one.group]
        # "Registered Nurses" and "Registered Nurse" are one title
        there = {title_id(title) for title in (occupation.title, *occupation.titles)}
        assert {each.id for each in one.candidates} == there - {title_id(one.query)}
        assert {each.grade for each in one.candidates} == {4}
    assert {each.id for one in made.lists for each in one.candidates} <= made.texts.keys()


def test_an_occupation_asks_for_its_description_and_tasks(onet: Onet) -> None:
    made = occupations(onet, Unseen())
    (nurses,) = {one.candidates for one in made.lists if made.texts[one.candidates[0].id].startswith("Care for")}
    assert [each.grade for each in nurses] == [4, 3, 3]
    assert {made.texts[each.id] for each in nurses[1:]} == {
        "Monitor newborns in intensive care units.",
        "Record medication in patient charts.",
    }
    assert not {key.removeprefix("task:") for key in made.texts} & onet.unseen_tasks


def test_titles_that_an_evaluation_asks_for_stand_nowhere(onet: Onet) -> None:
    asked = Unseen(["head chef", "developers of software", "nurse"])
    for made in (titles(onet, asked), occupations(onet, asked)):
        assert made.dropped == 3  # the occupation "Software Developers" and its title "Software Developer" are two
        said = {one.query for one in made.lists} | set(made.texts.values())
        assert not said & {"Head Chef", "Software Developer", "Software Developers"}
        assert "Charge Nurse" in set(made.texts.values()) or made.lists[0].source == "occupations"
    assert "Head Chef" not in {title for named in trained_titles(onet, asked).values() for title in named}


def test_held_out_occupations_are_left_out_with_the_titles_they_share(onet: Onet) -> None:
    soc = next(f"{n}-9" for n in range(99) if held_out(f"occupation:{n}-9"))
    assert held_out_occupation(soc)
    hidden = Occupation(id=soc, title="Divers", titles=("Commercial Diver", "Staff Nurse"))
    more = replace(onet, occupations=(*onet.occupations, hidden))
    said = {text for made in (titles(more, Unseen()), occupations(more, Unseen())) for text in made.texts.values()}
    said |= {one.query for one in titles(more, Unseen()).lists}
    assert not said & {"Divers", "Commercial Diver", "Staff Nurse"}
    assert "Charge Nurse" in said


def test_protected_attributes_are_no_titles(onet: Onet) -> None:
    first = replace(onet.occupations[0], titles=("Parish Nurse", "Church Nurse", "Ward Nurse", "Clinic Nurse"))
    made = titles(replace(onet, occupations=(first,)), Unseen())
    assert set(made.texts.values()) == {"Registered Nurses", "Ward Nurse", "Clinic Nurse"}


def test_the_seed_decides_who_asks(onet: Onet) -> None:
    assert titles(onet, Unseen(), seed=1) == titles(onet, Unseen(), seed=1)
    asked = [{one.query for one in titles(onet, Unseen(), seed=seed).lists} for seed in range(6)]
    assert len({frozenset(one) for one in asked}) > 1

"""A diff says all that changed and nothing else, and its words add up to both versions."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.constitution import Constitution, diff, load

WORDS = st.lists(st.sampled_from(["a", "must", "never", "counts", ",", " ", "\n", "level", "levels"]), min_size=1)


def changed(**parts: Any) -> Constitution:
    return Constitution.model_validate({**load().model_dump(), **parts})


def test_a_version_does_not_differ_from_itself() -> None:
    assert diff(load(), load()).changes == ()


def test_version_2_added_dimensions_and_examples_and_removed_nothing() -> None:
    made = diff(load("1"), load("2"))
    assert (made.old, made.new) == ("1", "2")
    assert {change.status for change in made.of("dimension")} == {"added"}
    assert {change.id for change in made.of("example")} == {example.id for example in load("2").example}
    assert not [change for change in made.changes if change.status == "removed"]
    assert "fair.prestige" in {change.id for change in made.of("clause") if change.status == "added"}


def test_what_is_new_one_way_is_gone_the_other_way() -> None:
    there, back = diff(load("1"), load("2")), diff(load("2"), load("1"))
    opposite = {"added": "removed", "removed": "added", "changed": "changed"}
    assert {(one.part, one.id, one.status) for one in there.changes} == {
        (one.part, one.id, opposite[one.status]) for one in back.changes
    }


def test_a_reworded_clause_is_shown_word_by_word() -> None:
    clauses = [clause.model_dump() for clause in load().clause]
    clauses[0]["text"] = clauses[0]["text"].replace("240 characters", "200 characters")
    (change,) = diff(load(), changed(clause=clauses)).changes
    assert (change.part, change.id, change.status) == ("clause", "evidence.verbatim", "changed")
    assert [(run.status, run.text) for run in change.words if run.status != "kept"] == [
        ("removed", "240"),
        ("added", "200"),
    ]


@pytest.mark.parametrize(
    ("part", "id", "spoil"),
    [
        ("dimension", "years 3", lambda data: data["dimension"][5].update(grades=("a", "b", "c", "d", "e"))),
        ("grade", "4", lambda data: data["grade"][0].update(meaning="perfect")),
        ("mark", "met", lambda data: data["mark"][0].update(meaning="there")),
        ("fit", "right", lambda data: data["fit"][0].update(meaning="fits")),
        ("principle", "evidence", lambda data: data["principle"][0].update(text="See what is there.")),
        ("principle", "evidence", lambda data: data["clause"][0].update(principle="weighing")),
        ("example", "nurse-right", lambda data: data["example"][0].update(why="because")),
        ("example", "nurse-right", lambda data: data["example"][0]["requirement"][0].update(grade=3)),
        ("audience", "judge", lambda data: data["audience"]["judge"].update(depth="Be brief.")),
        ("prompting", "scratchpad there", lambda data: data["prompting"]["scratchpad"].update(there="Think.")),
        ("title", "title", lambda data: data.update(title="Who is right")),
    ],
)
def test_a_change_in_any_part_is_seen(part: str, id: str, spoil: Any) -> None:
    data = load().model_dump()
    spoil(data)
    found = {(change.part, change.id) for change in diff(load(), Constitution.model_validate(data)).changes}
    assert (part, id) in found
    assert len(found) <= 5


@given(old=WORDS.map("".join), new=WORDS.map("".join))
def test_the_words_of_a_change_add_up_to_both_texts(old: str, new: str) -> None:
    first, *rest = load().model_dump()["clause"]
    before = changed(clause=[{**first, "text": old}, *rest])
    after = changed(clause=[{**first, "text": new}, *rest])
    changes = diff(before, after).changes
    assert bool(changes) == (old != new)
    for change in changes:
        assert (change.old, change.new) == (old, new)

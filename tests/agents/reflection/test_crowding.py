"""Who crowds others out: versions of one profile, and people with the same flaw."""

from __future__ import annotations

import pytest

from agents.reflection.crowding import CLUSTER, crowds
from agents.verdict import MarkValue
from retrieval.schema import Criterion, Importance, Role

WORDS = [f"word{number}" for number in range(120)]
ROLE = Role(text="x", skills=(Criterion(value="Python"), Criterion(value="sales", importance=Importance.EXCLUDE)))


def text(*changed: int) -> str:
    return " ".join("other" if place in changed else word for place, word in enumerate(WORDS))


def test_of_profiles_that_are_nearly_the_same_the_best_placed_stays(rounds) -> None:
    texts = {"a": text(), "b": text(60), "c": "somebody else altogether " * 20, "d": text(3)}
    one = rounds.found(ROLE, dict.fromkeys(texts, 4), texts=texts)
    (drop,) = crowds(one.read, {}, one.profiles)
    assert (drop.nearly_the_same, drop.members) == ("a", ("b", "d"))


def test_people_of_the_same_school_are_not_the_same_person(rounds) -> None:
    """A third of the words in common is a template, not a version."""
    texts = {"a": " ".join(WORDS), "b": " ".join([*WORDS[:40], *(f"own{number}" for number in range(80))])}
    one = rounds.found(ROLE, dict.fromkeys(texts, 4), texts=texts)
    assert crowds(one.read, {}, one.profiles) == ()


def test_empty_profiles_are_not_versions_of_one(rounds) -> None:
    one = rounds.found(ROLE, {"a": 1, "b": 1}, texts={"a": "", "b": " "})
    assert crowds(one.read, {}, one.profiles) == ()


@pytest.mark.parametrize(
    ("requirement", "value", "goes"),
    [
        (0, MarkValue.NOT_MET, True),
        (0, MarkValue.NOT_SHOWN, False),  # silence is no flaw
        (1, MarkValue.MET, True),  # excluded, and there
        (1, MarkValue.NOT_MET, False),
    ],
)
def test_a_flaw_is_what_words_speak_against(rounds, requirement, value, goes) -> None:
    asked = ROLE.requirements()[requirement]

    def marks(member, one):
        return value if one == asked else MarkValue.NOT_SHOWN

    one = rounds.found(ROLE, {f"m{n}": 1 for n in range(CLUSTER)}, marks=marks)
    drops = crowds(one.read, one.verdicts, {})
    assert [drop.requirement for drop in drops] == ([asked] if goes else [])


def test_few_with_a_flaw_are_no_crowd_and_nobody_good_goes(rounds) -> None:
    def marks(member, one):
        return MarkValue.NOT_MET

    few = rounds.found(ROLE, {f"m{n}": 1 for n in range(CLUSTER - 1)}, marks=marks)
    assert crowds(few.read, few.verdicts, {}) == ()
    good = rounds.found(ROLE, {f"m{n}": 2 for n in range(9)}, marks=marks)
    assert crowds(good.read, good.verdicts, {}) == ()

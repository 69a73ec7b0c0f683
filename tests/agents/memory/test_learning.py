"""The figures behind a lesson, against counting by hand; and what must never be learned, however clear it looks."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.memory.evidence import Family, RoleSeen
from agents.memory.learning import MOST, lessons, tail
from offline.index_build import build
from retrieval.schema import Language, Location, Profile, Skill
from retrieval.snapshot import Snapshot


@given(st.integers(1, 5), st.integers(0, 5), st.data())
def test_the_chance_is_what_counting_every_draw_says(own: int, others: int, data: st.DataObject) -> None:
    having = data.draw(st.integers(0, own + others))
    own_with = data.draw(st.integers(max(0, having - others), min(own, having)))
    draws = list(combinations([1] * having + [0] * (own + others - having), own))
    as_clear = sum(sum(draw) >= own_with for draw in draws) / len(draws)
    assert tail(own_with, own, having - own_with, others) == pytest.approx(as_clear)


PROTECTED = (
    "Women's ministry",
    "Fluent in Spanish",
    "Retired military",
    "Hindu temple",
    "Mother of three",
    "LGBT network",
)


@pytest.fixture(scope="module")
def divided(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """Forty people: the first twenty share what may never be learned, and nothing else sets them apart."""
    people = []
    for number in range(40):
        marked = number < 20
        skills = [f"Skill {number % 4}", *(PROTECTED if marked else ())]
        people.append(
            Profile(
                member_id=f"m{number:02}",
                text=f"Cook {number}\n" + "\n".join(skills),
                headline="Cook",
                locations=(Location(text="Lagos", city="Lagos", country="NG"),) if marked else (),
                languages=(Language(name="Yoruba"),) if marked else (),
                years_experience=4.0 if marked else 20.0,
                skills=tuple(Skill(name=name) for name in skills),
            )
        )
    workspace = tmp_path_factory.mktemp("divided")
    build(people, workspace=workspace)
    return Snapshot.open(workspace)


def test_nothing_protected_is_ever_learned(divided: Snapshot) -> None:
    liked = tuple(f"m{number:02}" for number in range(10))
    passed = tuple(f"m{number:02}" for number in range(20, 30))
    family = Family(roles=(RoleSeen(key="r", text="cook", liked=liked, passed=passed, shown=liked + passed),))
    # Those liked also have less experience, and those passed more: that stands for age, so it is not learned either.
    assert lessons(family, divided) == ()
    turned = Family(roles=(RoleSeen(key="r", text="cook", liked=passed, passed=liked, shown=liked + passed),))
    assert {lesson.valued[0] for lesson in lessons(turned, divided)} <= {"years"}
    assert all(lesson.wanted for lesson in lessons(turned, divided))


members = st.lists(st.sampled_from([f"m{number:03}" for number in range(120)]), unique=True, max_size=30)


@settings(max_examples=25, deadline=None)
@given(shown=members, likes=st.integers(0, 30), passes=st.integers(0, 30))
def test_lessons_are_few_bounded_and_rest_on_the_people_named(
    shown: list[str], likes: int, passes: int, small_snapshot: Snapshot
) -> None:
    liked, passed = tuple(shown[:likes]), tuple(shown[likes : likes + passes])
    family = Family(roles=(RoleSeen(key="r", text="x", liked=liked, passed=passed, shown=tuple(shown)),))
    found = lessons(family, small_snapshot)
    assert len(found) <= MOST
    for lesson in found:
        assert 0 <= lesson.strength <= 1
        assert lesson.chance <= 0.03
        assert set(lesson.liked) <= set(liked)
        assert set(lesson.passed) <= set(passed)
        assert len(lesson.liked if lesson.wanted else lesson.passed) >= 3


def test_who_is_no_longer_there_teaches_nothing(small_snapshot: Snapshot, tmp_path: Path) -> None:
    family = Family(roles=(RoleSeen(key="r", text="x", liked=("gone1", "gone2", "gone3"), shown=("gone1",)),))
    assert lessons(family, small_snapshot) == ()

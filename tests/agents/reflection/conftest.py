"""A round of a search, made up."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import SimpleNamespace

import pytest

from agents.reflection.survey import Choices, Found, survey
from agents.verdict import Mark, MarkValue, Verdict
from retrieval.schema import Position, Profile, Qualification, Role

ALL = ("broaden", "narrow", "add_title", "drop")


def verdict(member: str, grade: int, marks: Sequence[tuple[Qualification, MarkValue]] = ()) -> Verdict:
    """A verdict with these marks."""
    return Verdict(
        member_id=member,
        grade=grade,
        marks=tuple(Mark(qualification=one, value=value) for one, value in marks),
        explanation="",
        required_met=0,
        required_total=0,
        constitution="test",
        model="test",
    )


def found(
    role: Role,
    grades: dict[str, int],
    *,
    titles: dict[str, str] | None = None,
    texts: dict[str, str] | None = None,
    marks: Callable[[str, Qualification], MarkValue] = lambda *_: MarkValue.MET,
    searched: Role | None = None,
) -> Found:
    """What a round found: people by grade, in the order of `grades`."""
    asked = role.requirements()
    return Found(
        role=role,
        searched=searched or role,
        read=list(grades),
        verdicts={m: verdict(m, grade, [(one, marks(m, one)) for one in asked]) for m, grade in grades.items()},
        profiles={
            m: Profile(
                member_id=m,
                text=(texts or {}).get(m, f"{m} wrote this"),
                positions=(Position(title=titles[m]),) if titles and m in titles else (),
            )
            for m in grades
        },
        pool=len(grades),
        pass_filter=len(grades),
        asked=4,
        enough=2,
        passing_grade=3,
    )


@pytest.fixture
def rounds(town) -> SimpleNamespace:
    """`found(...)`, and `choices(found, may=..., declined=...)` over the town."""

    def choices(one: Found, *, may: Sequence[str] = ALL, declined: Sequence[str] = ()) -> Choices:
        return survey(one, snapshot=town, may=tuple(may), declined=declined)

    return SimpleNamespace(found=found, choices=choices, verdict=verdict)

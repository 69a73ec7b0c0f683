"""A job that is only tags: what looks like a title is one, everything else helps and is not required."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offline.evaluation.agreement import role_of_tags
from retrieval.schema import Importance


@pytest.mark.parametrize(
    ("tag", "titles"),
    [
        ("accountant", ["accountant"]),
        ("logistics manager", ["logistics manager"]),
        ("sales/business development manager", ["sales manager", "business development manager"]),
        ("sales executive/officer", ["sales executive", "sales officer"]),
        ("team lead/technical lead", ["team lead", "technical lead"]),
        ("project manager-it/software", ["project manager"]),
        ("associate/senior associate", ["associate", "senior associate"]),
        ("webmaster", ["webmaster"]),
        ("inventory management", []),
        ("sap scm", []),
        ("executive", []),
        ("e-commerce", []),
        ("/", []),
    ],
)
def test_titles_are_told_from_skills(tag: str, titles: list[str]) -> None:
    role = role_of_tags([tag])
    assert [title.value for title in role.titles] == titles
    assert [skill.value for skill in role.skills] == ([] if titles else [tag])


@given(tags=st.lists(st.text(max_size=20), max_size=8))
def test_no_tag_is_lost_and_no_skill_is_required(tags: list[str]) -> None:
    role = role_of_tags(tags)
    assert all(skill.importance is Importance.NICE for skill in role.skills)
    said = " ".join(one.value for one in (*role.titles, *role.skills))
    for tag in tags:
        plain = " ".join(tag.lower().split())
        if role.titles == () and plain:
            assert plain in said

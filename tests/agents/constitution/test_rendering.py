"""Leaving out a part of a prompt really changes what a model reads, and nothing else is lost with it."""

from __future__ import annotations

import json
from itertools import combinations
from typing import get_args

import pytest

from agents.constitution import Audience, Prompting, load
from agents.constitution.document import document
from retrieval.schema import (
    Criterion,
    Importance,
    Position,
    Profile,
    Qualification,
    Role,
    Seniority,
    SeniorityCriterion,
    Span,
)

AUDIENCES = get_args(Audience)
FLAGS = tuple(Prompting.model_fields)
ROLE = Role(
    text="senior payroll specialist, ADP, no sales",
    titles=(Criterion(value="Payroll specialist"),),
    seniority=(SeniorityCriterion(value="senior", level=Seniority.SENIOR),),
    qualifications=(Qualification(value="ADP"), Qualification(value="sales", importance=Importance.EXCLUDE)),
)
PROFILE = Profile(
    member_id="m1",
    text="Payroll in ADP.",
    positions=(Position(title="Payroll", span=Span(start=0, end=7)),),
    source="inbox/hr.csv",
)


def told(prompting: Prompting) -> dict[str, object]:
    requirements = ROLE.requirements()
    made = document("judge", ROLE, requirements, PROFILE, prompting=prompting, dimensions=load())
    found: dict[str, object] = json.loads(made)
    return found


@pytest.mark.parametrize("audience", AUDIENCES)
def test_all_eight_ways_of_prompting_read_differently(audience: Audience) -> None:
    left_out = [flags for count in range(4) for flags in combinations(FLAGS, count)]
    promptings = [Prompting(**dict.fromkeys(flags, False)) for flags in left_out]
    assert len({load().render(audience, prompting) for prompting in promptings}) == 8


@pytest.mark.parametrize("version", ["1", "2"])
@pytest.mark.parametrize("audience", AUDIENCES)
def test_without_scratchpad_reasoning_is_to_stay_empty(version: str, audience: Audience) -> None:
    constitution = load(version)
    assert "leave `reasoning` empty" in constitution.render(audience, Prompting(scratchpad=False))
    assert "leave `reasoning` empty" not in constitution.render(audience)


@pytest.mark.parametrize("audience", AUDIENCES)
def test_without_scratchpad_the_examples_show_none(audience: Audience) -> None:
    constitution = load()
    thoughts = [json.dumps(example.reasoning) for example in constitution.example]
    with_it = constitution.render(audience)
    without = constitution.render(audience, Prompting(scratchpad=False))
    assert all(thought in with_it for thought in thoughts)
    assert not any(thought in without for thought in thoughts)
    assert without.count('"reasoning": ""') == len(thoughts)


@pytest.mark.parametrize("audience", AUDIENCES)
def test_without_examples_none_is_shown_and_the_rest_stays(audience: Audience) -> None:
    constitution = load()
    with_them = constitution.render(audience)
    without = constitution.render(audience, Prompting(examples=False))
    assert all(f"Request: {example.request}" in with_them for example in constitution.example)
    assert not any(example.request in without or example.profile in without for example in constitution.example)
    assert with_them.startswith(without.rstrip("\n"))


def test_without_role_details_the_request_is_told_as_typed_and_what_to_mark_stays() -> None:
    document_ = told(Prompting(role_details=False))
    assert document_["role"] == {"text": ROLE.text}
    assert document_["requirements"] == [
        {"id": 1, "value": "Payroll specialist"},
        {"id": 2, "value": "senior"},
        {"id": 3, "value": "ADP"},
        {"id": 4, "value": "sales"},
    ]


def test_with_role_details_kind_importance_and_dimension_are_told() -> None:
    document_ = told(Prompting())
    assert Role.model_validate(document_["role"]) == ROLE
    requirements = document_["requirements"]
    assert isinstance(requirements, list)
    assert requirements[1] == {
        "id": 2,
        "kind": "seniority",
        "importance": "must",
        "value": "senior",
        "dimension": "seniority",
    }
    assert requirements[3]["importance"] == "exclude"


@pytest.mark.parametrize("prompting", [Prompting(), Prompting(role_details=False)])
def test_the_profile_is_told_whole_but_without_where_it_came_from(prompting: Prompting) -> None:
    assert told(prompting)["profile"] == {
        "member_id": "m1",
        "text": PROFILE.text,
        "positions": [{"title": "Payroll"}],
    }


def test_a_prompting_is_named_by_what_it_leaves_out() -> None:
    assert Prompting().label == "full"
    assert Prompting(scratchpad=False, role_details=False).label == "no scratchpad, no role details"

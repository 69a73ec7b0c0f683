"""The constitution loads, is whole, says to each audience all that binds it, and names what may never count."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from typing import get_args

import pytest
from pydantic import ValidationError

from agents.constitution import Audience, Constitution, UnknownConstitutionError, load
from agents.verdict import MarkValue

PROTECTED = {
    *("ethnicity", "gender", "age", "religion", "disability", "family", "orientation"),
    *("nationality", "health", "union", "politics", "veteran", "appearance"),
}


def raw() -> dict[str, object]:
    return tomllib.loads(files("agents.constitution").joinpath("v1.toml").read_text(encoding="utf-8"))


def test_every_protected_attribute_has_a_clause() -> None:
    assert {clause.id.removeprefix("protected.") for clause in load().family("protected")} == PROTECTED


def test_every_proxy_stands_for_a_protected_attribute() -> None:
    proxies = {clause.id.removeprefix("proxy.") for clause in load().family("proxy")}
    assert proxies
    assert proxies <= PROTECTED


@pytest.mark.parametrize("audience", get_args(Audience))
def test_a_rendering_holds_every_clause_grade_and_mark(audience: Audience) -> None:
    constitution = load()
    text = constitution.render(audience)
    assert all(f"[{clause.id}] {clause.text}" in text for clause in constitution.clause)
    assert all(f"- {grade.value} ({grade.name})" in text for grade in constitution.grade)
    assert all(f"- {value}: " in text for value in MarkValue)
    assert constitution.version in text


def test_audiences_read_different_openings() -> None:
    assert len({load().render(audience) for audience in get_args(Audience)}) == 3


def test_an_unknown_version_says_which_there_are() -> None:
    with pytest.raises(UnknownConstitutionError, match="there is 1"):
        load("../secret")


@pytest.mark.parametrize(
    ("spoil", "complaint"),
    [
        (lambda data: data["clause"].append(data["clause"][0]), "share an id"),
        (lambda data: data["grade"].pop(), "grades 4, 3, 2, 1 and 0"),
        (lambda data: data["mark"].pop(), "every mark"),
        (lambda data: data["audience"].pop("judge"), "guard, judge and teacher"),
        (lambda data: data["clause"].append({"id": "Bad Id", "text": "x"}), "pattern"),
    ],
)
def test_an_incomplete_constitution_is_refused(spoil, complaint) -> None:  # type: ignore[no-untyped-def]
    data = raw()
    spoil(data)
    with pytest.raises(ValidationError, match=complaint):
        Constitution.model_validate(data)


def test_clauses_are_found_by_id() -> None:
    assert "character for character" in load().clause_of("evidence.verbatim").text
    with pytest.raises(KeyError):
        load().clause_of("evidence.unheard")

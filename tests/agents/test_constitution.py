"""The constitution loads, is whole, says to each audience all that binds it, and names what may never count."""

from __future__ import annotations

import tomllib
from hashlib import sha256
from importlib.resources import files
from typing import get_args

import pytest
from pydantic import ValidationError

from agents.constitution import CURRENT, Audience, Constitution, Prompting, UnknownConstitutionError, load, versions
from agents.verdict import MarkValue
from retrieval.schema import Kind

PUBLISHED_1 = "243ed71fc327555bf3e58a0ec4e85bcdea2a9fff2841c666a0f5da961a8a3281"
PROTECTED = {
    *("ethnicity", "gender", "age", "religion", "disability", "family", "orientation"),
    *("nationality", "health", "union", "politics", "veteran", "appearance"),
}


def raw(version: str) -> dict[str, object]:
    return tomllib.loads(files("agents.constitution").joinpath(f"v{version}.toml").read_text(encoding="utf-8"))


def test_both_versions_load_and_the_newest_is_the_default() -> None:
    assert versions() == ("1", "2")
    assert [load(version).version for version in versions()] == ["1", "2"]
    assert load() == load(CURRENT)
    assert load().name == "shortlist 2"


def test_what_was_published_is_still_there() -> None:
    """An id keeps its meaning: later versions keep every clause of earlier ones."""
    before, now = load("1"), load("2")
    assert {clause.id for clause in before.clause} <= {clause.id for clause in now.clause}
    assert [grade.name for grade in before.grade] == [grade.name for grade in now.grade]


def test_version_1_is_as_it_was_published() -> None:
    published = files("agents.constitution").joinpath("v1.toml").read_bytes()
    assert sha256(published).hexdigest() == PUBLISHED_1, "a changed meaning is a new version in a new file"


@pytest.mark.parametrize("version", ["1", "2"])
def test_every_protected_attribute_has_a_clause(version: str) -> None:
    assert {clause.id.removeprefix("protected.") for clause in load(version).family("protected")} == PROTECTED


@pytest.mark.parametrize("version", ["1", "2"])
def test_every_proxy_stands_for_a_protected_attribute(version: str) -> None:
    proxies = {clause.id.removeprefix("proxy.") for clause in load(version).family("proxy")}
    assert proxies
    assert proxies <= PROTECTED


@pytest.mark.parametrize("version", ["1", "2"])
@pytest.mark.parametrize("audience", get_args(Audience))
@pytest.mark.parametrize("prompting", [Prompting(), Prompting(scratchpad=False, role_details=False, examples=False)])
def test_a_rendering_holds_every_clause_and_grade(version: str, audience: Audience, prompting: Prompting) -> None:
    constitution = load(version)
    text = constitution.render(audience, prompting)
    assert all(f"[{clause.id}] {clause.text}" in text for clause in constitution.clause)
    assert all(f"- {grade.value} ({grade.name})" in text for grade in constitution.grade)
    assert f"version {version}" in text


@pytest.mark.parametrize("version", ["1", "2"])
def test_the_guard_reads_every_mark(version: str) -> None:
    assert all(f"- {value}: " in load(version).render("guard") for value in MarkValue)


@pytest.mark.parametrize("audience", ["judge", "teacher"])
def test_judge_and_teacher_read_every_grade_of_every_dimension(audience: Audience) -> None:
    text = load().render(audience)
    for dimension in load().dimension:
        assert f"- {dimension.id} (" in text
        assert all(f"  {value}: {meaning}" in text for value, meaning in enumerate(dimension.grades))


def test_every_kind_of_requirement_has_one_dimension() -> None:
    assert {dimension.id for dimension in load().dimension} >= {
        *("title", "seniority", "industry", "hard-skills", "education", "years", "location"),
    }
    assert all(kind in dimension.kinds for kind in Kind if (dimension := load().dimension_of(kind)))
    assert all(load().dimension_of(kind) is not None for kind in Kind)
    assert load("1").dimension_of(Kind.TITLE) is None


@pytest.mark.parametrize("version", ["1", "2"])
def test_audiences_read_different_openings(version: str) -> None:
    assert len({load(version).render(audience) for audience in get_args(Audience)}) == 3


def test_judge_and_teacher_differ_in_depth_alone() -> None:
    constitution = load()
    judge, teacher = constitution.audience["judge"], constitution.audience["teacher"]
    assert judge.depth != teacher.depth
    assert constitution.render("judge").replace(judge.depth, teacher.depth) == constitution.render("teacher")


def test_the_four_principles_have_clauses_of_their_own() -> None:
    served = {clause.principle for clause in load().clause}
    assert {"fairness", "inclusion", "transparency", "control", "protected", "proxies", "untrusted"} <= served


def test_an_unknown_version_says_which_there_are() -> None:
    with pytest.raises(UnknownConstitutionError, match="there is 1, 2"):
        load("../secret")


@pytest.mark.parametrize(
    ("spoil", "complaint"),
    [
        (lambda data: data["clause"].append(data["clause"][0]), "share an id"),
        (lambda data: data["grade"].pop(), "grades 4, 3, 2, 1 and 0"),
        (lambda data: data["mark"].pop(), "every mark"),
        (lambda data: data["audience"].pop("judge"), "guard, judge and teacher"),
        (lambda data: data["clause"].append({"id": "Bad Id", "text": "x"}), "pattern"),
        (lambda data: data["dimension"].pop(), "one dimension"),
        (lambda data: data["dimension"][0]["kinds"].append("skill"), "one dimension"),
        (lambda data: data["dimension"][0]["grades"].pop(), "grades"),
        (lambda data: data["fit"].pop(), "every fit"),
        (lambda data: data["principle"].pop(), "serves a principle"),
        (lambda data: data["example"].append(data["example"][0]), "examples share an id"),
        (lambda data: data["example"][0]["requirement"][0].update(quotes=["Nurse of the year"]), "does not stand"),
        (lambda data: data["example"][0]["requirement"][0].update(quotes=[]), "a grade and a quote"),
        (lambda data: data["example"][0].update(grade=1), "the grade is the likeliest"),
    ],
)
def test_an_incomplete_constitution_is_refused(spoil, complaint) -> None:  # type: ignore[no-untyped-def]
    data = raw("2")
    spoil(data)
    with pytest.raises(ValidationError, match=complaint):
        Constitution.model_validate(data)


def test_clauses_are_found_by_id() -> None:
    assert "character for character" in load().clause_of("evidence.verbatim").text
    with pytest.raises(KeyError):
        load().clause_of("evidence.unheard")

"""A follow-up edits the role, and says how: in words and as a structured difference."""

from __future__ import annotations

from typing import Any

import pytest

from agents.role_changes import changes, diff
from agents.understanding import NothingToSearch
from retrieval.schema import Importance, Kind, Role

FIRST = (
    "Senior accountant in Boston or Chicago, SAP experience, bachelor's degree in accounting, CPA preferred, 5+ years, "
    "speaks Spanish"
)


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        ("make it 7 years", ["years: 5+ -> 7+"]),
        ("make it 7", ["years: 5+ -> 7+"]),
        ("drop Boston", ["location removed: Boston"]),
        ("also NICU", ["requirement added: NICU"]),
        ("remove the SAP requirement", ["requirement removed: SAP experience"]),
        ("only in Texas", ["location removed: Boston", "location removed: Chicago", "location added: Texas"]),
        ("not managers", ["seniority excluded: managers"]),
        ("CPA is a must", ["requirement CPA: nice -> must"]),
        ("Spanish is optional", ["language Spanish: must -> nice"]),
        ("instead of Boston, New York", ["location: Boston -> New York"]),
        ("change Boston to Seattle", ["location: Boston -> Seattle"]),
        ("or Dallas", ["location added: Dallas"]),
        ("no need for a degree", ["education removed: bachelor's degree in accounting"]),
        ("no recruiters and drop Chicago", ["title excluded: recruiters", "location removed: Chicago"]),
        ("not Boston", ["location Boston: must -> exclude"]),
        ("auditors instead of accountants", ["title: accountant -> auditors"]),
        ("nurse practitioner", ["title: accountant -> nurse practitioner"]),
        ("drop the years", ["years: 5+ -> any"]),
    ],
)
def test_a_follow_up_edits_the_role_and_says_how(edit: str, said: list[str], understand: Any, founded: Any) -> None:
    first = understand(FIRST).role
    found = understand(edit, first)
    assert list(found.changes) == said
    assert found.role.text == f"{FIRST}\n{edit}"
    founded(found.role)


def test_edits_add_up(understand: Any, values: Any, founded: Any) -> None:
    role = understand("ICU nurse in Boston, 5+ years").role
    for edit in ("make it 7 years", "also NICU", "drop Boston", "only in Texas", "BLS is required"):
        role = understand(edit, role).role
        founded(role)
    assert [one.value for one in role.locations] == ["Texas"]
    assert role.years is not None
    assert role.years.minimum == 7
    assert values(role.titles) == ["ICU nurse"]
    assert {"NICU", "BLS"} <= set(values((*role.skills, *role.qualifications)))
    assert role.text.count("\n") == 5


@pytest.mark.parametrize("text", ["start over: registered nurse in Miami", "Find me a registered nurse in Miami"])
def test_a_new_request_replaces_the_role(text: str, understand: Any, values: Any, founded: Any) -> None:
    role = understand(text, understand(FIRST).role).role
    assert role.text == text
    assert [(values(role.titles), [one.value for one in role.locations], role.years)] == [
        (["registered nurse"], ["Miami"], None)
    ]
    founded(role)


def test_dropping_what_is_not_there_changes_nothing_and_says_so(understand: Any) -> None:
    found = understand("drop Kubernetes", understand(FIRST).role)
    assert found.changes == ()
    assert any("Kubernetes" in note for note in found.notes)
    with pytest.raises(NothingToSearch):
        understand("hello", understand(FIRST).role)


# --- the difference ----------------------------------------------------------------------------------------------


def test_a_difference_names_kind_values_and_words(understand: Any) -> None:
    first = understand(FIRST).role
    found = understand("make it 7 years", first)
    (years,) = found.diff
    assert (years.kind, years.action, years.before, years.after) == (Kind.YEARS, "changed", "5+", "7+")
    assert years.words == "7 years"
    (gone,) = understand("drop Boston", first).diff
    assert (gone.kind, gone.action, gone.before, gone.after, gone.importance) == (
        Kind.LOCATION,
        "removed",
        "Boston",
        None,
        None,
    )
    (bound,) = understand("CPA is a must", first).diff
    assert (bound.action, bound.before, bound.after) == ("changed", "CPA", "CPA")
    assert (bound.importance_before, bound.importance) == (Importance.NICE, Importance.MUST)
    (no_years,) = understand("drop the years", first).diff
    assert (no_years.action, no_years.after) == ("removed", None)


@pytest.mark.parametrize("edit", ["also NICU", "only in Texas", "no recruiters and drop Chicago", "start over: a cook"])
def test_a_difference_applied_to_the_old_role_gives_the_new_one(edit: str, understand: Any, criteria: Any) -> None:
    first = understand(FIRST).role
    found = understand(edit, first)
    kept = {(one.value, one.importance) for one in criteria(first) if one is not first.years}
    for change in found.diff:
        if change.kind is not Kind.YEARS:
            kept -= {(change.before, change.importance_before)}
            kept |= {(change.after, change.importance)} if change.after else set()
    assert kept == {(one.value, one.importance) for one in criteria(found.role) if one is not found.role.years}
    assert found.changes == tuple(change.said for change in found.diff)


def test_the_same_role_has_no_difference(understand: Any) -> None:
    role = understand(FIRST).role
    assert diff(role, role) == changes(role, role) == ()
    assert not diff(Role(text="a"), Role(text="b"))

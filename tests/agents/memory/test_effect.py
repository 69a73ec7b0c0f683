"""The nudge is bounded, told, kept to near roles and one recruiter, and nothing at all where nothing was learned."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from statistics import fmean
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.limits import Limits
from agents.memory import Ledger
from agents.memory.effect import applicable, nudge
from agents.order import final_order
from agents.verdict import Mark, MarkValue, Verdict
from retrieval.schema import (
    Candidate,
    Context,
    Criterion,
    Importance,
    Preference,
    Qualification,
    Role,
    YearsCriterion,
)
from retrieval.snapshot import Snapshot

MOST = Limits().preferences
NOW = datetime(2026, 1, 1, tzinfo=UTC)
TEXT = "Accountant who closes the books"


def preference(trait: str = "skill", value: str = "audit", **given: Any) -> Preference:
    said = {
        "id": f"{trait}{value}{given.get('wanted')}",
        "recruiter": "ann",
        "strength": 1.0,
        "roles": (TEXT,),
        **given,
    }
    return Preference(
        trait=trait, value=value, sentence="prefers it", source="opinions", created=NOW, updated=NOW, **said
    )


def candidates(scores: dict[str, float]) -> list[Candidate]:
    return [Candidate(member_id=member, hits=(), blend=1.0, score=score) for member, score in scores.items()]


def context(*preferences: Preference) -> Context:
    return Context(recruiter="ann", preferences=preferences)


def moved(role: Role, known: Context, snapshot: Snapshot) -> dict[str, float]:
    asked = candidates({f"m{number:03}": 1.0 for number in range(120)})
    found = nudge(asked, role=role, context=known, snapshot=snapshot, most=MOST)
    return {one.member_id: one.nudge for one in found.candidates if one.nudge}


def test_those_with_it_go_up_and_it_is_told(small_snapshot: Snapshot) -> None:
    role = Role(text=TEXT)
    asked = candidates({"m000": 1.0, "m002": 1.0, "m008": 0.9})
    found = nudge(asked, role=role, context=context(preference()), snapshot=small_snapshot, most=MOST)
    skilled = small_snapshot.attributes.rows("skill", "Audit")
    for one in found.candidates:
        has = small_snapshot.row(one.member_id) in skilled
        assert one.nudge == (MOST if has else 0)
        assert one.preferred == (("skill audit",) if has else ())
    assert found.candidates == sorted(found.candidates, key=lambda one: -(one.score or 0))
    assert found.notes == (
        "what you liked before moved people a little: skill audit (/memory lists it, /forget N removes one)",
    )


def test_nothing_learned_is_nothing_done(small_snapshot: Snapshot) -> None:
    asked = candidates({"m002": 1.0, "m000": 2.0})  # not even put in order
    for known, most in ((context(), MOST), (context(preference()), 0.0)):
        found = nudge(asked, role=Role(text=TEXT), context=known, snapshot=small_snapshot, most=most)
        assert found.candidates == asked
        assert found.notes == ()


def test_another_recruiters_entry_does_nothing_wherever_it_came_from(small_snapshot: Snapshot) -> None:
    assert moved(Role(text=TEXT), context(preference(recruiter="bo")), small_snapshot) == {}
    assert moved(Role(text=TEXT), context(preference()), small_snapshot)


def test_it_keeps_to_near_roles(small_snapshot: Snapshot, roles: dict[str, str]) -> None:
    known = context(preference(roles=(roles["accountant"],)))
    assert applicable(known, Role(text=roles["same"]), small_snapshot)
    assert not applicable(known, Role(text=roles["nurse"]), small_snapshot)


def test_what_the_role_says_itself_counts_and_no_habit(small_snapshot: Snapshot) -> None:
    for importance in Importance:
        spoken = Role(text=TEXT, skills=(Criterion(value="Audit", importance=importance),))
        assert moved(spoken, context(preference()), small_snapshot) == {}
    years = Role(text=TEXT, years=YearsCriterion(value="2+ years", minimum=2))
    assert moved(years, context(preference("years", "5")), small_snapshot) == {}
    other = Role(text=TEXT, skills=(Criterion(value="Auditorium design"),))
    assert moved(other, context(preference()), small_snapshot)


def verdict(member: str, value: MarkValue, importance: Importance = Importance.MUST) -> Verdict:
    mark = Mark(qualification=Qualification(value="x", importance=importance), value=value)
    return Verdict(
        member_id=member,
        grade=2,
        marks=(mark,),
        explanation="",
        required_met=0,
        required_total=1,
        constitution="t",
        model="t",
    )


scores = st.dictionaries(st.sampled_from([f"m{n:03}" for n in range(40)]), st.floats(-2, 6), min_size=2, max_size=12)
wishes = st.lists(
    st.tuples(
        st.sampled_from([("skill", "audit"), ("skill", "python"), ("education", "master"), ("seniority", "senior")]),
        st.booleans(),
        st.floats(0, 1),
    ),
    max_size=6,
)


@settings(max_examples=60, deadline=None)
@given(scores=scores, wishes=wishes)
def test_nobody_passes_a_person_a_whole_grade_better(
    scores: dict[str, float], wishes: list[tuple[tuple[str, str], bool, float]], small_snapshot: Snapshot
) -> None:
    known = context(
        *(
            preference(*valued, wanted=wanted, strength=strength, id=str(number))
            for number, (valued, wanted, strength) in enumerate(wishes)
        )
    )
    found = nudge(candidates(scores), role=Role(text=TEXT), context=known, snapshot=small_snapshot, most=MOST)
    order = [one.member_id for one in final_order(found.candidates, {})]
    for place, member in enumerate(order):
        for behind in order[place + 1 :]:
            assert scores[behind] < scores[member] + 1


def test_it_makes_up_for_no_missing_must_and_no_exclusion() -> None:
    def candidate(member: str, score: float, nudge: float) -> Candidate:
        return Candidate(member_id=member, hits=(), blend=1.0, score=score + nudge, nudge=nudge)

    liked, other = candidate("liked", 2.0, MOST), candidate("other", 2.1, 0.0)
    assert [one.member_id for one in final_order([liked, other], {})] == ["liked", "other"]
    contrary = {"liked": verdict("liked", MarkValue.NOT_MET), "other": verdict("other", MarkValue.NOT_MET)}
    assert [one.member_id for one in final_order([liked, other], contrary)] == ["other", "liked"]
    excluded = {"liked": verdict("liked", MarkValue.MET, Importance.EXCLUDE)}
    assert [one.member_id for one in final_order([liked, other], excluded)] == ["other", "liked"]


def test_a_limit_cannot_be_set_past_a_grade() -> None:
    with pytest.raises(ValueError, match="preferences"):
        Limits(preferences=0.9)


def test_what_was_learned_moves_the_next_search(
    taught: Callable[..., Ledger], small_snapshot: Snapshot, roles: dict[str, str]
) -> None:
    known = taught().context("ann")
    there = moved(Role(text=roles["same"]), known, small_snapshot)
    skilled = {small_snapshot.member_id(row) for row in small_snapshot.attributes.rows("skill", "audit")}
    others = {f"m{number:03}" for number in range(120)} - skilled
    assert fmean(there.get(member, 0.0) for member in skilled) > 0.3 > fmean(there.get(one, 0.0) for one in others)
    assert moved(Role(text=roles["nurse"]), known, small_snapshot) == {}

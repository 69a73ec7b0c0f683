"""Who is shown before whom: score and what is shown, violators last, the same whatever the order of arrival."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from agents.order import final_order, violates
from agents.verdict import Mark, MarkValue, Verdict
from retrieval.schema import Candidate, Importance, Kind, Qualification


def candidate(member: str, *, score: float | None = None, blend: float = 0.1) -> Candidate:
    return Candidate(member_id=member, hits=(), blend=blend, score=score)


def verdict(member: str, *values: MarkValue, grade: int = 2, excluded: MarkValue = MarkValue.NOT_SHOWN) -> Verdict:
    marks = [Mark(qualification=Qualification(value="x", kind=Kind.SKILL), value=value) for value in values]
    unwanted = Qualification(value="y", kind=Kind.TITLE, importance=Importance.EXCLUDE)
    return Verdict(
        member_id=member,
        grade=grade,
        marks=(*marks, Mark(qualification=unwanted, value=excluded)),
        explanation="",
        required_met=0,
        required_total=len(marks),
        constitution="1",
        model="test",
    )


def order(candidates: list[Candidate], verdicts: list[Verdict]) -> str:
    return "".join(one.member_id for one in final_order(candidates, {one.member_id: one for one in verdicts}))


def test_of_equal_scores_the_one_who_shows_more_comes_first() -> None:
    shown = [verdict("a", MarkValue.NOT_SHOWN), verdict("b", MarkValue.MET), verdict("c", MarkValue.PARTLY)]
    assert order([candidate(member, score=1.0) for member in "abc"], shown) == "bca"


def test_a_much_better_score_outweighs_one_mark() -> None:
    shown = [verdict("a", MarkValue.MET, MarkValue.MET), verdict("b", MarkValue.MET, MarkValue.NOT_SHOWN)]
    assert order([candidate("a", score=0.5), candidate("b", score=3.0)], shown) == "ba"


def test_whoever_shows_what_is_excluded_comes_last_however_good() -> None:
    found = verdict("a", MarkValue.MET, grade=4, excluded=MarkValue.MET)
    assert violates(found)
    assert order([candidate("a", score=9.0), candidate("b", score=0.0)], [found, verdict("b")]) == "ba"


def test_without_any_score_grades_decide_and_the_unread_stand_between_partial_and_poor() -> None:
    read = [verdict("a", grade=1), verdict("b", grade=2), verdict("d", grade=4)]
    assert order([candidate(member) for member in "abcd"], read) == "dbca"


def test_those_without_a_score_follow_those_with_one() -> None:
    assert order([candidate("a", blend=9.0), candidate("b", score=-5.0)], []) == "ba"


members = st.lists(
    st.builds(
        candidate,
        st.sampled_from("abcdefgh"),
        score=st.none() | st.floats(-3, 5),
        blend=st.floats(0, 1),
    ),
    unique_by=lambda one: one.member_id,
)


@given(members, st.data())
def test_the_order_of_arrival_does_not_matter_and_nobody_is_lost(pool: list[Candidate], data: st.DataObject) -> None:
    verdicts = {
        one.member_id: verdict(one.member_id, data.draw(st.sampled_from(MarkValue)), grade=data.draw(st.integers(0, 4)))
        for one in pool
        if data.draw(st.booleans())
    }
    ordered = final_order(pool, verdicts)
    assert ordered == final_order(data.draw(st.permutations(pool)), verdicts)
    assert sorted(one.member_id for one in ordered) == sorted(one.member_id for one in pool)

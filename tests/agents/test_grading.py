"""The overall grade follows the marks, and no expectation lifts it over what they forbid."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from agents.grading import cap, grade, share
from agents.verdict import Mark, MarkValue
from retrieval.schema import Importance, Kind, Qualification

ORDER = [MarkValue.NOT_MET, MarkValue.NOT_SHOWN, MarkValue.PARTLY, MarkValue.MET]


def mark(value: MarkValue, importance: Importance = Importance.MUST, kind: Kind = Kind.SKILL) -> Mark:
    return Mark(qualification=Qualification(value="x", importance=importance, kind=kind), value=value)


marks = st.lists(
    st.builds(mark, st.sampled_from(MarkValue), st.sampled_from(Importance), st.sampled_from(Kind)), max_size=8
)
expected = st.one_of(st.none(), st.floats(-10, 10))


@given(marks, expected)
def test_a_grade_is_on_the_scale_and_under_its_cap(given_marks: list[Mark], prior: float | None) -> None:
    assert 0 <= grade(given_marks, prior) <= cap(given_marks) <= 4
    assert 0 <= share(given_marks) <= 1


@given(marks, st.data())
def test_a_better_mark_never_lowers_a_grade(given_marks: list[Mark], data: st.DataObject) -> None:
    wanted = [n for n, one in enumerate(given_marks) if one.qualification.importance is not Importance.EXCLUDE]
    if not wanted:
        return
    index = data.draw(st.sampled_from(wanted))
    better = data.draw(st.sampled_from(ORDER[ORDER.index(given_marks[index].value) :]))
    improved = [*given_marks]
    improved[index] = given_marks[index].model_copy(update={"value": better})
    assert grade(improved) >= grade(given_marks)


@given(marks, st.floats(0, 4), st.floats(0, 4))
def test_a_higher_expectation_never_lowers_a_grade(given_marks: list[Mark], one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert grade(given_marks, low) <= grade(given_marks, high)


def test_all_met_is_highly_relevant_and_nothing_shown_is_a_facepalm() -> None:
    kinds = (Kind.TITLE, Kind.SKILL, Kind.YEARS)
    assert grade([mark(MarkValue.MET, kind=kind) for kind in kinds]) == 4
    assert grade([mark(MarkValue.NOT_SHOWN, kind=kind) for kind in kinds]) == 0


def test_a_violated_exclusion_caps_at_one_and_a_contradicted_must_at_two() -> None:
    good = [mark(MarkValue.MET, kind=Kind.TITLE), mark(MarkValue.MET), mark(MarkValue.MET)]
    assert grade([*good, mark(MarkValue.MET, Importance.EXCLUDE)], 4.0) == 1
    assert grade([*good, mark(MarkValue.NOT_MET)], 4.0) == 2
    assert grade([*good, mark(MarkValue.NOT_MET, Importance.NICE)], 4.0) == 4


def test_silence_on_an_exclusion_costs_nothing() -> None:
    good = [mark(MarkValue.MET, kind=Kind.TITLE), mark(MarkValue.MET)]
    assert grade([*good, mark(MarkValue.NOT_SHOWN, Importance.EXCLUDE)]) == grade(good) == 4


def test_a_role_that_asks_for_nothing_is_neither_good_nor_bad() -> None:
    assert grade([]) == 2
    assert grade([mark(MarkValue.NOT_SHOWN, Importance.EXCLUDE)]) == 2

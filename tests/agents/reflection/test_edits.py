"""Edits: what they do to the searched role, that they are pure, and that the same change has the same id."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from agents.reflection import AddTitle, Broaden, DropCandidates, Narrow, SearchEdit
from retrieval.schema import Criterion, Importance, Kind, Qualification, Role, Span, YearsCriterion

ROLE = Role(
    text="payroll clerk, no managers",
    titles=(
        Criterion(value="payroll clerk", span=Span(start=0, end=13)),
        Criterion(value="manager", importance=Importance.EXCLUDE, span=Span(start=18, end=25)),
    ),
)
CPA = Qualification(value="CPA licence", kind=Kind.CERTIFICATION)
EDITS = (
    Broaden(field="years", wider=Role(text="", years=YearsCriterion(value="5+ years", minimum=5)), said="widened"),
    Narrow(requirement=CPA, said="gave more weight"),
    AddTitle(title="payroll administrator", said="also looked for"),
    DropCandidates(members=("m1", "m2"), nearly_the_same="m0", said="left out"),
)


def test_a_title_is_one_more_to_choose_from_and_its_words_are_searched() -> None:
    after = EDITS[2].apply(ROLE)
    added = after.titles[-1]
    assert (added.value, added.importance) == ("payroll administrator", Importance.MUST)
    assert added.span is not None
    assert added.span.of(after.text) == "payroll administrator"
    nice = Role(text="clerk", titles=(Criterion(value="clerk", importance=Importance.NICE),))
    assert EDITS[2].apply(nice).titles[-1].importance is Importance.NICE


def test_a_must_that_is_narrowed_stands_in_the_text_once_more() -> None:
    after = EDITS[1].apply(ROLE)
    assert after.text == "payroll clerk, no managers\nCPA licence"
    assert after.model_copy(update={"text": ROLE.text}) == ROLE


def test_broadening_changes_its_field_alone() -> None:
    after = EDITS[0].apply(ROLE)
    assert after.years is not None
    assert after.years.minimum == 5
    assert after.model_copy(update={"years": None}) == ROLE


def test_dropping_changes_no_role() -> None:
    assert EDITS[3].apply(ROLE) == ROLE
    assert EDITS[3].leaves_out == ("m1", "m2")


@given(st.permutations(EDITS))
def test_no_edit_touches_what_is_excluded_and_spans_stay_true(edits: list[SearchEdit]) -> None:
    role = ROLE
    for edit in edits:
        role = edit.apply(role)
    assert [one for one in role.titles if one.importance is Importance.EXCLUDE] == [ROLE.titles[1]]
    for one in role.titles:
        assert one.span is not None
        assert one.span.of(role.text) == one.value
    assert role.text.startswith(ROLE.text)
    assert ROLE.text == "payroll clerk, no managers"  # the role as asked is as it was


def test_the_same_change_has_the_same_id_and_another_one_another() -> None:
    assert len({edit.id for edit in EDITS}) == len(EDITS)
    assert AddTitle(title="Payroll Administrator", said="in other words").id == EDITS[2].id
    more = DropCandidates(members=("m1", "m2", "m3"), nearly_the_same="m0", said="left out 3")
    assert more.id == EDITS[3].id
    assert DropCandidates(members=("m1", "m2"), nearly_the_same="m9", said="left out").id != EDITS[3].id
    assert all(edit.id.startswith(f"{edit.kind}-") for edit in EDITS)


def test_edits_survive_json() -> None:
    adapter: TypeAdapter[SearchEdit] = TypeAdapter(SearchEdit)
    for edit in EDITS:
        again = adapter.validate_json(adapter.dump_json(edit))
        assert (again, again.id) == (edit, edit.id)

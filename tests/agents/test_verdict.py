"""The verdict's own rules: what counts as required, and what a mark can hold."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from agents.verdict import Evidence, Mark, MarkValue, Verdict, required
from retrieval.schema import Importance, Qualification, Span


def mark(value: MarkValue, importance: Importance = Importance.MUST) -> Mark:
    return Mark(qualification=Qualification(value="x", importance=importance), value=value)


def test_only_musts_that_are_wholly_met_count_as_required_met() -> None:
    marks = (
        mark(MarkValue.MET),
        mark(MarkValue.PARTLY),
        mark(MarkValue.NOT_SHOWN),
        mark(MarkValue.MET, Importance.NICE),
        mark(MarkValue.MET, Importance.EXCLUDE),
    )
    assert required(marks) == (1, 3)


def test_a_quote_is_never_empty() -> None:
    with pytest.raises(ValidationError, match="at least 1 character"):
        Evidence(quote="", span=Span(start=0, end=0))


@pytest.mark.parametrize("grade", [-1, 5])
def test_grades_outside_the_scale_are_refused(grade: int) -> None:
    with pytest.raises(ValidationError, match="grade"):
        Verdict(
            member_id="m",
            grade=grade,
            marks=(),
            explanation="",
            required_met=0,
            required_total=0,
            constitution="1",
            model="x",
        )


def test_a_verdict_survives_its_json() -> None:
    evidence = Evidence(quote="ran payroll", span=Span(start=3, end=14))
    verdict = Verdict(
        member_id="m",
        grade=3,
        marks=(Mark(qualification=Qualification(value="payroll"), value=MarkValue.MET, evidence=(evidence,)),),
        explanation="Shows payroll.",
        required_met=1,
        required_total=1,
        constitution="1",
        model="x",
    )
    assert Verdict.model_validate_json(verdict.model_dump_json()) == verdict

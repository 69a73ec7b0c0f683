"""Worked examples teach what the program itself would accept, and nobody in them is told by a protected attribute."""

from __future__ import annotations

import re

import pytest

from agents.constitution import Example, Fit, load
from agents.embedded.marks.evidence import Reading
from agents.finding import Finding, hold
from agents.grading import cap
from agents.judging.holding import ceiling, graded
from agents.judging.opinion import Opinion
from agents.policy import screen
from agents.verdict import MarkValue
from retrieval.schema import Importance, Qualification

EXAMPLES = load().example
every = pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.id)

# Words that would tell a person's age, sex, origin, family, belief or health, whatever they are said for.
PERSONAL = re.compile(
    r"""\b(?:he|she|his|her|hers|him|mr|mrs|ms|man|woman|men|women|male|female|born|aged?|years?\ old|birth\w*|young|
    old|married|single|divorced|wife|husband|mother|father|children|kids|pregnan\w+|maternity|paternity|church|mosque|
    temple|synagogue|christian|muslim|jewish|hindu|black|white|asian|hispanic|latin\w|african|european|native|citizen|
    nationality|disab\w+|wheelchair|deaf|blind|ill(?:ness)?|sick|veteran|union|gay|lesbian|party|photo\w*|pretty)\b""",
    re.IGNORECASE | re.VERBOSE,
)


def requirements(example: Example) -> list[Qualification]:
    return [Qualification(kind=one.kind, value=one.value, importance=one.importance) for one in example.requirement]


@every
@pytest.mark.parametrize("scratchpad", [True, False])
def test_the_guards_answer_would_be_accepted_as_it_stands(example: Example, scratchpad: bool) -> None:
    finding = Finding.model_validate(example.finding(scratchpad=scratchpad))
    held = hold(finding, requirements(example), Reading(example.profile))
    assert held.problems == ()
    assert [mark.value for mark in held.marks] == [one.mark for one in example.requirement]
    assert finding.grade <= cap(held.marks)
    assert bool(finding.reasoning) == scratchpad


@every
def test_the_judges_answer_would_be_accepted_as_it_stands(example: Example) -> None:
    opinion = Opinion.model_validate(example.opinion(scratchpad=True))
    held = graded(opinion, requirements(example), Reading(example.profile), load())
    assert held.problems == ()
    assert [one.grade for one in held.dimensions] == [one.grade for one in example.requirement]
    assert opinion.grade <= ceiling(held.dimensions)
    assert opinion.confidence == max(opinion.probabilities)


@every
def test_marks_and_grades_of_an_example_agree(example: Example) -> None:
    for one in example.requirement:
        if one.importance is Importance.EXCLUDE:
            continue
        grades = {MarkValue.MET: {3, 4}, MarkValue.PARTLY: {1, 2, 3}, MarkValue.NOT_MET: {0, 1}}
        assert one.grade is None or one.grade in grades[one.mark], one.value


def test_every_grade_and_every_fit_is_shown() -> None:
    assert {example.grade for example in EXAMPLES} == {0, 1, 2, 3, 4}
    assert {example.fit for example in EXAMPLES} == set(Fit)


def test_text_that_gives_orders_is_shown_and_counts_for_nothing() -> None:
    hostile = next(example for example in EXAMPLES if "grade 4" in example.profile)
    assert hostile.grade == 1
    assert not any("grade 4" in quote for one in hostile.requirement for quote in one.quotes)


@every
def test_nothing_is_asked_for_that_the_policy_refuses(example: Example) -> None:
    for text in (example.request, *(one.value for one in example.requirement)):
        assert screen(text).refused == ()


@every
def test_nobody_is_told_by_a_protected_attribute(example: Example) -> None:
    texts = (example.request, example.profile, *(one.note for one in example.requirement))
    assert PERSONAL.findall("\n".join(texts)) == []
    assert not re.search(r"\S+@\S+|(?:\d[ -]?){9,}", example.profile), "no address or number to reach anybody"

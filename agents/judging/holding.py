"""An opinion held to the profile's words, and to what the constitution allows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from agents.constitution import Constitution
from agents.embedded.marks.evidence import Reading, distinct
from agents.finding import place
from agents.judging.judgement import DimensionGrade
from agents.judging.opinion import GradedRequirement, Opinion
from retrieval.schema import Importance, Qualification


@dataclass(frozen=True, kw_only=True)
class Graded:
    """An opinion after checking: grades whose quotes all stand in the text, and what had to be withheld."""

    dimensions: tuple[DimensionGrade, ...]
    problems: tuple[str, ...]


def graded(
    opinion: Opinion, requirements: Sequence[Qualification], reading: Reading, constitution: Constitution
) -> Graded:
    """One grade for every requirement, in order. A grade without a quote that stands there becomes None."""
    given: dict[int, GradedRequirement] = {}
    for one in opinion.dimensions:
        given.setdefault(one.requirement, one)
    dimensions: list[DimensionGrade] = []
    problems: list[str] = []
    for number, requirement in enumerate(requirements, 1):
        dimension = constitution.dimension_of(requirement.kind)
        name = dimension.id if dimension else requirement.kind.value
        checked, wrong = _checked(given.get(number), requirement, name, reading)
        problems += [f"requirement {number}: {reason}" for reason in wrong]
        dimensions.append(checked)
    return Graded(dimensions=tuple(dimensions), problems=tuple(problems))


def ceiling(dimensions: Sequence[DimensionGrade]) -> int:
    """The best overall grade that the single grades allow, by the clause `weigh.musts`.

    1 where an excluded thing is found, or where nothing that is wanted is shown at all; 2 where a must is
    contradicted.
    """
    excluded = [one for one in dimensions if one.qualification.importance is Importance.EXCLUDE]
    wanted = [one for one in dimensions if one.qualification.importance is not Importance.EXCLUDE]
    if any(one.grade is not None and one.grade <= 1 for one in excluded):
        return 1
    if wanted and not any(one.grade for one in wanted):
        return 1
    contradicted = any(one.grade == 0 and one.qualification.importance is Importance.MUST for one in wanted)
    return 2 if contradicted else 4


def _checked(
    answer: GradedRequirement | None, requirement: Qualification, dimension: str, reading: Reading
) -> tuple[DimensionGrade, list[str]]:
    bare = DimensionGrade(dimension=dimension, qualification=requirement)
    if answer is None:
        return _withheld(bare, "the model gave no grade"), ["it is not graded"]
    if answer.grade is None:
        return bare.model_copy(update={"note": answer.note}), []
    placed = [(quote.quote, place(quote.quote, quote.start, reading)) for quote in answer.quotes]
    wrong = [f"{quote[:80]!r} does not stand in profile.text" for quote, evidence in placed if evidence is None]
    shown = distinct(evidence for _, evidence in placed)
    if not shown:
        reason = "its quote is not in the profile" if placed else f"grade {answer.grade} without a quote"
        return _withheld(bare, reason), wrong or [f"grade {answer.grade} needs a quote from profile.text"]
    return bare.model_copy(update={"grade": answer.grade, "evidence": shown, "note": answer.note}), wrong


def _withheld(bare: DimensionGrade, reason: str) -> DimensionGrade:
    return bare.model_copy(update={"note": f"withheld: {reason}"})

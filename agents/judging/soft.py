"""Soft labels: how likely each grade is, from the best source there is."""

from __future__ import annotations

from pydantic_ai.messages import ModelResponse

from agents.judging.judgement import Soft, SoftSource
from agents.judging.opinion import Opinion
from agents.judging.shares import GRADES, divided, shares
from agents.judging.token_grades import grade_tokens


def soft_labels(opinion: Opinion, response: ModelResponse) -> tuple[Soft, SoftSource]:
    """Probabilities of the grades 0 to 4, and where they come from.

    What a server measured goes before what the model states, and that before what its confidence implies.
    """
    measured = grade_tokens(response)
    if measured is not None:
        return measured, "tokens"
    stated = shares(opinion.probabilities)
    if stated is not None:
        return stated, "stated"
    return implied(opinion.grade, opinion.confidence), "confidence"


def implied(grade: int, confidence: float) -> Soft:
    """`confidence` for the grade, the rest falling off by the same factor with every step away from it.

    A confidence below 1/5, which would make other grades likelier, is read as not knowing: all are equally likely.
    """
    low, high = 0.0, 1.0
    for _ in range(50):
        factor = (low + high) / 2
        low, high = (factor, high) if _peak(grade, factor) > confidence else (low, factor)
    return divided([high ** abs(one - grade) for one in GRADES])


def bounded(soft: Soft, most: int) -> Soft:
    """The same, with what lies above the best grade allowed moved onto it."""
    kept = [share if grade <= most else 0.0 for grade, share in enumerate(soft)]
    kept[most] += sum(soft[most + 1 :])
    zero, one, two, three, four = kept
    return zero, one, two, three, four


def _peak(grade: int, factor: float) -> float:
    return 1 / sum(factor ** abs(one - grade) for one in GRADES)

"""Who is shown before whom: the one place that weighs the ranker against the guard."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from agents.verdict import MarkValue, Verdict
from retrieval.schema import Candidate, Importance

UNREAD = 1.5
"""Where somebody without a verdict stands among the grades: behind the partial, before the poor."""


def final_order(candidates: Sequence[Candidate], verdicts: Mapping[str, Verdict]) -> list[Candidate]:
    """All of `candidates`, best first. Those who show what the role excludes come last.

    By the ranker's score, those without one after those with; where nobody has one by grade, then blend. Ties go by
    member id.
    """
    scored = any(one.score is not None for one in candidates)

    def place(one: Candidate) -> tuple[bool, bool, float, float, str]:
        verdict = verdicts.get(one.member_id)
        grade = UNREAD if verdict is None else float(verdict.grade)
        first = grade if one.score is None else one.score
        return violates(verdict), scored and one.score is None, -first, -one.blend, one.member_id

    return sorted(candidates, key=place)


def violates(verdict: Verdict | None) -> bool:
    """True where the profile shows something that the role excludes."""
    return verdict is not None and any(
        mark.qualification.importance is Importance.EXCLUDE and mark.value is MarkValue.MET for mark in verdict.marks
    )

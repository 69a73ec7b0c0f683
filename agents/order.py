"""Who is shown before whom: the one place that weighs the ranker against the guard."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from agents.grading import share
from agents.verdict import MarkValue, Verdict
from retrieval.schema import Candidate, Importance

SHOWN = 2.0
"""What a profile that shows all that was asked for gains over one that shows nothing, in the ranker's grades.

nDCG@10 over 90 requests that the ranker had not seen: .723 at 0, .733 at 1, .734 at 2, .731 at 3.
"""
UNREAD_SHARE = 0.4
"""Share of the requirements that somebody without a verdict is taken to show: about what the middle of a pool does."""
UNREAD_GRADE = 1.5
"""Where somebody without a verdict stands among the grades: behind the partial, before the poor."""


def final_order(candidates: Sequence[Candidate], verdicts: Mapping[str, Verdict]) -> list[Candidate]:
    """All of `candidates`, best first. Those who show what the role excludes come last.

    By the ranker's score and the share of requirements that the verdict shows, those without a score after those with;
    where nobody has one by grade, then blend. Ties go by member id.
    """
    scored = any(one.score is not None for one in candidates)

    def place(one: Candidate) -> tuple[bool, bool, float, float, str]:
        verdict = verdicts.get(one.member_id)
        if scored and one.score is not None:
            worth = one.score + SHOWN * (share(verdict.marks) if verdict and verdict.marks else UNREAD_SHARE)
            if one.nudge > 0 and contradicts(verdict):
                worth -= one.nudge
        else:
            worth = UNREAD_GRADE if verdict is None else float(verdict.grade)
        return violates(verdict), scored and one.score is None, -worth, -one.blend, one.member_id

    return sorted(candidates, key=place)


def contradicts(verdict: Verdict | None) -> bool:
    """True where the profile shows the contrary of a must: what a recruiter likes elsewhere does not make up for it."""
    return verdict is not None and any(
        mark.qualification.importance is Importance.MUST and mark.value is MarkValue.NOT_MET for mark in verdict.marks
    )


def violates(verdict: Verdict | None) -> bool:
    """True where the profile shows something that the role excludes."""
    return verdict is not None and any(
        mark.qualification.importance is Importance.EXCLUDE and mark.value is MarkValue.MET for mark in verdict.marks
    )

"""The judge's job on the in-process model: marks with quotes, and a grade that was learned from experts."""

from __future__ import annotations

from typing import Any

from agents.embedded.grader import Graded, Grader
from agents.embedded.marking import Marker
from agents.embedded.marks.population import Population, SnapshotPopulation
from agents.embedded.marks.sheet import Sheet
from agents.embedded.model import Job
from agents.finding import FoundQuote
from agents.grading import cap, grade
from agents.judging.opinion import Fit, GradedRequirement, Opinion
from agents.verdict import Mark, MarkValue
from retrieval.schema import Importance, Kind, Profile, Qualification, Role
from retrieval.snapshot import Snapshot

GRADES = {MarkValue.MET: 4, MarkValue.PARTLY: 2, MarkValue.NOT_MET: 0, MarkValue.NOT_SHOWN: None}
"""What a mark says on a dimension's scale. Silence has no grade."""
BY_MARKS = (
    (0.60, 0.25, 0.11, 0.03, 0.01),
    (0.29, 0.36, 0.23, 0.09, 0.03),
    (0.10, 0.34, 0.31, 0.20, 0.05),
    (0.04, 0.17, 0.29, 0.31, 0.19),
    (0.03, 0.08, 0.22, 0.35, 0.32),
)
"""How often experts gave grades 0 to 4 where marks alone gave 0, 1, 2, 3 and 4: 2,233 grades, each row with ten more
at the shares of all."""


def make_judge_job(
    snapshot: Snapshot | None, *, population: Population | None = None, grader: Grader | None = None
) -> Job:
    """A job for `EmbeddedModel(jobs={"Opinion": job})`; thread-safe.

    Without a snapshot, or with one that the grader cannot grade by (see `Grader.able`), the marks alone grade.
    """
    known = population or (SnapshotPopulation(snapshot) if snapshot is not None else None)
    marker = Marker(known)
    learned = grader or (Grader(snapshot) if snapshot is not None else None)

    def judge_job(payload: dict[str, Any]) -> Opinion:
        role = Role.model_validate(payload["role"])
        profile = Profile.model_validate(payload["profile"])
        requirements = [Qualification.model_validate(one) for one in payload["requirements"]]
        sheet = marker.read(role, profile, requirements)
        graded = learned.grade(sheet) if learned is not None else None
        return _opinion(sheet, graded)

    return judge_job


def _opinion(sheet: Sheet, graded: Graded | None) -> Opinion:
    most = cap(sheet.marks)
    plain = grade(sheet.marks)
    probabilities = under(graded.probabilities if graded else BY_MARKS[plain], most)
    return Opinion(
        reasoning=_reasoning(sheet, graded),
        dimensions=tuple(map(_dimension, range(1, len(sheet.marks) + 1), sheet.marks)),
        fit=fit_of(sheet),
        grade=min(graded.grade, most) if graded else plain,
        confidence=round(max(probabilities), 4),
        probabilities=tuple(round(one, 4) for one in probabilities),
    )


def under(probabilities: tuple[float, ...], most: int) -> tuple[float, ...]:
    """The same, with what lies above the best grade that the marks allow moved onto it."""
    kept = [one if grade <= most else 0.0 for grade, one in enumerate(probabilities)]
    kept[most] += sum(probabilities[most + 1 :])
    return tuple(kept)


def fit_of(sheet: Sheet) -> Fit:
    """The person's level and years against those asked for. Level goes before years; unknown where neither is told.

    Two levels above are over, two below are under; so are years more than a third over a stated maximum, and fewer
    than three quarters of the minimum.
    """
    wanted = [one.level for one in sheet.role.seniority if one.importance is not Importance.EXCLUDE]
    level = sheet.profile.seniority
    if wanted and level is not None:
        gap = min((int(level) - int(one) for one in wanted), key=abs)
        if abs(gap) >= STEPS:
            return Fit.UNDER if gap < 0 else Fit.OVER
    known = [mark for mark in sheet.marks if mark.qualification.kind is Kind.YEARS]
    years, had = sheet.role.years, sheet.profile.years_experience
    if years is not None and had is not None and any(mark.value is MarkValue.NOT_MET for mark in known):
        return Fit.UNDER if years.minimum is not None and had < years.minimum else Fit.OVER
    told = (wanted and level is not None) or (years is not None and had is not None)
    return Fit.RIGHT if told else Fit.UNKNOWN


STEPS = 2
"""Levels from the nearest one asked for at which somebody is over- or underqualified."""


def _dimension(number: int, mark: Mark) -> GradedRequirement:
    value = GRADES[mark.value]
    if mark.qualification.importance is Importance.EXCLUDE and value is not None:
        value = 4 - value  # to have what is excluded is the worst that can be said
    quotes = tuple(FoundQuote(quote=evidence.quote, start=evidence.span.start) for evidence in mark.evidence)
    return GradedRequirement(requirement=number, grade=value, quotes=quotes, note=mark.note)


def _reasoning(sheet: Sheet, graded: Graded | None) -> str:
    """What the grade rests on, in the program's words."""
    wanted = [mark for mark in sheet.marks if mark.qualification.importance is not Importance.EXCLUDE]
    counts = {value: sum(mark.value is value for mark in wanted) for value in MarkValue}
    said = ", ".join(f"{count} {value.value.replace('_', ' ')}" for value, count in counts.items() if count)
    parts = [f"Of {len(wanted)} requirements: {said}." if wanted else "Nothing is asked for that could be shown."]
    if graded is None:
        parts.append("Graded by these marks alone.")
    else:
        parts.append(f"Experts' grades of pairs like this one let {graded.expected:.1f} of 4 be expected.")
        if graded.grade > (most := cap(sheet.marks)):
            parts.append(f"The marks allow no more than {most}.")
    return " ".join(parts)

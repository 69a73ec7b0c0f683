"""The guard's job on the in-process model."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from agents.embedded.grader import Grader
from agents.embedded.marking import Marker
from agents.embedded.marks.population import Population, SnapshotPopulation
from agents.finding import Finding, FoundMark, FoundQuote
from agents.grading import cap, grade
from agents.verdict import Mark
from retrieval.schema import Profile, Qualification, Role
from retrieval.snapshot import Snapshot

Expected = Callable[[Role, str], float | None]
"""A ranker's prediction of the grade (0-4) for a role and a member, `None` where it has none."""


def make_guard_job(
    snapshot: Snapshot | None,
    *,
    expected: Expected | None = None,
    population: Population | None = None,
    grader: Grader | None = None,
) -> Callable[[dict[str, Any]], Finding]:
    """A job for `EmbeddedModel(jobs={"Finding": job})`; thread-safe.

    Grades come from the grader where it can grade (see `Grader.able`), else from the marks and what a ranker expects:
    the document's own `expected`, then the function's. No grade lies above what the marks allow. Without a snapshot
    profiles are marked by their words alone.
    """
    known = population or (SnapshotPopulation(snapshot) if snapshot is not None else None)
    marker = Marker(known)
    learned = grader or (Grader(snapshot) if snapshot is not None else None)

    def guard_job(payload: dict[str, Any]) -> Finding:
        role = Role.model_validate(payload["role"])
        profile = Profile.model_validate(payload["profile"])
        requirements = [Qualification.model_validate(one) for one in payload["requirements"]]
        sheet = marker.read(role, profile, requirements)
        graded = learned.grade(sheet) if learned is not None else None
        if graded is not None:
            overall = min(graded.grade, cap(sheet.marks))
        else:
            prior = payload.get("expected")
            if prior is None and expected is not None:
                prior = expected(role, profile.member_id)
            overall = grade(sheet.marks, prior)
        return Finding(marks=tuple(map(_found, range(1, len(sheet.marks) + 1), sheet.marks)), grade=overall)

    return guard_job


def _found(number: int, mark: Mark) -> FoundMark:
    quotes = tuple(FoundQuote(quote=evidence.quote, start=evidence.span.start) for evidence in mark.evidence)
    return FoundMark(requirement=number, value=mark.value, quotes=quotes, note=mark.note)

"""The guard's job on the in-process model."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from agents.embedded.marking import Marker
from agents.embedded.marks.population import Population, SnapshotPopulation
from agents.finding import Finding, FoundMark, FoundQuote
from agents.grading import grade
from agents.verdict import Mark
from retrieval.schema import Profile, Qualification, Role
from retrieval.snapshot import Snapshot

Expected = Callable[[Role, str], float | None]
"""A ranker's prediction of the grade (0-4) for a role and a member, `None` where it has none."""


def make_guard_job(
    snapshot: Snapshot | None, *, expected: Expected | None = None, population: Population | None = None
) -> Callable[[dict[str, Any]], Finding]:
    """A job for `EmbeddedModel(jobs={"Verdict": job})`; thread-safe.

    Without a snapshot (or with a member it does not hold) profiles are marked by their words alone. The document's own
    `expected` goes before the function's.
    """
    known = population or (SnapshotPopulation(snapshot) if snapshot is not None else None)
    marker = Marker(known)

    def guard_job(payload: dict[str, Any]) -> Finding:
        role = Role.model_validate(payload["role"])
        profile = Profile.model_validate(payload["profile"])
        requirements = [Qualification.model_validate(one) for one in payload["requirements"]]
        marks = marker.mark(role, profile, requirements)
        prior = payload.get("expected")
        if prior is None and expected is not None:
            prior = expected(role, profile.member_id)
        return Finding(marks=tuple(map(_found, range(1, len(marks) + 1), marks)), grade=grade(marks, prior))

    return guard_job


def _found(number: int, mark: Mark) -> FoundMark:
    quotes = tuple(FoundQuote(quote=evidence.quote, start=evidence.span.start) for evidence in mark.evidence)
    return FoundMark(requirement=number, value=mark.value, quotes=quotes, note=mark.note)

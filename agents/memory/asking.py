"""What edits say: criteria that a recruiter adds to one role after the other."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from agents.memory.evidence import Family
from agents.memory.permitted import permitted
from agents.memory.traits import Valued
from agents.role_changes import RoleChange
from retrieval.attributes import normalise
from retrieval.lexicon import degree_level, seniority_of
from retrieval.schema import Importance, Kind, Trait

FEWEST_ROLES = 2
"""Roles to which a criterion must have been added, and at least half of those that were edited."""
PRIOR = 2.0
"""Strength is n / (n + PRIOR) for n roles: 0.5, 0.6, 0.67 ..."""

_TRAITS: dict[Kind, Trait] = {
    Kind.TITLE: "title",
    Kind.SKILL: "skill",
    Kind.EXPERIENCE: "skill",
    Kind.CERTIFICATION: "certification",
    Kind.INDUSTRY: "industry",
    Kind.COMPANY: "company",
    Kind.LOCATION: "location",
}
_LEAST = re.compile(r"(\d+(?:\.\d+)?)(?:\+|-)")


@dataclass(frozen=True, kw_only=True)
class Habit:
    """A criterion that is added again and again; `said` is how the recruiter last wrote it."""

    valued: Valued
    said: str
    wanted: bool
    strength: float
    roles: tuple[str, ...]
    of: int


def habits(family: Family) -> tuple[Habit, ...]:
    """Criteria added in several roles of a family, the most repeated first. What was taken out again does not count."""
    edited = [role for role in family.roles if role.edits]
    where: dict[tuple[Valued, bool], dict[str, str]] = {}
    for role in edited:
        for asked, said in _standing(role.edits).items():
            where.setdefault(asked, {})[role.key] = said
    found = [
        Habit(
            valued=valued,
            said=list(roles.values())[-1],
            wanted=wanted,
            strength=round(len(roles) / (len(roles) + PRIOR), 3),
            roles=tuple(roles),
            of=len(edited),
        )
        for (valued, wanted), roles in where.items()
        if len(roles) >= FEWEST_ROLES and 2 * len(roles) >= len(edited)
    ]
    return tuple(sorted(found, key=lambda one: (-len(one.roles), one.valued, one.wanted)))


def _standing(edits: Iterable[RoleChange]) -> dict[tuple[Valued, bool], str]:
    """(value, whether wanted) -> as written, of what the edits of one role left in it."""
    left: dict[tuple[Valued, bool], str] = {}
    for change in edits:
        gone = valued_of(change.kind, change.before) if change.before else None
        if gone is not None:
            left.pop((gone, change.importance_before is not Importance.EXCLUDE), None)
        come = valued_of(change.kind, change.after) if change.after else None
        if come is not None and change.after and change.importance is not None:
            wanted = change.importance is not Importance.EXCLUDE
            # Less of a level or of years is not learned: it would stand for age.
            if wanted or come[0] not in {"years", "education", "seniority"}:
                left[come, wanted] = change.after
    return left


def valued_of(kind: Kind, said: str) -> Valued | None:
    """What a criterion asks for as a preference may hold it; None for languages and whatever else may not be kept."""
    if kind is Kind.YEARS:
        least = _LEAST.match(said)
        return ("years", f"{float(least[1]):g}") if least else None
    if kind is Kind.SENIORITY:
        seniority = seniority_of(said)
        return ("seniority", seniority.name.lower()) if seniority is not None else None
    if kind is Kind.EDUCATION:
        level = degree_level(said)
        return ("education", level.name.lower()) if level is not None else None
    trait, value = _TRAITS.get(kind), normalise(said)
    return (trait, value) if trait and permitted(trait, value, stated=True) else None

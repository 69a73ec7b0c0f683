"""The traits of members that a preference may speak of, and who has them."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from pyroaring import BitMap

from agents.memory.permitted import ALLOWED
from retrieval.attributes import facets_of, normalise
from retrieval.schema import EducationLevel, Preference, Profile, Trait
from retrieval.snapshot import Snapshot

YEARS = (3, 5, 8, 10, 15)
"""Least years that a preference may speak of. Only least: "at most" would stand for age."""
FEWEST = 5
"""Members of the population that a value needs: what fewer have teaches nothing, and may be somebody's name."""
COMMON = 0.5
"""Share of the population above which a value says nothing of anybody."""

Valued = tuple[Trait, str]


def traits_of(profile: Profile) -> frozenset[Valued]:
    """What of a profile a preference may speak of. Its words are not screened yet: that is for what is learned."""
    found: set[Valued] = set()
    for facet, value in facets_of(profile):
        if facet == "education":
            found |= {("education", level.name.lower()) for level in EducationLevel if 2 <= level <= _level(value)}
        elif facet in ALLOWED:
            found.add((facet, value))
    years = profile.years_experience
    found |= {("years", str(least)) for least in YEARS if years is not None and years >= least}
    return frozenset(found)


def rows_of(preference: Preference, snapshot: Snapshot) -> BitMap:
    """Everybody who has what `preference` speaks of. Shared: copy before changing it."""
    if preference.source == "edits":
        return _stated(preference.trait, preference.value, snapshot)
    return rows_with((preference.trait, preference.value), snapshot)


def rows_with(valued: Valued, snapshot: Snapshot) -> BitMap:
    """Everybody with a trait exactly as `traits_of` names it."""
    trait, value = valued
    attributes = snapshot.attributes
    if trait == "years":
        return BitMap(np.flatnonzero(attributes.years() >= float(value)).astype(np.uint32))
    if trait == "education":
        levels = (level.name for level in EducationLevel if level >= _level(value))
        return BitMap.union(*(attributes.rows("education", name) for name in levels))
    return attributes.rows(trait, value)


def telling(valued: Valued, snapshot: Snapshot) -> bool:
    """False where too few people have it, or nearly everybody."""
    return FEWEST <= len(rows_with(valued, snapshot)) <= COMMON * snapshot.count


def _stated(trait: Trait, value: str, snapshot: Snapshot) -> BitMap:
    """What a recruiter wrote stands in profiles in longer forms ("CPA" in "CPA license")."""
    if trait in {"years", "education", "seniority"}:
        return rows_with((trait, value), snapshot)
    facets: Iterable[str] = {
        "skill": ("skill", "certification"),
        "certification": ("certification", "skill"),
        "location": ("city", "region"),
    }.get(trait, (trait,))
    return BitMap.union(*(snapshot.attributes.containing(facet, value) for facet in facets))


def _level(name: str) -> int:
    return EducationLevel[normalise(name).upper()].value

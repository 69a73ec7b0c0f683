"""A role's criteria as wishes over attributes: for each, who fulfils it and how far."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

from retrieval.filters import CITY_KM
from retrieval.schema import Criterion, EducationCriterion, EducationLevel, Importance, Kind, Place, Role, Seniority
from retrieval.snapshot import Snapshot
from retrieval.strategies.vocabulary import Vocabulary

WEIGHTS = {
    "title": 3.0,
    "skills": 1.0,
    "seniority": 1.0,
    "location": 1.0,
    "years": 1.0,
    "industry": 1.0,
    "education": 1.0,
    "language": 1.0,
    "company": 1.0,
    "certification": 1.0,
}
"""What one wish of each attribute weighs."""
ALL_SKILLS = 4.0
"""What all skills together weigh at most, so that a long list does not drown the title."""
EARLIER = 0.8
"""What a title of an earlier position is worth beside a present one."""
IMPORTANCE = {Importance.MUST: 1.0, Importance.NICE: 0.5, Importance.EXCLUDE: -1.0}

Graded = list[tuple[BitMap, float]]
"""Rows and how far they fulfil a wish, 0..1."""


@dataclass(frozen=True, kw_only=True)
class Wish:
    """One thing wanted (or, where `weight` is below 0, not wanted)."""

    attribute: str
    label: str
    weight: float
    graded: Graded

    def grades(self, count: int) -> NDArray[np.float32]:
        """[n] how far each member fulfils the wish."""
        grades = np.zeros(count, dtype=np.float32)
        for rows, grade in sorted(self.graded, key=lambda pair: pair[1]):
            grades[rows.to_array()] = grade
        return grades

    def grade(self, row: int) -> float:
        """How far one member fulfils the wish."""
        return max((grade for rows, grade in self.graded if row in rows), default=0.0)


class Wishes:
    """Turns roles into wishes over one snapshot. Thread-safe; a facet's words are indexed at its first use."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._attributes = snapshot.attributes
        self._vocabularies: dict[str, Vocabulary] = {}
        self._lock = threading.Lock()

    def of(self, role: Role) -> list[Wish]:
        """Every criterion that attributes can answer; titles, levels, places are alternatives, hence one wish each."""
        skills = [*role.skills, *(q for q in role.qualifications if q.kind is Kind.SKILL)]
        skill_weight = min(1.0, ALL_SKILLS / max(1, len(skills)))
        wishes = [
            *self._either("title", [(c, self._titled(c.value)) for c in role.titles]),
            *self._either("seniority", [(c, self._levelled(c.level)) for c in role.seniority]),
            *self._either("location", [(c, self._placed(c.place)) for c in role.locations if c.place]),
            *(self._wish("skills", c, self.worded("skill", c.value, least=1.0), skill_weight) for c in skills),
            *(self._wish("industry", c, self.worded("industry", c.value)) for c in role.industries),
            *(self._wish("education", c, self._educated(c)) for c in role.education),
            *(self._wish("language", c, [(self._attributes.rows("language", c.value), 1.0)]) for c in role.languages),
            *(self._wish("company", c, self.worded("company", c.value, least=1.0)) for c in role.companies),
            *(
                self._wish("certification", q, self.worded("certification", q.value))
                for q in role.qualifications
                if q.kind is Kind.CERTIFICATION
            ),
        ]
        if role.years:
            years = self._experienced(role.years.minimum, role.years.maximum)
            wishes.append(self._wish("years", role.years, years))
        return wishes

    def worded(self, facet: str, value: str, *, least: float = 0.5) -> Graded:
        """Members with values of the facet that hold the words of `value`, by grade."""
        by_grade: dict[float, list[str]] = {}
        for found, grade in self._vocabulary(facet).graded(value, least=least):
            by_grade.setdefault(round(grade, 2), []).append(found)
        return [
            (BitMap.union(*(self._attributes.rows(facet, found) for found in values)), grade)
            for grade, values in by_grade.items()
        ]

    def _vocabulary(self, facet: str) -> Vocabulary:
        with self._lock:
            if facet not in self._vocabularies:
                self._vocabularies[facet] = Vocabulary(self._attributes, facet)
            return self._vocabularies[facet]

    def _wish(self, attribute: str, criterion: Criterion, graded: Graded, share: float = 1.0) -> Wish:
        weight = WEIGHTS[attribute] * IMPORTANCE[criterion.importance] * share
        return Wish(attribute=attribute, label=criterion.value, weight=weight, graded=graded)

    def _either(self, attribute: str, alternatives: Sequence[tuple[Criterion, Graded]]) -> Iterable[Wish]:
        """The wish for any of the alternatives wanted; those merely nice are worth half. Then one for each excluded."""
        wanted = [(c, graded) for c, graded in alternatives if c.importance is not Importance.EXCLUDE]
        if wanted:
            most = max(IMPORTANCE[c.importance] for c, _ in wanted)
            yield Wish(
                attribute=attribute,
                label=" or ".join(dict.fromkeys(c.value for c, _ in wanted)),
                weight=WEIGHTS[attribute] * most,
                graded=[(rows, g * IMPORTANCE[c.importance] / most) for c, graded in wanted for rows, g in graded],
            )
        for criterion, graded in alternatives:
            if criterion.importance is Importance.EXCLUDE:
                yield self._wish(attribute, criterion, graded)

    def _titled(self, title: str) -> Graded:
        earlier = [(rows, EARLIER * grade) for rows, grade in self.worded("title", title)]
        return [*self.worded("current_title", title), *earlier]

    def _levelled(self, level: Seniority) -> Graded:
        """The level itself, and for half those next to it."""
        near = [other for other in Seniority if abs(other - level) == 1]
        return [
            (self._attributes.rows("seniority", level.name), 1.0),
            *((self._attributes.rows("seniority", other.name), 0.5) for other in near),
        ]

    def _placed(self, place: Place) -> Graded:
        """Those in the place, as the filter sees it: a city reaches 40 km, a metro area its radius."""
        rows, known = self._attributes.rows, self._attributes.known
        if place.kind in ("region", "country"):
            return [(rows(place.kind, (place.region if place.kind == "region" else place.country) or ""), 1.0)]
        found = rows("city", place.city or place.name)
        for facet, value in (("region", place.region), ("country", place.country)):
            # A member whose region is not known may be in any city of that name.
            found = found & (rows(facet, value) | (found - known(facet))) if value else found
        if place.latitude is not None and place.longitude is not None:
            near = self._attributes.within(place.latitude, place.longitude, place.radius_km or CITY_KM)
            found = near | (found - self._attributes.located)
        return [(found, 1.0)]

    def _educated(self, wanted: EducationCriterion) -> Graded:
        """A degree high enough, and for half the field of study or the school where they are asked for as well."""
        level = wanted.level
        parts: list[Graded] = []
        if level is not None:
            enough = [self._attributes.rows("education", name.name) for name in EducationLevel if name >= level]
            parts.append([(BitMap.union(*enough), 1.0)])
        if wanted.field:
            parts.append(self.worded("field", wanted.field))
        if wanted.school:
            parts.append(self.worded("school", wanted.school))
        return _mean(parts, self._snapshot.count)

    def _experienced(self, minimum: float | None, maximum: float | None) -> Graded:
        low, high = minimum or 0.0, np.inf if maximum is None else maximum
        between = self._attributes.between
        return [(between("years", 0.75 * low, 1.5 * high), 0.5), (between("years", low, high), 1.0)]


def _mean(parts: Sequence[Graded], count: int) -> Graded:
    if len(parts) <= 1:
        return parts[0] if parts else []
    wishes = [Wish(attribute="education", label="", weight=1.0, graded=part) for part in parts]
    grades = sum((wish.grades(count) for wish in wishes), np.zeros(count, dtype=np.float32)) / len(parts)
    return [(BitMap(np.flatnonzero(grades == g).astype(np.uint32)), float(g)) for g in np.unique(grades) if g > 0]

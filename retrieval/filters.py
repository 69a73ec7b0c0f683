"""The hard part of a role, compiled to a bitmap over the population before any strategy scores anything.

Hard are: must on places, years, languages, degree level and seniority; exclude on places, seniority, titles,
companies, industries and languages. Everything else is for strategies, ranker and guard.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field

from pyroaring import BitMap

from retrieval.attributes import YEARS, Attributes, normalise
from retrieval.schema import EducationLevel, Importance, Kind, Place, Role, Seniority
from retrieval.snapshot import Snapshot

CITY_KM = 40.0
YEARS_SLACK = 0.25  # years in profiles are rough: only what misses by more than this part is dropped
SENIORITY_SLACK = 1  # levels read from titles are right to about one step
KNOWN_ENOUGH = 0.5  # an attribute fewer people than this have known drops nobody for not having it
WRITTEN_IN = "english"  # who lists French alone, in an English profile, has not said to know no English


@dataclass(frozen=True, kw_only=True)
class FilterStep:
    """One hard criterion: `passing` rows would remain if it stood alone, `unknown` of them because nothing is known.

    `rows` are those that pass it. Places are one step for all that are wanted, and so are levels.
    """

    criterion: str
    passing: int
    unknown: int
    kind: Kind
    importance: Importance = Importance.MUST
    rows: BitMap = field(default_factory=BitMap, repr=False, compare=False)


@dataclass(frozen=True, kw_only=True)
class Filter:
    """Rows of one snapshot that may be returned, and how they came about."""

    rows: BitMap
    steps: tuple[FilterStep, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What a criterion says of the population: rows that hold it, rows of which it cannot be said, and rows that lack
    the attribute (it may still be said of some: who is in France is not in Boston, whatever the city)."""

    holds: BitMap
    unknown: BitMap
    lacking: BitMap


def compile_filter(role: Role, snapshot: Snapshot) -> Filter:
    """The filter of `role`: rows of `snapshot.alive` that pass every hard criterion, a step and perhaps a note each.

    A row of which a must cannot be said is kept where fewer than half of the population is known in that attribute (a
    must on what most profiles lack would otherwise empty the result), and dropped where it is the rule to know it.
    Excludes drop only who is known to match.
    """
    alive = snapshot.alive
    rows = alive.copy()
    steps: list[FilterStep] = []
    notes: list[str] = []
    for kind, name, subject, finding in _musts(role, snapshot.attributes, alive):
        unknown = finding.unknown & alive
        share = 1 - len(finding.lacking & alive) / len(alive) if alive else 1.0
        lenient = bool(unknown) and share < KNOWN_ENOUGH
        passing = (finding.holds | unknown if lenient else finding.holds) & alive
        if lenient:
            notes.append(
                f"{subject} is known for {100 * share:.0f} % of this population, so people without one were kept"
            )
        rows &= passing
        kept = len(passing & unknown)
        steps.append(FilterStep(criterion=name, passing=len(passing), unknown=kept, kind=kind, rows=passing))
    for kind, name, matching in _excludes(role, snapshot.attributes, alive):
        passing = alive - matching
        rows &= passing
        left_out = Importance.EXCLUDE
        steps.append(
            FilterStep(
                criterion=f"not {name}", passing=len(passing), unknown=0, kind=kind, importance=left_out, rows=passing
            )
        )
    notes += [
        f'the place "{wish.value}" is not known here, so it was not filtered on'
        for wish in role.locations
        if wish.importance is not Importance.NICE and (wish.place is None or not _usable(wish.place))
    ]
    return Filter(rows=rows, steps=tuple(steps), notes=tuple(dict.fromkeys(notes)))


def _musts(role: Role, attributes: Attributes, alive: BitMap) -> Iterator[tuple[Kind, str, str, Finding]]:
    """(kind, criterion in words, attribute in words, finding) of every must that is hard."""
    places = [c for c in role.locations if c.importance is Importance.MUST and c.place and _usable(c.place)]
    if places:
        findings = [_place(c.place, attributes, alive) for c in places if c.place]
        yield Kind.LOCATION, _either([c.value for c in places]), "Location", _any(findings)
    levels = [c for c in role.seniority if c.importance is Importance.MUST]
    if levels:
        near = {level for level in Seniority for c in levels if abs(level.value - c.level.value) <= SENIORITY_SLACK}
        holds = _union(attributes, "seniority", [level.name for level in near])
        yield (
            Kind.SENIORITY,
            _either([c.value for c in levels]),
            "Seniority",
            _of(attributes, "seniority", holds, alive),
        )
    if role.years and role.years.importance is Importance.MUST and (role.years.minimum or role.years.maximum):
        low = (role.years.minimum or 0) * (1 - YEARS_SLACK)
        high = math.inf if role.years.maximum is None else role.years.maximum * (1 + YEARS_SLACK)
        holds = attributes.between(YEARS, low, high)
        yield Kind.YEARS, role.years.value, "Experience in years", _of(attributes, YEARS, holds, alive)
    for language in role.languages:
        if language.importance is Importance.MUST:
            holds = attributes.rows("language", language.value)
            if normalise(language.value) == WRITTEN_IN:
                rest = alive - holds
                yield Kind.LANGUAGE, language.value, "English", Finding(holds=holds, unknown=rest, lacking=rest)
            else:
                yield Kind.LANGUAGE, language.value, "Language", _of(attributes, "language", holds, alive)
    for degree in role.education:
        if degree.importance is Importance.MUST and degree.level is not None:
            enough = [level.name for level in EducationLevel if level >= degree.level]
            holds = _union(attributes, "education", enough)
            yield Kind.EDUCATION, degree.value, "Education", _of(attributes, "education", holds, alive)


def _excludes(role: Role, attributes: Attributes, alive: BitMap) -> Iterator[tuple[Kind, str, BitMap]]:
    """(kind, criterion in words, rows known to match) of every exclude that is hard.

    Titles are those held now: whoever was an intern once is no intern. Companies are all.
    """
    for wish in role.locations:
        if wish.importance is Importance.EXCLUDE and wish.place and _usable(wish.place):
            yield Kind.LOCATION, wish.value, _place(wish.place, attributes, alive).holds
    for level in role.seniority:
        if level.importance is Importance.EXCLUDE:
            yield Kind.SENIORITY, level.value, attributes.rows("seniority", level.level.name)
    for kind, facet, criteria in (
        (Kind.TITLE, "current_title", role.titles),
        (Kind.COMPANY, "company", role.companies),
        (Kind.INDUSTRY, "industry", role.industries),
    ):
        for criterion in criteria:
            if criterion.importance is Importance.EXCLUDE:
                yield kind, criterion.value, attributes.containing(facet, criterion.value)
    for language in role.languages:
        if language.importance is Importance.EXCLUDE:
            yield Kind.LANGUAGE, language.value, attributes.rows("language", language.value)


def _usable(place: Place) -> bool:
    """Whether the place says enough to be looked for."""
    if place.kind in ("city", "metro"):
        return bool(_point(place) or place.city or place.name)
    return bool(place.country if place.kind == "country" else place.region)


def _point(place: Place) -> tuple[float, float] | None:
    if place.latitude is None or place.longitude is None:
        return None
    return place.latitude, place.longitude


def _place(place: Place, attributes: Attributes, alive: BitMap) -> Finding:
    """Who is in one place. A member of whom only a wider place is known, which contains this one, is unknown.

    A city reaches 40 km, a metro area its radius; members without coordinates are in a city by its name, in a region
    or a country that does not contradict.
    """
    country = place.country or (place.region.partition("-")[0] if place.region else None)
    compatible = _compatible(attributes, "country", country, alive)
    if place.kind == "country":
        return _of(attributes, "country", attributes.rows("country", place.country or ""), alive)
    if place.kind == "region":
        lacking = alive - attributes.known("region")
        return Finding(
            holds=attributes.rows("region", place.region or ""), unknown=compatible & lacking, lacking=lacking
        )
    compatible &= _compatible(attributes, "region", place.region if place.kind == "city" else None, alive)
    named = _union(attributes, "city", [name for name in (place.city, place.name) if name]) & compatible
    lacking = alive - attributes.known("city")
    if point := _point(place):
        lacking -= attributes.located
        holds = attributes.within(*point, place.radius_km or CITY_KM) | (named - attributes.located)
    else:
        holds = named
    return Finding(holds=holds, unknown=compatible & lacking, lacking=lacking)


def _compatible(attributes: Attributes, facet: str, value: str | None, alive: BitMap) -> BitMap:
    """Rows that have `value` or of which the facet is unknown; all rows where no value is asked for."""
    if value is None:
        return alive.copy()
    return attributes.rows(facet, value) | (alive - attributes.known(facet))


def _any(findings: list[Finding]) -> Finding:
    """Alternatives: one that holds is enough; unknown is who may yet be in one of them."""
    holds = BitMap.union(*(f.holds for f in findings))
    unknown = BitMap.union(*(f.unknown for f in findings)) - holds
    return Finding(holds=holds, unknown=unknown, lacking=BitMap.union(*(f.lacking for f in findings)) - holds)


def _of(attributes: Attributes, facet: str, holds: BitMap, alive: BitMap) -> Finding:
    lacking = alive - attributes.known(facet)
    return Finding(holds=holds, unknown=lacking, lacking=lacking)


def _union(attributes: Attributes, facet: str, values: list[str]) -> BitMap:
    return BitMap.union(*(attributes.rows(facet, value) for value in values)) if values else BitMap()


def _either(values: list[str]) -> str:
    return " or ".join(dict.fromkeys(values))

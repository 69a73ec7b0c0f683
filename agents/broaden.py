"""One step wider: relax the wish that costs the most people, and say what was relaxed.

What the recruiter excluded stays excluded, and nothing is added, so what the policy refused cannot come back.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from retrieval.filters import Filter, compile_filter
from retrieval.lexicon.places import resolve
from retrieval.schema import Criterion, EducationLevel, Importance, LocationCriterion, Place, Role
from retrieval.snapshot import Snapshot

METRO_KM = 80.0
YEARS = 2.0


@dataclass(frozen=True, kw_only=True)
class Broadened:
    """A role that more people meet. `relaxed` is one sentence for the recruiter."""

    role: Role
    relaxed: str


def broaden(role: Role, *, snapshot: Snapshot) -> Broadened | None:
    """`role` with one hard criterion relaxed, or None where that lets nobody in.

    Taken is the step that lets in the most people: city, metro area,
    region, country; two years fewer; a lower degree; a level or language no longer required. Everything else in a role
    keeps nobody out of the pool, so relaxing it would only make the recruiter's wishes count for less.
    """
    passing = compile_filter(role, snapshot)
    before = len(passing.rows)
    gains = [
        (len(compile_filter(wider.role, snapshot).rows) - before, wider) for wider in _hard(role, passing, snapshot)
    ]
    gain, best = max(gains, key=lambda pair: pair[0], default=(0, None))
    return best if gain > 0 else None


def _hard(role: Role, filter: Filter, snapshot: Snapshot) -> Iterator[Broadened]:
    """Each hard criterion one step wider."""
    wider = role
    while step := _wider_places(wider):
        wider = step.role
        if len(compile_filter(wider, snapshot).rows) > len(filter.rows) or not _wider_places(wider):
            yield step
            break
    for relax in (_fewer_years, _lower_degree, _level_nice, _languages_nice):
        if found := relax(role):
            yield found


def _wider_places(role: Role) -> Broadened | None:
    """Every place wanted, one step out; a country becomes a preference."""
    wanted = [one for one in role.locations if one.importance is Importance.MUST and one.place]
    if not wanted:
        return None
    said: dict[str, str] = {}
    locations: list[LocationCriterion] = []
    for one in role.locations:
        if one not in wanted or one.place is None:
            locations.append(one)
            continue
        place = _around(one.place)
        if place is None:
            said[one.value] = "anywhere"
            locations.append(one.model_copy(update={"importance": Importance.NICE}))
        else:
            said[one.value] = place.name
            wide = LocationCriterion(value=place.name, place=place)
            if wide not in locations:
                locations.append(wide)
    words = ", ".join(f"{narrow} to {wide}" for narrow, wide in said.items())
    return Broadened(role=role.model_copy(update={"locations": tuple(locations)}), relaxed=f"widened {words}")


def _around(place: Place) -> Place | None:
    """City, metro area, region, country, None."""
    if place.kind == "city" and place.latitude is not None:
        name = f"{METRO_KM:g} km around {place.name}"
        return place.model_copy(update={"kind": "metro", "name": name, "radius_km": METRO_KM})
    if place.kind in ("city", "metro") and place.region:
        known = resolve(place.region.partition("-")[2])
        name = known.name if known and known.region == place.region else place.region
        return Place(kind="region", name=name, region=place.region, country=place.country)
    if place.kind != "country" and place.country:
        known = resolve(place.country)
        name = known.name if known and known.country == place.country else place.country
        return Place(kind="country", name=name, country=place.country)
    return None


def _fewer_years(role: Role) -> Broadened | None:
    """Two years less asked, and two more allowed."""
    years = role.years
    if years is None or years.importance is not Importance.MUST or (years.minimum is None and years.maximum is None):
        return None
    minimum = None if years.minimum is None or years.minimum <= YEARS else years.minimum - YEARS
    maximum = None if years.maximum is None else years.maximum + YEARS
    if minimum is None and maximum is None:
        return Broadened(role=role.model_copy(update={"years": None}), relaxed=f"no longer asked for {years.value}")
    at_least = f"at least {minimum:g}" if minimum is not None else ""
    at_most = f"at most {maximum:g}" if maximum is not None else ""
    value = f"{' and '.join(filter(None, (at_least, at_most)))} years"
    wider = years.model_copy(update={"minimum": minimum, "maximum": maximum, "value": value, "span": None})
    return Broadened(role=role.model_copy(update={"years": wider}), relaxed=f"widened {years.value} to {value}")


def _lower_degree(role: Role) -> Broadened | None:
    """The highest degree required, one level lower; the lowest becomes a preference."""
    asked = [one for one in role.education if one.importance is Importance.MUST and one.level is not None]
    if not asked:
        return None
    highest = max(asked, key=lambda one: one.level if one.level is not None else -1)
    level = EducationLevel(highest.level - 1) if highest.level else None
    if level is None or level is EducationLevel.SECONDARY:
        lower = highest.model_copy(update={"importance": Importance.NICE})
        said = f"no longer required {highest.value}"
    else:
        value = f"{level.name.lower()} degree" + (f" in {highest.field}" if highest.field else "")
        lower = highest.model_copy(update={"level": level, "value": value, "span": None})
        said = f"accepted {value} for {highest.value}"
    education = tuple(lower if one is highest else one for one in role.education)
    return Broadened(role=role.model_copy(update={"education": education}), relaxed=said)


def _level_nice(role: Role) -> Broadened | None:
    levels = [one.value for one in role.seniority if one.importance is Importance.MUST]
    return _demoted(role, "seniority", f"no longer required the level {' or '.join(levels)}")


def _languages_nice(role: Role) -> Broadened | None:
    names = [one.value for one in role.languages if one.importance is Importance.MUST]
    return _demoted(role, "languages", f"no longer required {' and '.join(names)}")


def _demoted(role: Role, field: str, said: str) -> Broadened | None:
    """The musts of a list as nice-to-haves."""
    criteria: tuple[Criterion, ...] = getattr(role, field)
    changed = tuple(
        one.model_copy(update={"importance": Importance.NICE}) if one.importance is Importance.MUST else one
        for one in criteria
    )
    return Broadened(role=role.model_copy(update={field: changed}), relaxed=said) if changed != criteria else None

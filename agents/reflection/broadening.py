"""One step wider: each hard criterion of what is searched, relaxed, and whom that lets in.

What the recruiter excluded stays excluded, and nothing is added, so what the policy refused cannot come back.
"""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from typing import TypeVar

from pyroaring import BitMap

from agents.reflection.edits import Broaden, HardField
from retrieval.filters import compile_filter
from retrieval.lexicon.places import resolve
from retrieval.schema import Criterion, EducationLevel, Importance, LocationCriterion, Place, Role
from retrieval.snapshot import Snapshot

C = TypeVar("C", bound=Criterion)

METRO_KM = 80.0
YEARS = 2.0


@dataclass(frozen=True, kw_only=True)
class Broadening:
    """A step, and the rows of the snapshot that pass the filter with it and not without."""

    edit: Broaden
    lets_in: BitMap


def broadenings(role: Role, *, snapshot: Snapshot, declined: Container[str] = ()) -> list[Broadening]:
    """Every hard criterion of `role` one step wider, where that lets somebody in; who lets in the most comes first.

    Steps are: city, metro area, region, country; two years fewer; a lower degree; a level or language no longer
    required. Everything else in a role keeps nobody out of the pool, so relaxing it would only make the recruiter's
    wishes count for less. A step whose id is in `declined` is not taken, and none beyond it.
    """
    before = compile_filter(role, snapshot).rows
    found = []
    for relax in (_wider_places, _fewer_years, _lower_degree, _level_nice, _languages_nice):
        step = relax(role, role)
        # one step out there may be nobody new: then further, as long as there is a step
        while step is not None and step.id not in declined:
            wider = step.apply(role)
            lets_in = compile_filter(wider, snapshot).rows - before
            if lets_in:
                found.append(Broadening(edit=step, lets_in=lets_in))
                break
            step = relax(wider, role)
    return sorted(found, key=lambda one: -len(one.lets_in))


def _step(field: HardField, value: object, said: str) -> Broaden:
    return Broaden(field=field, wider=Role(text="").model_copy(update={field: value}), said=said)


def _wider_places(role: Role, asked: Role) -> Broaden | None:
    """Every place wanted, one step out; a country becomes a preference."""
    if not _places(role):
        return None
    locations: list[LocationCriterion] = []
    for one in role.locations:
        if one.importance is not Importance.MUST or one.place is None:
            locations.append(one)
        elif place := _around(one.place):
            wide = LocationCriterion(value=place.name, place=place)
            if wide not in locations:
                locations.append(wide)
        else:
            locations.append(one.model_copy(update={"importance": Importance.NICE}))
    wider = role.model_copy(update={"locations": tuple(locations)})
    return _step("locations", wider.locations, f"widened {_places(asked)} to {_places(wider) or 'anywhere'}")


def _places(role: Role) -> str:
    """The places that bind, in words."""
    musts = (one.value for one in role.locations if one.importance is Importance.MUST and one.place)
    return " or ".join(dict.fromkeys(musts))


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


def _fewer_years(role: Role, asked: Role) -> Broaden | None:
    """Two years less asked, and two more allowed."""
    years, said = role.years, asked.years.value if asked.years else ""
    if years is None or years.importance is not Importance.MUST or (years.minimum is None and years.maximum is None):
        return None
    minimum = None if years.minimum is None or years.minimum <= YEARS else years.minimum - YEARS
    maximum = None if years.maximum is None else years.maximum + YEARS
    if minimum is None and maximum is None:
        return _step("years", None, f"no longer asked for {said}")
    at_least = f"at least {minimum:g}" if minimum is not None else ""
    at_most = f"at most {maximum:g}" if maximum is not None else ""
    value = f"{' and '.join(filter(None, (at_least, at_most)))} years"
    wider = years.model_copy(update={"minimum": minimum, "maximum": maximum, "value": value, "span": None})
    return _step("years", wider, f"widened {said} to {value}")


def _lower_degree(role: Role, asked: Role) -> Broaden | None:
    """The highest degree required, one level lower; the lowest becomes a preference."""
    required = [one for one in role.education if one.importance is Importance.MUST and one.level is not None]
    if not required:
        return None
    highest = max(required, key=lambda one: one.level if one.level is not None else -1)
    place = next(at for at, one in enumerate(role.education) if one is highest)
    before = asked.education[place]
    level = EducationLevel(highest.level - 1) if highest.level else None
    if level is None or level is EducationLevel.SECONDARY:
        # by the name that the recruiter gave it
        lower = before.model_copy(update={"importance": Importance.NICE})
        said = f"no longer required {before.value}"
    else:
        value = f"{level.name.lower()} degree" + (f" in {highest.field}" if highest.field else "")
        lower = highest.model_copy(update={"level": level, "value": value, "span": None})
        said = f"accepted {value} for {before.value}"
    education = (*role.education[:place], lower, *role.education[place + 1 :])
    return _step("education", education, said)


def _level_nice(role: Role, asked: Role) -> Broaden | None:
    del asked
    levels = [one.value for one in role.seniority if one.importance is Importance.MUST]
    said = f"no longer required the level {' or '.join(levels)}"
    return _step("seniority", _as_nice(role.seniority), said) if levels else None


def _languages_nice(role: Role, asked: Role) -> Broaden | None:
    del asked
    names = [one.value for one in role.languages if one.importance is Importance.MUST]
    said = f"no longer required {' and '.join(names)}"
    return _step("languages", _as_nice(role.languages), said) if names else None


def _as_nice(criteria: tuple[C, ...]) -> tuple[C, ...]:
    """The musts of a list as nice-to-haves."""
    return tuple(
        one.model_copy(update={"importance": Importance.NICE}) if one.importance is Importance.MUST else one
        for one in criteria
    )

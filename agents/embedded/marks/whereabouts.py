"""The mark for places: where the person is against where the role is."""

from __future__ import annotations

from agents.embedded.marks.evidence import Reading
from agents.embedded.marks.stated import alternatives, flat, settled
from agents.verdict import Mark, MarkValue
from retrieval.lexicon.places import distance_km
from retrieval.schema import Location, LocationCriterion, Place, Profile, Qualification, Role

CITY_KM = 40.0
_ORDER = (MarkValue.NOT_SHOWN, MarkValue.NOT_MET, MarkValue.MET)


def location(qualification: Qualification, role: Role, profile: Profile, reading: Reading) -> Mark:
    """Met within 40 km of a city (or a metro area's radius), or in the region or country; any of the places will do."""
    best, where = MarkValue.NOT_SHOWN, None
    for known in profile.locations:
        for criterion in alternatives(role.locations, qualification):
            value = _in_place(known, criterion)
            if _ORDER.index(value) > _ORDER.index(best):
                best, where = value, known
    if where is None:
        return settled(qualification, MarkValue.NOT_SHOWN, note="no place that could be compared is stated")
    return settled(qualification, best, [reading.fact(where.span, where.text)], f"place: {flat(where.text)}")


def _in_place(known: Location, criterion: LocationCriterion) -> MarkValue:
    place = criterion.place
    if place is None:
        named = criterion.value.casefold() in known.text.casefold()
        return MarkValue.MET if named else MarkValue.NOT_SHOWN
    if place.country and known.country and place.country != known.country:
        return MarkValue.NOT_MET
    if place.kind == "country":
        return MarkValue.MET if place.country and known.country == place.country else MarkValue.NOT_SHOWN
    if place.kind == "region":
        return _same(known.region, place.region)
    return _near(known, place)


def _near(known: Location, place: Place) -> MarkValue:
    """A city or metro area, by distance where both are on the map, else by name."""
    here, there = _point(known), _point(place)
    if here and there and known.city:
        near = distance_km(*here, *there) <= (place.radius_km or CITY_KM)
        return MarkValue.MET if near else MarkValue.NOT_MET
    if known.city and place.city:
        same = known.city.casefold() == place.city.casefold() and place.region in (known.region, None)
        return MarkValue.MET if same else MarkValue.NOT_MET
    elsewhere = place.kind == "city" and None not in (known.region, place.region) and known.region != place.region
    return MarkValue.NOT_MET if elsewhere else MarkValue.NOT_SHOWN


def _point(where: Location | Place) -> tuple[float, float] | None:
    return None if where.latitude is None or where.longitude is None else (where.latitude, where.longitude)


def _same(known: str | None, wanted: str | None) -> MarkValue:
    if known is None or wanted is None:
        return MarkValue.NOT_SHOWN
    return MarkValue.MET if known == wanted else MarkValue.NOT_MET

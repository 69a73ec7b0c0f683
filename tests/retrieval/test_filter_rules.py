"""The compiled filter keeps whom a plain reading of the rules keeps."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyroaring import BitMap

from retrieval.attributes import Attributes, AttributesWriter
from retrieval.filters import compile_filter
from retrieval.schema import (
    Criterion,
    Education,
    EducationCriterion,
    EducationLevel,
    Importance,
    Industry,
    Language,
    Location,
    LocationCriterion,
    Place,
    Position,
    Profile,
    Role,
    Seniority,
    SeniorityCriterion,
    YearsCriterion,
)
from retrieval.snapshot import Snapshot

C = TypeVar("C", bound=Criterion)

TOWNS = [
    Location(text="SF", city="San Francisco", region="US-CA", country="US", latitude=37.7749, longitude=-122.4194),
    Location(text="Oakland", city="Oakland", region="US-CA", country="US", latitude=37.8044, longitude=-122.2712),
    Location(text="San Jose", city="San Jose", region="US-CA", country="US", latitude=37.3394, longitude=-121.895),
    Location(text="Boston", city="Boston", region="US-MA", country="US", latitude=42.3584, longitude=-71.0598),
    Location(text="London", city="London", region="GB-ENG", country="GB", latitude=51.5085, longitude=-0.1257),
    Location(text="Springfield", city="Springfield", region="US-IL", country="US"),
    Location(text="Springfield", city="Springfield"),
    Location(text="Boston", city="BOSTON"),
    Location(text="California", region="US-CA", country="US"),
    Location(text="U.S.", country="US"),
    Location(text="France", country="FR"),
    Location(text="somewhere"),
]
PLACES = [
    Place(kind="city", name="Oakland", city="Oakland", region="US-CA", country="US", latitude=37.8, longitude=-122.27),
    Place(kind="city", name="Boston", city="Boston", region="US-MA", country="US", latitude=42.36, longitude=-71.06),
    Place(kind="city", name="Springfield", city="Springfield", region="US-MA", country="US"),
    Place(kind="city", name="Springfield"),
    Place(kind="region", name="California", region="US-CA", country="US"),
    Place(kind="region", name="England", region="GB-ENG"),
    Place(kind="country", name="United States", country="US"),
    Place(kind="metro", name="Bay Area", country="US", latitude=37.6, longitude=-122.1, radius_km=80),
    Place(kind="metro", name="Greater Boston", city="Boston", latitude=42.36, longitude=-71.06, radius_km=60),
    None,
]
TITLES = ["Director of Sales", "Sales Manager", "Nurse", "Software Engineer"]
COMPANIES = ["Acme, Inc.", "Acme Health", "Globex"]
LANGUAGES = ["Spanish", "French", "English"]
INDUSTRIES = ["Health care", "Software"]


def few(values: st.SearchStrategy[object], most: int = 2) -> st.SearchStrategy[tuple[object, ...]]:
    return st.lists(values, max_size=most).map(tuple)


def quarter_years(high: int) -> st.SearchStrategy[float]:
    return st.integers(0, 4 * high).map(lambda n: n / 4)


PROFILE = st.builds(
    Profile,
    member_id=st.just("later"),
    text=st.just(""),
    headline=st.none() | st.sampled_from(TITLES),
    locations=few(st.sampled_from(TOWNS)),
    positions=few(
        st.builds(
            Position,
            title=st.none() | st.sampled_from(TITLES),
            company=st.none() | st.sampled_from(COMPANIES),
            current=st.booleans(),
        )
    ),
    years_experience=st.none() | quarter_years(12),
    seniority=st.none() | st.sampled_from(list(Seniority)),
    education=few(st.builds(Education, level=st.none() | st.sampled_from(list(EducationLevel)))),
    languages=few(st.builds(Language, name=st.sampled_from(LANGUAGES))),
    industries=few(st.builds(Industry, name=st.sampled_from(INDUSTRIES)), 1),
)
IMPORTANCE = st.sampled_from(list(Importance))


def criteria(values: list[str]) -> st.SearchStrategy[tuple[object, ...]]:
    return few(st.builds(Criterion, value=st.sampled_from(values), importance=IMPORTANCE), 1)


ROLE = st.builds(
    Role,
    text=st.just("x"),
    titles=criteria(["director", "sales", "Nurse"]),
    seniority=few(
        st.builds(SeniorityCriterion, value=st.just("x"), importance=IMPORTANCE, level=st.sampled_from(list(Seniority)))
    ),
    locations=few(
        st.builds(LocationCriterion, value=st.just("x"), importance=IMPORTANCE, place=st.sampled_from(PLACES)), 3
    ),
    years=st.none()
    | st.builds(
        YearsCriterion,
        value=st.just("x"),
        importance=IMPORTANCE,
        minimum=st.none() | quarter_years(10),
        maximum=st.none() | quarter_years(12),
    ),
    education=few(
        st.builds(
            EducationCriterion,
            value=st.just("x"),
            importance=IMPORTANCE,
            level=st.none() | st.sampled_from(list(EducationLevel)),
        ),
        1,
    ),
    languages=criteria(LANGUAGES),
    companies=criteria(["acme", "Globex"]),
    industries=criteria(INDUSTRIES),
)


# --- the rules in the plainest way: a profile at a time, three answers (yes, no, cannot be said) ---


def kilometres(a: tuple[float, float], b: tuple[float, float]) -> float:
    (p, q), (r, s) = ((math.radians(x), math.radians(y)) for x, y in (a, b))
    cosine = math.sin(p) * math.sin(r) + math.cos(p) * math.cos(r) * math.cos(q - s)
    return 6371.0088 * math.acos(min(1.0, max(-1.0, cosine)))


def in_place(profile: Profile, place: Place) -> tuple[bool | None, bool]:
    """(answer, whether the profile says where the person is as finely as the question asks)"""
    cities = {x.city.lower() for x in profile.locations if x.city}
    regions = {x.region for x in profile.locations if x.region}
    countries = {x.country for x in profile.locations if x.country}
    points = [
        (x.latitude, x.longitude) for x in profile.locations if x.latitude is not None and x.longitude is not None
    ]
    country = place.country or (place.region[:2] if place.region else None)
    elsewhere = bool(country and countries and country not in countries)
    if place.kind == "country":
        return (place.country in countries if countries else None), bool(countries)
    if place.kind == "region":
        if place.region in regions:
            return True, True
        return (False if regions or elsewhere else None), bool(regions)
    if place.kind == "city" and place.region and regions and place.region not in regions:
        elsewhere = True
    if place.latitude is not None and place.longitude is not None and points:
        return any(kilometres((place.latitude, place.longitude), p) <= (place.radius_km or 40) for p in points), True
    named = bool(cities & {(place.city or place.name).lower(), place.name.lower()}) and not elsewhere
    if named:
        return True, True
    return (False if cities or elsewhere else None), bool(cities)


def words(value: str) -> list[str]:
    return "".join(c if c.isalnum() else " " for c in value.lower()).split()


def has_words(value: str | None, wanted: str) -> bool:
    a, b = words(value or ""), words(wanted)
    return any(a[i : i + len(b)] == b for i in range(len(a)))


Answers = list[tuple[bool | None, bool]]


def kept(role: Role, people: list[Profile]) -> set[int]:
    rows = set(range(len(people)))
    for answers in musts(role, people):
        known = sum(fine for _, fine in answers) / len(people)
        rows &= {row for row, (answer, _) in enumerate(answers) if answer or (answer is None and known < 0.5)}
    return {row for row in rows if not excluded(role, people[row])}


def of(criteria: Iterable[C], importance: Importance) -> list[C]:
    return [criterion for criterion in criteria if criterion.importance is importance]


def musts(role: Role, people: list[Profile]) -> Iterator[Answers]:
    must = Importance.MUST
    if places := [c.place for c in of(role.locations, must) if c.place]:
        yield [either([in_place(p, place) for place in places]) for p in people]
    if levels := [c.level for c in of(role.seniority, must)]:
        near = {x + d for x in levels for d in (-1, 0, 1)}
        yield [(None if p.seniority is None else p.seniority in near, p.seniority is not None) for p in people]
    if (wish := role.years) and wish.importance is must and (wish.minimum or wish.maximum):
        low, high = (wish.minimum or 0) * 0.75, (wish.maximum or 1000) * 1.25
        worked = [p.years_experience for p in people]
        yield [(None if y is None else low <= y <= high, y is not None) for y in worked]
    for c in of(role.languages, must):
        spoken = [{x.name for x in p.languages} for p in people]
        if c.value == "English":
            yield [(True if "English" in s else None, "English" in s) for s in spoken]
        else:
            yield [(c.value in s if s else None, bool(s)) for s in spoken]
    for e in of(role.education, must):
        if e.level is not None:
            degrees = [[x.level for x in p.education if x.level is not None] for p in people]
            yield [(max(d) >= e.level if d else None, bool(d)) for d in degrees]


def either(said: Answers) -> tuple[bool | None, bool]:
    yes = any(answer for answer, _ in said)
    unsure = not yes and any(answer is None for answer, _ in said)
    return True if yes else None if unsure else False, yes or all(fine for _, fine in said)


def excluded(role: Role, p: Profile) -> bool:
    out = Importance.EXCLUDE
    current = [x for x in p.positions if x.current] or list(p.positions[:1])
    titles = [p.headline, *(x.title for x in current)]
    reasons = [
        any(in_place(p, c.place)[0] for c in of(role.locations, out) if c.place),
        any(p.seniority is c.level for c in of(role.seniority, out)),
        any(has_words(title, c.value) for c in of(role.titles, out) for title in titles),
        any(has_words(x.company, c.value) for c in of(role.companies, out) for x in p.positions),
        any(x.name == c.value for c in of(role.industries, out) for x in p.industries),
        any(x.name == c.value for c in of(role.languages, out) for x in p.languages),
    ]
    return any(reasons)


@settings(max_examples=150, deadline=None)
@given(people=st.lists(PROFILE, min_size=1, max_size=14), roles=st.lists(ROLE, min_size=4, max_size=4))
def test_equals_the_plain_reading(
    tmp_path_factory: pytest.TempPathFactory, people: list[Profile], roles: list[Role]
) -> None:
    people = [p.model_copy(update={"member_id": str(i)}) for i, p in enumerate(people)]
    folder = tmp_path_factory.mktemp("filters")
    writer = AttributesWriter()
    for row, person in enumerate(people):
        writer.add(row, person)
    writer.close(folder)
    population = Population(attributes=Attributes(folder), alive=BitMap(range(len(people))))
    for role in roles:
        found = compile_filter(role, cast("Snapshot", population))
        assert set(found.rows) == kept(role, people)
        for step in found.steps:
            assert len(found.rows) <= step.passing <= len(people)
            assert 0 <= step.unknown <= step.passing


@dataclass(frozen=True, kw_only=True)
class Population:
    """The part of a snapshot that a filter looks at; whole ones take too long to make by the hundred."""

    attributes: Attributes
    alive: BitMap

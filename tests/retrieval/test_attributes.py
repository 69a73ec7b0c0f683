"""Bitmaps and arrays say what the profiles say."""

from __future__ import annotations

import math
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyroaring import BitMap

from retrieval.attributes import FACETS, Attributes, AttributesWriter, normalise
from retrieval.schema import Certification, Education, EducationLevel, Location, Position, Profile, Seniority, Skill
from retrieval.snapshot import Snapshot


def written(profiles: list[Profile], folder: Path) -> Attributes:
    writer = AttributesWriter()
    for row, profile in enumerate(profiles):
        writer.add(row, profile)
    folder.mkdir(parents=True, exist_ok=True)
    writer.close(folder)
    return Attributes(folder)


def test_each_facet_against_the_profiles(small_snapshot: Snapshot, small_population: list[Profile]) -> None:
    attributes = small_snapshot.attributes
    expected: dict[str, defaultdict[str, set[int]]] = {facet: defaultdict(set) for facet in FACETS}
    for row, p in enumerate(small_population):
        said = {
            "title": [p.headline, *(x.title for x in p.positions)],
            "current_title": [p.headline, *(x.title for x in p.positions if x.current)],
            "seniority": [p.seniority.name if p.seniority is not None else None],
            "skill": [x.name for x in p.skills],
            "company": [x.company for x in p.positions],
            "industry": [x.name for x in p.industries],
            "city": [x.city for x in p.locations],
            "region": [x.region for x in p.locations],
            "country": [x.country for x in p.locations],
            "language": [x.name for x in p.languages],
            "education": [x.level.name for x in p.education if x.level is not None],
            "field": [x.field for x in p.education],
            "school": [x.school for x in p.education],
            "certification": [x.name for x in p.certifications],
        }
        for facet, values in said.items():
            for value in values:
                if value:
                    expected[facet][value.lower().strip(".")].add(row)
    for facet, values_of in expected.items():
        assert dict(attributes.values(facet)) == {value: len(rows) for value, rows in values_of.items()}
        for value, rows in values_of.items():
            assert set(attributes.rows(facet, value.upper())) == rows
        assert set(attributes.known(facet)) == set().union(*values_of.values())


def test_numbers_against_the_profiles(small_snapshot: Snapshot, small_population: list[Profile]) -> None:
    years = small_snapshot.attributes.years()
    points = small_snapshot.attributes.coordinates()
    assert points.shape == (len(small_population), 2)
    for row, p in enumerate(small_population):
        assert np.isnan(years[row]) if p.years_experience is None else years[row] == p.years_experience
        place = next((x for x in p.locations if x.latitude is not None), None)
        assert np.isnan(points[row]).all() if place is None else points[row][0] == pytest.approx(place.latitude)


@given(st.text(max_size=40))
def test_normalising_twice_changes_nothing(value: str) -> None:
    assert normalise(normalise(value)) == normalise(value)


@pytest.mark.parametrize(
    ("value", "normal"),
    [
        ("  Acme,\tInc. ", "acme, inc"),
        ("C++", "c++"),
        (".NET", ".net"),
        ("\u2022 Patient  Care;", "patient care"),
        ("\uff30\uff39\uff34\uff28\uff2f\uff2e", "python"),
        ("STRASSE", "strasse"),
        ("...", ""),
    ],
)
def test_normal_forms(value: str, normal: str) -> None:
    assert normalise(value) == normal


POINT = st.tuples(st.floats(-90, 90), st.floats(-180, 180))


@settings(max_examples=30, deadline=None)
@given(st.lists(st.lists(POINT, max_size=3), min_size=1, max_size=8), POINT, st.floats(1, 20000))
def test_within_measures_great_circles(
    tmp_path_factory: pytest.TempPathFactory, homes: list[list[tuple[float, float]]], at: tuple[float, float], km: float
) -> None:
    profiles = [
        Profile(
            member_id=str(i),
            text="x",
            locations=tuple(Location(text="somewhere", latitude=a, longitude=b) for a, b in places),
        )
        for i, places in enumerate(homes)
    ]
    attributes = written(profiles, tmp_path_factory.mktemp("within"))
    found = attributes.within(*at, km)
    for row, places in enumerate(homes):
        distances = [great_circle(*at, *place) for place in places]
        if any(abs(d - km) < 0.01 for d in distances):
            continue
        assert (row in found) == any(d <= km for d in distances)
    assert set(attributes.located) == {row for row, places in enumerate(homes) if places}


def great_circle(a_lat: float, a_lon: float, b_lat: float, b_lon: float) -> float:
    """By the angle between unit vectors: another way than the haversine."""
    a, b = (
        np.array(
            [
                math.cos(math.radians(lat)) * math.cos(math.radians(lon)),
                math.cos(math.radians(lat)) * math.sin(math.radians(lon)),
                math.sin(math.radians(lat)),
            ]
        )
        for lat, lon in ((a_lat, a_lon), (b_lat, b_lon))
    )
    return 6371.0088 * math.atan2(float(np.linalg.norm(np.cross(a, b))), float(a @ b))


def test_containing_needs_whole_words(tmp_path: Path) -> None:
    titles = ["Head of Sales", "Salesforce administrator", "Sales", "C++ developer", "C developer", None]
    people = [
        Profile(member_id=str(i), text="x", positions=(Position(title=t),) if t else ()) for i, t in enumerate(titles)
    ]
    attributes = written(people, tmp_path)
    assert attributes.containing("title", "sales") == BitMap([0, 2])
    assert attributes.containing("title", "C++") == BitMap([3])
    assert attributes.containing("title", "C") == BitMap([4])
    assert attributes.containing("title", "of SALES") == BitMap([0])
    assert attributes.containing("title", " , ") == BitMap()


def test_highest_degree_first_current_title_and_all_industries(tmp_path: Path) -> None:
    one = Profile(
        member_id="1",
        text="x",
        seniority=Seniority.INTERN,
        positions=(Position(title="Dean", industry="Schools"), Position(title="Teacher")),
        education=(Education(level=EducationLevel.BACHELOR), Education(level=EducationLevel.DOCTORATE), Education()),
        certifications=(Certification(name="RN"),),
    )
    attributes = written([one], tmp_path)
    assert dict(attributes.values("education")) == {"doctorate": 1}
    assert dict(attributes.values("current_title")) == {"dean": 1}
    assert dict(attributes.values("industry")) == {"schools": 1}
    assert dict(attributes.values("seniority")) == {"intern": 1}  # level 0 is a level
    assert dict(attributes.values("skill")) == {}
    assert attributes.known("skill") == BitMap()


def test_unknown_values_and_facets(small_snapshot: Snapshot) -> None:
    assert small_snapshot.attributes.rows("skill", "no such skill") == BitMap()
    with pytest.raises(KeyError, match="there is no facet"):
        small_snapshot.attributes.values("gender")
    with pytest.raises(KeyError, match="there is no facet"):
        small_snapshot.attributes.rows("gender", "x")


def test_same_members_same_bytes(tmp_path: Path, small_population: list[Profile]) -> None:
    written(small_population, tmp_path / "a")
    written(small_population, tmp_path / "b")
    for path in sorted((tmp_path / "a").iterdir()):
        assert path.read_bytes() == (tmp_path / "b" / path.name).read_bytes()


def test_many_values_are_searched_from_the_file(tmp_path: Path) -> None:
    people = [
        Profile(member_id=str(i), text="x", skills=(Skill(name=f"skill {i % 700}"), Skill(name="all")))
        for i in range(2100)
    ]
    attributes = written(people, tmp_path)
    assert attributes.rows("skill", "Skill 699") == BitMap([699, 1399, 2099])
    assert len(attributes.rows("skill", "all")) == 2100

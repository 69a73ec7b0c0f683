"""Places by name: which one is meant, where they count in a sentence, and how far apart they are."""

from __future__ import annotations

import subprocess
import sys
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.lexicon import distance_km, find_places, resolve

RESOLVED = [
    ("San Jose, CA", "city", "US-CA"),
    ("San Jose", "city", "US-CA"),
    ("Cambridge, MA", "city", "US-MA"),
    ("Birmingham, AL", "city", "US-AL"),
    ("Washington", "city", "US-DC"),
    ("New York", "city", "US-NY"),
    ("Saint Louis", "city", "US-MO"),
    ("chicago, il", "city", "US-IL"),
    ("Austin, TX 78701, USA", "city", "US-TX"),
    ("Toronto, ON, Canada", "city", "CA-ON"),
    ("Elgin, OK", "city", "US-OK"),
    ("Georgia", "region", "US-GA"),
    ("IN", "region", "US-IN"),
    ("U.S.", "country", None),
    ("US", "country", None),
    ("United States", "country", None),
    ("UK", "country", None),
    ("Bay Area", "metro", "US-CA"),
    ("Greater Boston", "metro", "US-MA"),
    ("NYC metro area", "metro", "US-NY"),
    ("LA", "city", "US-CA"),
]


@pytest.mark.parametrize(("words", "kind", "region"), RESOLVED)
def test_what_a_place_means(words: str, kind: str, region: str | None) -> None:
    place = resolve(words)
    assert place is not None
    assert (place.kind, place.region) == (kind, region)


@pytest.mark.parametrize("words", ["City , State", "Remote", "in", "us", "", "Zzyzx Nowhere", ", ,"])
def test_what_is_no_place_stays_unknown(words: str) -> None:
    assert resolve(words) is None


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("engineer living in san francisco with 5 years", ["San Francisco, CA"]),
        ("VP of Marketing based in LA with data", ["Los Angeles, CA"]),
        ("Only show people from the U.S.", ["United States"]),
        ("founders of California based tech companies", ["California"]),
        ("based in CA or NY, or TX", ["California", "New York", "Texas"]),
        ("nurses in Mobile, AL or Reading, PA", ["Mobile, AL", "Reading, PA"]),
        ("in the NYC metro area or Greater Boston", ["New York City metro area", "Boston area"]),
        ("the Dallas/Fort Worth area", ["Dallas-Fort Worth"]),
        ("Springfield, Illinois", ["Springfield, IL"]),
        ("Mobile developer, reading, nice; in or me. Contact us, join US", []),
        ("Bank of America, Boston Consulting Group, University of Phoenix", []),
        ("experience in CT and MRI, PA or MD; Latin America", []),
        ("python in java, in sales", []),
    ],
)
def test_places_in_a_sentence(text: str, names: list[str]) -> None:
    assert [place.name for _, place in find_places(text)] == names


def test_a_radius_is_kept_in_kilometres() -> None:
    text = "a welder within 30 miles of Austin, TX"
    [(span, place)] = find_places(text)
    assert span.of(text) == "within 30 miles of Austin, TX"
    assert place.radius_km == pytest.approx(48.28, abs=0.01)


@given(st.text(max_size=200))
def test_any_text_is_read_and_spans_stand_in_it_in_order(text: str) -> None:
    resolve(text)
    spans = [span for span, _ in find_places(text)]
    assert all(span.start < span.end <= len(text) for span in spans)
    assert all(a.end <= b.start for a, b in pairwise(spans))


def test_distance_is_that_of_a_map() -> None:
    # Great-circle distances from an atlas: New York to Los Angeles 3,936 km; London to Paris 344 km.
    assert distance_km(40.7128, -74.0060, 34.0522, -118.2437) == pytest.approx(3936, abs=5)
    assert distance_km(51.5074, -0.1278, 48.8566, 2.3522) == pytest.approx(344, abs=2)


LAT, LON = st.floats(-90, 90), st.floats(-180, 180)


@given(LAT, LON, LAT, LON)
def test_distance_is_symmetric_and_at_most_half_the_globe(a: float, b: float, c: float, d: float) -> None:
    assert distance_km(a, b, c, d) == pytest.approx(distance_km(c, d, a, b), abs=1e-6)
    assert 0 <= distance_km(a, b, c, d) <= 20016


def test_importing_the_lexicon_loads_no_gazetteer_and_not_laiser() -> None:
    code = (
        "import sys, retrieval.lexicon as l; from retrieval.lexicon import gazetteer as g; l.skill_names();"
        "assert g.gazetteer.cache_info().currsize == 0; assert not {'laiser', 'torch'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)

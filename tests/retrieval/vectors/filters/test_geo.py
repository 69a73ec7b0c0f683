"""Radius searches find whom measuring every distance finds, at the poles and across the date line too."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from retrieval.vectors.filters.columns import Columns
from retrieval.vectors.filters.geo import kilometres

Point = tuple[float, float]
CORNERS = [(90.0, 0.0), (90.0, 137.0), (-90.0, 12.0), (0.0, 180.0), (0.0, -180.0), (0.0, 0.0), (51.5, -0.13)]
POINT = st.tuples(st.floats(-90, 90), st.floats(-180, 180)) | st.sampled_from(CORNERS)


def haversine(a: Point, b: Point) -> float:
    (p, q), (r, s) = ((math.radians(x), math.radians(y)) for x, y in (a, b))
    half = math.sin((r - p) / 2) ** 2 + math.cos(p) * math.cos(r) * math.sin((s - q) / 2) ** 2
    return 2 * 6371.0088 * math.asin(min(1.0, math.sqrt(half)))


def angles(points: NDArray[np.float64], at: Point) -> NDArray[np.float64]:
    """Distances by the angle between unit vectors: another way than the haversine."""

    def unit(lat: NDArray[np.float64], lon: NDArray[np.float64]) -> NDArray[np.float64]:
        lat, lon = np.radians(lat), np.radians(lon)
        return np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], axis=-1)

    ones, one = unit(*points.T), unit(np.array(at[0]), np.array(at[1]))
    return 6371.0088 * np.arctan2(np.linalg.norm(np.cross(ones, one), axis=-1), ones @ one)


@settings(max_examples=50, deadline=None)
@given(
    homes=st.lists(st.lists(POINT, max_size=3), max_size=25),
    at=POINT,
    km=st.floats(0, 20100) | st.sampled_from([0.0, 1.0, 40.0]),
)
def test_equals_measuring_every_point(homes: list[list[Point]], at: Point, km: float) -> None:
    columns = Columns.build(count=len(homes), points=homes)
    found = columns.within(*at, km)
    for row, points in enumerate(homes):
        distances = [haversine(at, point) for point in points]
        if not any(abs(distance - km) < 1e-6 for distance in distances):
            assert (row in found) == any(distance <= km for distance in distances)
    assert set(columns.located) == {row for row, points in enumerate(homes) if points}


@settings(max_examples=40)
@given(points=st.lists(POINT, min_size=1, max_size=10), at=POINT)
def test_distances(points: list[Point], at: Point) -> None:
    assert kilometres(np.array(points), *at) == pytest.approx([haversine(p, at) for p in points], abs=1e-5)


def crowd(kind: str, count: int) -> NDArray[np.float64]:
    chance = np.random.default_rng(11)
    anywhere = np.stack([np.degrees(np.arcsin(chance.uniform(-1, 1, count))), chance.uniform(-180, 180, count)], axis=1)
    if kind == "anywhere":
        return anywhere
    if kind == "towns":  # few places, many at each; most in the first
        towns = anywhere[:300]
        return towns[np.minimum(chance.geometric(0.2, count) - 1, 299)]
    if kind == "around a pole":
        return np.stack([90 - chance.exponential(2, count).clip(0, 180), chance.uniform(-180, 180, count)], axis=1)
    date_line = 180 + chance.normal(0, 3, count)
    return np.stack([chance.normal(0, 3, count), (date_line + 180) % 360 - 180], axis=1)


@pytest.mark.parametrize("kind", ["anywhere", "towns", "around a pole", "across the date line"])
def test_blocks_of_many_points(kind: str) -> None:
    """Enough points for blocks that lie inside a circle, outside, and across its edge."""
    points = crowd(kind, 40_000)
    points[::17] = np.nan
    columns = Columns.build(count=len(points), points=points)
    known = ~np.isnan(points[:, 0])
    assert np.array_equal(columns.located.to_array(), np.flatnonzero(known))
    centres: list[Point] = [*CORNERS, (89.0, -179.9), (0.5, 179.9), *map(tuple, points[1:6].tolist())]
    for at in centres:
        away = np.where(known, angles(points, at), np.inf)
        for km in (0.5, 40.0, 300.0, 2500.0, 9000.0, 20016.0):
            found = np.zeros(len(points), np.bool_)
            found[np.asarray(columns.within(*at, km).to_array(), np.int64)] = True
            sure = np.abs(away - km) > 1e-4
            assert np.array_equal(found[sure], (away <= km)[sure])


@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 1000), km=st.floats(0.1, 3000))
def test_one_of_several_points_is_enough(seed: int, km: float) -> None:
    chance = np.random.default_rng(seed)
    count, points = 500, crowd("towns", 3000)
    rows = chance.integers(0, count, len(points))
    homes: list[list[Point]] = [[] for _ in range(count)]
    for row, (latitude, longitude) in zip(rows.tolist(), points.tolist(), strict=True):
        homes[row].append((latitude, longitude))
    at: Point = homes[int(rows[0])][0]
    away = angles(points, at)
    if (np.abs(away - km) > 1e-4).all():
        found = Columns.build(count=count, points=homes).within(*at, km)
        assert set(found) == set(rows[away <= km].tolist())


def test_the_order_of_points_changes_nothing() -> None:
    homes = [[(1.0, 2.0), (3.0, 4.0)], [(3.0, 4.0)], [], [(3.0, 4.0), (3.0, 4.0)]]
    turned = [list(reversed(points)) for points in homes]
    for given_homes in (homes, turned):
        columns = Columns.build(count=4, points=given_homes)
        assert set(columns.within(3.0, 4.0, 0.0)) == {0, 1, 3}
        assert set(columns.within(1.0, 2.0, 1.0)) == {0}


def test_what_is_not_on_the_globe() -> None:
    with pytest.raises(ValueError, match="row 1 is at latitude 91"):
        Columns.build(count=2, points=[[], [(91.0, 0.0)]])
    with pytest.raises(ValueError, match="longitudes -180 to 180"):
        Columns.build(count=1, points=[[(0.0, 181.0)]])
    with pytest.raises(ValueError, match="row 0 is at latitude nan"):
        Columns.build(count=1, points=np.array([[np.nan, 1.0]]))
    with pytest.raises(ValueError, match="a pair of latitude and longitude"):
        Columns.build(count=1, points=[[(1.0, 2.0, 3.0)]])  # type: ignore[list-item]
    with pytest.raises(ValueError, match=r"\[n, 2\]"):
        Columns.build(count=2, points=np.zeros((2, 3)))

"""Great-circle distances, and points laid out so that a radius looks at few of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pyroaring import BitMap

from retrieval.vectors.filters.bitmaps import Part, StoredBitmaps, bitmap_of, bitmap_of_mask, stored_bitmaps
from retrieval.vectors.filters.ranges import block_starts

EARTH_KM = 6371.0088  # mean radius
_BLOCK = 256  # rows a block, roughly
_HEAVY = 256  # a place with this part of all rows has a bitmap of its own
_ROUNDING_KM = 1e-3  # blocks this close to the edge of a circle are looked into

Degrees: TypeAlias = NDArray[np.float64]
Homes: TypeAlias = Sequence[Iterable[tuple[float, float]] | None] | NDArray[Any]


def kilometres(points: NDArray[np.floating[Any]], latitude: ArrayLike, longitude: ArrayLike) -> Degrees:
    """Distances [p] of `points` [p, 2] (latitude and longitude in degrees) from one point or from a point each, on a
    sphere of the earth's mean radius (within .6 % of the ellipsoid)."""
    radians = np.radians(points.astype(np.float64))
    lat, lon = np.radians(latitude), np.radians(longitude)
    half = np.sin((radians[:, 0] - lat) / 2) ** 2
    half += np.cos(lat) * np.cos(radians[:, 0]) * np.sin((radians[:, 1] - lon) / 2) ** 2
    distances: Degrees = 2 * EARTH_KM * np.arcsin(np.sqrt(np.clip(half, 0, 1)))
    return distances


def point_arrays(homes: Homes, count: int) -> dict[str, NDArray[Any]]:
    """The arrays that `Points` reads. p: distinct places, in the order of a space-filling curve; b: blocks of them.

    homes: [n, 2] latitude and longitude of each row in degrees, NaN where unknown; or [n] with the points of each row.

    Raises: ValueError for what is not on the globe.
    """
    rows, degrees = _listed(homes)
    wrong = ~((np.abs(degrees[:, 0]) <= 90) & (np.abs(degrees[:, 1]) <= 180))
    if wrong.any():
        at = np.flatnonzero(wrong)[0]
        raise ValueError(
            f"row {rows[at]} is at latitude {degrees[at, 0]:g}, longitude {degrees[at, 1]:g}: latitudes are -90 to 90 "
            "degrees, longitudes -180 to 180"
        )
    order = np.lexsort((rows, degrees[:, 1], degrees[:, 0], _curve(degrees)))
    rows, degrees = rows[order], degrees[order]
    moved = np.ones(len(rows), np.bool_)
    moved[1:] = (degrees[1:] != degrees[:-1]).any(axis=1)
    once = moved.copy()
    once[1:] |= rows[1:] != rows[:-1]
    rows, degrees, moved = rows[once], degrees[once], moved[once]
    starts = np.append(np.flatnonzero(moved), len(rows))
    places = degrees[moved]
    blocks = block_starts(np.diff(starts), _BLOCK)
    centres, radii = _caps(places, np.append(blocks, len(places)))
    heavy = np.flatnonzero(np.diff(starts) > max(count // _HEAVY, _BLOCK))
    return {
        "places": places,
        "starts": starts,
        "rows": rows.astype(np.uint32),
        "blocks": np.append(blocks, len(places)),
        "centres": centres,
        "radii": radii,
        "heavy": heavy,
        **stored_bitmaps(
            [*(bitmap_of(rows[starts[place] : starts[place + 1]]) for place in heavy), _bitmap(rows, count)]
        ),
    }


class Points:
    """Rows by distance. A row may have several points: one of them near enough is enough."""

    def __init__(self, part: Part, *, count: int) -> None:
        self._part = part
        self._count = count
        self._bitmap = StoredBitmaps(part, name="the points").bitmap

    def known(self) -> BitMap:
        """Rows with a point. Shared: copy before changing it. Raises: DamagedFile."""
        return self._bitmap(len(self._part("heavy")))

    def within(self, latitude: float, longitude: float, km: float) -> BitMap:
        """Rows with any point at most `km` away. Raises: DamagedFile."""
        places, blocks, heavy = self._part("places"), self._part("blocks"), self._part("heavy")
        # A block's points lie in a cap around its centre: in the circle as a whole, or not at all, or to be looked at.
        centre = kilometres(self._part("centres"), latitude, longitude)
        radii = self._part("radii")
        whole = centre + radii <= km - _ROUNDING_KM
        edge = ~whole & (centre - radii <= km + _ROUNDING_KM)
        near = np.zeros(len(places), np.bool_)
        near[_runs(blocks[:-1][whole], blocks[1:][whole])] = True
        some = _runs(blocks[:-1][edge], blocks[1:][edge])
        near[some[kilometres(places[some], latitude, longitude) <= km]] = True
        large = np.flatnonzero(near[heavy])
        near[heavy] = False
        return BitMap.union(self._having(np.flatnonzero(near)), *(self._bitmap(int(number)) for number in large))

    def _having(self, places: NDArray[np.int64]) -> BitMap:
        starts = self._part("starts")
        return _bitmap(self._part("rows")[_runs(starts[places], starts[places + 1])], self._count)


def _bitmap(rows: NDArray[Any], count: int) -> BitMap:
    """The bitmap of rows in any order, maybe twice, all below `count`."""
    if len(rows) < count >> 6:
        return bitmap_of(np.unique(rows))
    mask = np.zeros(count, np.bool_)
    mask[rows] = True
    return bitmap_of_mask(mask)


def _listed(homes: Homes) -> tuple[NDArray[np.int64], Degrees]:
    """Rows [p] and degrees [p, 2] of all points that are known."""
    if isinstance(homes, np.ndarray):
        if homes.ndim != 2 or homes.shape[1] != 2:
            raise ValueError(f"points of shape {homes.shape}: give [n, 2], latitude and longitude a row")
        rows = np.flatnonzero(~np.isnan(homes).all(axis=1))
        return rows, homes[rows].astype(np.float64)
    pairs = [(row, pair) for row, points in enumerate(homes) for pair in points or ()]
    degrees = np.array([pair for _, pair in pairs], np.float64) if pairs else np.empty((0, 2))
    if degrees.ndim != 2 or degrees.shape[1] != 2:
        raise ValueError("each row takes a list of points, each a pair of latitude and longitude")
    return np.array([row for row, _ in pairs], np.int64), degrees


def _curve(degrees: Degrees) -> NDArray[np.uint64]:
    """Where points [p, 2] come on a Z-order curve through squares of a 65,536th of the globe's sides."""
    squares = ((degrees + np.array([90, 180])) * (65535 / np.array([180, 360]))).astype(np.uint64)
    for shift, mask in ((8, 0x00FF00FF), (4, 0x0F0F0F0F), (2, 0x33333333), (1, 0x55555555)):
        squares = (squares | squares << np.uint64(shift)) & np.uint64(mask)
    found: NDArray[np.uint64] = squares[:, 0] << np.uint64(1) | squares[:, 1]
    return found


def _caps(places: Degrees, blocks: NDArray[np.int64]) -> tuple[Degrees, Degrees]:
    """Centres [b, 2] and radii [b] in km of caps that hold the places of each block."""
    if len(blocks) < 2:
        return np.empty((0, 2)), np.empty(0)
    lat, lon = np.radians(places).T
    units = np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], axis=1)
    x, y, z = np.add.reduceat(units, blocks[:-1]).T
    centres = np.degrees(np.stack([np.arctan2(z, np.hypot(x, y)), np.arctan2(y, x)], axis=1))
    block = np.repeat(np.arange(len(blocks) - 1), np.diff(blocks))
    away = kilometres(places, centres[block, 0], centres[block, 1])
    return centres, np.maximum.reduceat(away, blocks[:-1])


def _runs(starts: NDArray[np.int64], ends: NDArray[np.int64]) -> NDArray[np.int64]:
    """start..end-1 of each pair, one after the other."""
    lengths = ends - starts
    found: NDArray[np.int64] = np.repeat(starts - (np.cumsum(lengths) - lengths), lengths)
    found += np.arange(len(found))
    return found

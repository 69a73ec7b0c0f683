"""What is known of each member, as bitmaps a value and arrays a number: the fast side of faceted search and filters."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache, cached_property, lru_cache
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pyroaring import BitMap

from retrieval.schema import Profile
from retrieval.vectors.filters.bitmaps import bitmap_of_mask
from retrieval.vectors.filters.geo import kilometres
from retrieval.vectors.stored_array import stored_array

FACETS = (
    "title",
    "current_title",
    "seniority",
    "skill",
    "company",
    "industry",
    "city",
    "region",
    "country",
    "language",
    "education",
    "field",
    "school",
    "certification",
)
YEARS = "years"  # of experience
_LEADING = " \t\n,;:|*-\u2022\u00b7\u2013\u2014"
_TRAILING = _LEADING + "."


@lru_cache(maxsize=1 << 16)
def normalise(value: str) -> str:
    """The form in which values are compared: compatibility forms folded, lower case, single spaces, no edge
    punctuation ("  Acme,\\tInc. " is "acme, inc"; "C++" and ".NET" keep theirs)."""
    folded = " ".join(unicodedata.normalize("NFKC", value).casefold().split())
    return folded.lstrip(_LEADING).rstrip(_TRAILING)


def facets_of(profile: Profile) -> Iterator[tuple[str, str]]:
    """(facet, normalised value) of one profile; values may come twice.

    `title` is the headline and every position's title, `current_title` the headline and the titles of current
    positions (where none is marked current, the first). `education` is the name of the highest level.
    """
    current = [p for p in profile.positions if p.current] or list(profile.positions[:1])
    levels = [e.level for e in profile.education if e.level is not None]
    said: list[tuple[str, str | None]] = [
        ("title", profile.headline),
        ("current_title", profile.headline),
        *(("title", p.title) for p in profile.positions),
        *(("current_title", p.title) for p in current),
        ("seniority", profile.seniority.name if profile.seniority is not None else None),
        *(("skill", s.name) for s in profile.skills),
        *(("company", p.company) for p in profile.positions),
        *(("industry", i.name) for i in profile.industries),
        *(("industry", p.industry) for p in profile.positions),
        *(("city", place.city) for place in profile.locations),
        *(("region", place.region) for place in profile.locations),
        *(("country", place.country) for place in profile.locations),
        *(("language", language.name) for language in profile.languages),
        ("education", max(levels).name if levels else None),
        *(("field", e.field) for e in profile.education),
        *(("school", e.school) for e in profile.education),
        *(("certification", c.name) for c in profile.certifications),
    ]
    for facet, value in said:
        if value and (normal := normalise(value)):
            yield facet, normal


class Attributes:
    """Facets (bitmaps of rows a value) and numbers (an entry a row) of one snapshot. Read-only, opened lazily.

    Serves the trees of `retrieval.vectors.filters.conditions`; the one number is called `years`.
    """

    def __init__(self, folder: Path) -> None:
        """Open what `AttributesWriter.close` wrote into `folder`."""
        with pa.memory_map(str(folder / "attributes.arrow")) as source:
            self._table = pa.ipc.open_file(source).read_all()
        self._years: NDArray[np.float32] = stored_array(folder / "years.npy")
        self._coordinates: NDArray[np.float32] = stored_array(folder / "coordinates.npy")
        self._points: NDArray[np.float32] = stored_array(folder / "points.npy")
        self._point_rows: NDArray[np.int64] = stored_array(folder / "point_rows.npy")
        self._known = cache(self._union)
        self._values = cache(self._read)
        self._words_of = cache(self._worded)
        self._rows = lru_cache(maxsize=4096)(self._bitmap)

    @property
    def count(self) -> int:
        """Members, tombstoned ones included."""
        return len(self._years)

    def values(self, facet: str) -> Mapping[str, int]:
        """Normalised value -> number of members, in alphabetical order. Raises: KeyError for an unknown facet."""
        return self._values(facet)[0]

    def rows(self, facet: str, value: str) -> BitMap:
        """Members that have `value` (in any spelling that normalises alike); empty where nobody has.

        Shared: copy before changing it.
        """
        return self._rows(facet, normalise(value))

    def known(self, facet: str) -> BitMap:
        """Members that have any value of the facet, or `years`. Shared: copy before changing it."""
        return self._known(facet)

    def containing(self, facet: str, words: str) -> BitMap:
        """Members with a value that has `words` side by side: "sales" finds "head of sales", not "salesforce"."""
        wanted = _words(words)
        found = BitMap()
        if wanted.strip():
            for value, worded in zip(self.values(facet), self._words_of(facet), strict=True):
                if wanted in worded:
                    found |= self.rows(facet, value)
        return found

    def years(self) -> NDArray[np.float32]:
        """[n] years of experience, NaN where unknown."""
        return self._years

    def between(self, name: str, low: float, high: float) -> BitMap:
        """Members with `low <= years <= high`. Raises: KeyError for another name than `years`."""
        if name != YEARS:
            raise KeyError(f"there is no number {name!r}; there is {YEARS}")
        return bitmap_of_mask((self._years >= low) & (self._years <= high))

    def coordinates(self) -> NDArray[np.float32]:
        """[n, 2] latitude and longitude in degrees of each member's first place that has them; NaN where none has."""
        return self._coordinates

    @cached_property
    def located(self) -> BitMap:
        """Members with coordinates. Shared: copy before changing it."""
        return BitMap(np.asarray(self._point_rows, dtype=np.uint32))

    def within(self, latitude: float, longitude: float, km: float) -> BitMap:
        """Members with any place at most `km` away from a point, on a sphere."""
        if not len(self._points):
            return BitMap()
        near = kilometres(self._points, latitude, longitude) <= km
        return BitMap(self._point_rows[near].astype(np.uint32))

    @cached_property
    def _parts(self) -> dict[str, tuple[int, int]]:
        """Facet -> its range of lines in the table."""
        facets, counts = np.unique(self._table["facet"].to_numpy(), return_counts=True)
        ends = np.cumsum(counts)
        return {str(f): (int(e - c), int(e)) for f, c, e in zip(facets, counts, ends, strict=True)}

    def _read(self, facet: str) -> tuple[dict[str, int], dict[str, int]]:
        """Value -> count, and value -> line in the table."""
        if facet not in FACETS:
            raise KeyError(f"there is no facet {facet!r}; there are {', '.join(FACETS)}")
        start, end = self._parts.get(facet, (0, 0))
        part = self._table.slice(start, end - start)
        values: list[str] = part["value"].to_pylist()
        counts: list[int] = part["count"].to_pylist()
        return dict(zip(values, counts, strict=True)), {value: start + i for i, value in enumerate(values)}

    def _bitmap(self, facet: str, value: str) -> BitMap:
        line = self._values(facet)[1].get(value)
        return BitMap() if line is None else BitMap.deserialize(self._table["rows"][line].as_py())

    def _union(self, facet: str) -> BitMap:
        if facet == YEARS:
            return bitmap_of_mask(~np.isnan(self._years))
        self._values(facet)
        start, end = self._parts.get(facet, (0, 0))
        maps = self._table["rows"].slice(start, end - start)
        return BitMap.union(*(BitMap.deserialize(m) for m in maps.to_pylist())) if end > start else BitMap()

    def _worded(self, facet: str) -> list[str]:
        return [_words(value) for value in self.values(facet)]


def _words(value: str) -> str:
    """Only the words, a space before, between and after."""
    return f" {' '.join(''.join(c if c.isalnum() or c in '+#' else ' ' for c in normalise(value)).split())} "


class AttributesWriter:
    """Gathers attributes row by row; memory grows with the distinct values, not with the texts."""

    def __init__(self) -> None:
        self._rows: defaultdict[tuple[str, str], BitMap] = defaultdict(BitMap)
        self._years: list[float] = []
        self._coordinates: list[tuple[float, float]] = []
        self._points: list[tuple[float, float]] = []
        self._point_rows: list[int] = []

    def add(self, row: int, profile: Profile) -> None:
        """Take one member; rows come in order from 0."""
        for key in facets_of(profile):
            self._rows[key].add(row)
        self._years.append(float("nan") if profile.years_experience is None else profile.years_experience)
        points = points_of(profile)
        self._points += points
        self._point_rows += [row] * len(points)
        self._coordinates.append(points[0] if points else (float("nan"), float("nan")))

    def close(self, folder: Path) -> None:
        """Write all files into `folder`; the same members in the same order give the same bytes."""
        keys = sorted(self._rows)
        table = pa.table(
            {
                "facet": pa.array([facet for facet, _ in keys], pa.string()),
                "value": pa.array([value for _, value in keys], pa.string()),
                "count": pa.array([len(self._rows[key]) for key in keys], pa.int32()),
                "rows": pa.array([self._rows[key].serialize() for key in keys], pa.binary()),
            }
        )
        with (
            pa.OSFile(str(folder / "attributes.arrow"), "wb") as sink,
            pa.ipc.new_file(sink, table.schema) as writer,
        ):
            writer.write_table(table)
        np.save(folder / "years.npy", np.array(self._years, np.float32))
        np.save(folder / "coordinates.npy", np.array(self._coordinates, np.float32).reshape(-1, 2))
        np.save(folder / "points.npy", np.array(self._points, np.float32).reshape(-1, 2))
        np.save(folder / "point_rows.npy", np.array(self._point_rows, np.int64))


def points_of(profile: Profile) -> list[tuple[float, float]]:
    """Latitude and longitude of every place of the profile that has them."""
    return [
        (place.latitude, place.longitude)
        for place in profile.locations
        if place.latitude is not None and place.longitude is not None
    ]

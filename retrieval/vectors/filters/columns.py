"""What filters ask of n rows: facets, numbers and points as roaring bitmaps, in memory or in a folder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import BaseModel, ConfigDict, NonNegativeInt, ValidationError
from pyroaring import BitMap

from retrieval.vectors.files import DamagedFile
from retrieval.vectors.filters.array_file import ArrayFile, write_arrays
from retrieval.vectors.filters.facets import Facet, Given, facet_arrays
from retrieval.vectors.filters.geo import Homes, Points, point_arrays
from retrieval.vectors.filters.ranges import Numbers, number_arrays

FILE = "columns.bin"
T = TypeVar("T")


class _Facts(BaseModel):
    """The arrays of column i of `facets`, then `numbers`, are called `i.part`, those of the points `points.part`."""

    model_config = ConfigDict(frozen=True)

    columns: Literal[1] = 1
    count: NonNegativeInt
    facets: tuple[str, ...]
    numbers: tuple[str, ...]


class Columns:
    """Attributes of rows 0..n-1, read-only. What no filter has asked for is not read from the disk.

    Serves the trees of `retrieval.vectors.filters.conditions`. Safe to use from several threads.
    """

    def __init__(self, facts: _Facts, arrays: Mapping[str, NDArray[Any]]) -> None:
        """See `build` and `open`."""
        self._facts = facts
        self._arrays = arrays
        self.count = facts.count
        parts = {name: _Part(arrays, str(at)) for at, name in enumerate((*facts.facets, *facts.numbers))}
        self._facets = {name: Facet(parts[name], name=name) for name in facts.facets}
        self._numbers = {name: Numbers(parts[name], name=name) for name in facts.numbers}
        self._points = Points(_Part(arrays, "points"), count=facts.count)

    @classmethod
    def build(
        cls,
        *,
        count: int,
        facets: Mapping[str, Sequence[Given] | NDArray[Any]] | None = None,
        numbers: Mapping[str, ArrayLike] | None = None,
        points: Homes | None = None,
    ) -> Columns:
        """Columns of `count` rows, in memory.

        facets: [n] each; a value a row (text, or a whole number, which is its text) or several; None, or no value,
            where it is not known.
        numbers: [n] each, NaN where not known.
        points: [n, 2] latitude and longitude in degrees, NaN where not known; or [n] lists of such pairs.

        Raises: ValueError, TypeError for what cannot be a column.
        """
        facets = facets or {}
        several = {name: np.asarray(values) for name, values in (numbers or {}).items()}
        homes = np.full((count, 2), np.nan) if points is None else points
        if twice := sorted(facets.keys() & several.keys()):
            raise ValueError(f"{twice[0]!r} is a facet and a number: give each column its own name")
        for name, column in (*facets.items(), *several.items(), ("points", homes)):
            entries = 1 if isinstance(column, np.ndarray) and not column.ndim else len(column)
            if entries != count:
                raise ValueError(f"{name!r} has {entries} entries, there are {count} rows: give one a row")
        columns = [
            *(facet_arrays(name, values) for name, values in facets.items()),
            *(number_arrays(name, values) for name, values in several.items()),
        ]
        parts = {**{str(at): arrays for at, arrays in enumerate(columns)}, "points": point_arrays(homes, count)}
        arrays = {f"{prefix}.{part}": array for prefix, some in parts.items() for part, array in some.items()}
        return cls(_Facts(count=count, facets=tuple(facets), numbers=tuple(several)), arrays)

    def save(self, folder: Path) -> None:
        """Write everything into `folder`, which is made where there is none; columns that lie there are replaced in
        one step. The same columns give the same bytes."""
        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        write_arrays(folder / FILE, self._arrays, self._facts.model_dump())

    @classmethod
    def open(cls, folder: Path, *, verify: bool = False) -> Columns:
        """What `save` wrote. Every part is compared with its checksum when it is first used, with `verify` now.

        Raises: FileNotFoundError; DamagedFile, also later, where the file was cut short or altered.
        """
        path = Path(folder) / FILE
        if not path.exists():
            raise FileNotFoundError(f"there are no columns in {folder} (no {FILE}); write them with Columns.save")
        arrays = ArrayFile(path)
        try:
            facts = _Facts.model_validate(arrays.facts)
        except ValidationError:
            raise DamagedFile(f"{path} holds no columns that this version reads; write them again") from None
        if verify:
            for name in arrays:
                arrays[name]
        return cls(facts, arrays)

    @property
    def facets(self) -> tuple[str, ...]:
        """Names of the facets."""
        return self._facts.facets

    @property
    def numbers(self) -> tuple[str, ...]:
        """Names of the numbers."""
        return self._facts.numbers

    def values(self, facet: str) -> Mapping[str, int]:
        """Value -> number of rows, in the order of code points. Raises: KeyError for an unknown facet."""
        return _named(self._facets, "facet", facet).values()

    def rows(self, facet: str, value: str) -> BitMap:
        """Rows that have `value`, spelled exactly so; none where nobody has. Shared: copy before changing it.

        Raises: KeyError for an unknown facet.
        """
        return _named(self._facets, "facet", facet).rows(value)

    def known(self, name: str) -> BitMap:
        """Rows of which the facet or number is known. Shared: copy before changing it.

        Raises: KeyError for an unknown name.
        """
        both: dict[str, Facet | Numbers] = {**self._facets, **self._numbers}
        return _named(both, "facet or number", name).known()

    def between(self, name: str, low: float, high: float) -> BitMap:
        """Rows with `low <= number <= high`, the bounds rounded to the precision of the column. Shared.

        Raises: KeyError for an unknown number.
        """
        return _named(self._numbers, "number", name).between(low, high)

    @property
    def located(self) -> BitMap:
        """Rows with a point. Shared: copy before changing it."""
        return self._points.known()

    def within(self, latitude: float, longitude: float, km: float) -> BitMap:
        """Rows with any point at most `km` away (great circle, degrees)."""
        return self._points.within(latitude, longitude, km)


@dataclass(frozen=True)
class _Part:
    """The arrays of one column."""

    arrays: Mapping[str, NDArray[Any]]
    prefix: str

    def __call__(self, name: str, *, verified: bool = True) -> NDArray[Any]:
        full = f"{self.prefix}.{name}"
        if isinstance(self.arrays, ArrayFile) and not verified:
            return self.arrays.unverified(full)
        return self.arrays[full]


def _named(columns: Mapping[str, T], kind: str, name: str) -> T:
    try:
        return columns[name]
    except KeyError:
        listed = ", ".join(columns) or "none"
        raise KeyError(f"there is no {kind} {name!r}; there are {listed}") from None

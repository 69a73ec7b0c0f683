"""One facet of n rows: the values each row has, as a bitmap a value."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import count, pairwise
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

from retrieval.vectors.filters.bitmaps import Part, StoredBitmaps, bitmap_of, bitmap_of_mask, stored_bitmaps

Value: TypeAlias = str | int
Given: TypeAlias = Value | Iterable[Value] | None
_VALUES = (str, int, np.integer, np.bool_)


def facet_arrays(name: str, values: Sequence[Given] | NDArray[Any]) -> dict[str, NDArray[Any]]:
    """The arrays that `Facet` reads.

    values: [n], a value (text or whole number, which is kept as text) or several a row; None or no value is unknown.

    Raises: TypeError for anything else.
    """
    numbers: defaultdict[str, int] = defaultdict(count().__next__)
    rows, codes = array("I"), array("I")
    for row, given in enumerate(values.tolist() if isinstance(values, np.ndarray) else values):
        for value in _several(name, row, given):
            rows.append(row)
            codes.append(numbers[value if type(value) is str else _text(name, row, value)])
    known = np.zeros(len(values), np.bool_)
    known[np.array(rows)] = True
    names = sorted((value.encode("utf-8", "surrogatepass"), code) for value, code in numbers.items())
    place = np.empty(len(names), np.uint64)
    place[[code for _, code in names]] = np.arange(len(names))
    # value by value, each row once, in order
    pairs = np.sort(place[np.array(codes)] << np.uint64(32) | np.array(rows, np.uint64))
    pairs = pairs[np.append(True, pairs[1:] != pairs[:-1])[: len(pairs)]]
    starts = np.searchsorted(pairs >> np.uint64(32), np.arange(len(names) + 1))
    having = (pairs & np.uint64(0xFFFFFFFF)).astype(np.uint32)
    bitmaps = [bitmap_of(having[start:end]) for start, end in pairwise(starts.tolist())]
    return {
        "names": np.frombuffer(b"".join(text for text, _ in names), np.uint8),
        "name_ends": np.cumsum([0, *(len(text) for text, _ in names)], dtype=np.int64),
        "counts": np.diff(starts).astype(np.uint32),
        **stored_bitmaps([*bitmaps, bitmap_of_mask(known)]),
    }


class Facet:
    """Rows by value. Reads only the bitmaps that are asked for."""

    def __init__(self, part: Part, *, name: str) -> None:
        self._part = part
        self._number = lru_cache(maxsize=4096)(self._find)
        self._bitmaps = StoredBitmaps(part, name=f"the facet {name!r}")

    def rows(self, value: str) -> BitMap:
        """Rows that have the value. Shared: copy before changing it. Raises: DamagedFile."""
        at = self._number(value)
        return BitMap() if at is None else self._bitmaps.bitmap(at)

    def known(self) -> BitMap:
        """Rows that have any value. Shared: copy before changing it. Raises: DamagedFile."""
        return self._bitmaps.bitmap(len(self._part("counts")))

    def values(self) -> Mapping[str, int]:
        """Value -> number of rows, in the order of code points. Raises: DamagedFile."""
        counts = self._part("counts").tolist()
        return {self._name(at).decode("utf-8", "surrogatepass"): rows for at, rows in enumerate(counts)}

    def _find(self, value: str) -> int | None:
        wanted = value.encode("utf-8", "surrogatepass")
        values = len(self._part("counts"))
        at = bisect_left(range(values), wanted, key=self._name)
        return at if at < values and self._name(at) == wanted else None

    def _name(self, at: int) -> bytes:
        ends = self._part("name_ends")
        return self._part("names")[ends[at] : ends[at + 1]].tobytes()


def _several(name: str, row: int, given: Given) -> Iterable[Value]:
    if given is None:
        return ()
    if isinstance(given, _VALUES):
        return (given,)
    if isinstance(given, Iterable) and not isinstance(given, bytes):
        return given
    return (_text(name, row, given),)


def _text(name: str, row: int, value: Any) -> str:
    if not isinstance(value, _VALUES):
        raise TypeError(
            f"row {row} of the facet {name!r} has {value!r}: give text or a whole number, a list of them, or None "
            "where it is not known"
        )
    return str(value)

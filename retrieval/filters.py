"""The hard part of a role, compiled to a bitmap over the population before any strategy scores anything."""

from __future__ import annotations

from dataclasses import dataclass

from pyroaring import BitMap


@dataclass(frozen=True, kw_only=True)
class FilterStep:
    """One hard criterion: `passing` rows would remain if it stood alone, `unknown` of them because nothing is known."""

    criterion: str
    passing: int
    unknown: int


@dataclass(frozen=True, kw_only=True)
class Filter:
    """Rows of one snapshot that may be returned, and how they came about."""

    rows: BitMap
    steps: tuple[FilterStep, ...] = ()
    notes: tuple[str, ...] = ()

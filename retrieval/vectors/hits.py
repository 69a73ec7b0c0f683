"""What every vector engine answers, and how it says what it did."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from retrieval.vectors.rows import Rows


@dataclass(frozen=True, kw_only=True)
class Stage:
    """One pass over vectors: at which precision, and how many of them it read."""

    precision: str
    vectors: int


@dataclass(frozen=True, kw_only=True)
class Plan:
    """How a search is done and why. `passing` of `count` members pass the filter.

    `certain` says whether the answer is that of comparing everybody: proven by error bounds, not merely likely.
    `stages` are what was done, in order; empty before a search. `expected` is the time that the planner reckons with,
    microseconds of one core; None where none was asked.
    """

    method: str
    passing: int
    count: int
    certain: bool
    reason: str
    stages: tuple[Stage, ...] = ()
    expected: float | None = None

    def __str__(self) -> str:
        share = 100 * self.passing / self.count if self.count else 0.0
        truth = "exact" if self.certain else "approximate"
        done = "".join(f"; {stage.precision}: {stage.vectors:,} vectors" for stage in self.stages)
        return f"{self.method} ({truth}): {self.passing:,} of {self.count:,} pass ({share:.3g} %), {self.reason}{done}"


@dataclass(frozen=True, kw_only=True)
class Hits:
    """The best members, best first, ties by row.

    k: hits. `rows` int64 [k] 0..n-1, `ids` int64 [k] what the members are called, `scores` float32 [k] inner products.
    """

    rows: NDArray[np.int64]
    ids: NDArray[np.int64]
    scores: NDArray[np.float32]
    plan: Plan

    def __len__(self) -> int:
        return len(self.rows)


class VectorEngine(Protocol):
    """Anything that finds the members nearest to a vector behind a filter: this index, IVFPQ, a GPU, a peer."""

    @property
    def count(self) -> int:
        """Members."""

    @property
    def width(self) -> int:
        """Numbers a vector has."""

    def search(self, query: NDArray[np.float32], *, k: int, rows: Rows = None) -> Hits:
        """The `k` best members of `rows` (all where None); fewer only where fewer pass.

        Raises: ValueError for a query of another width or with numbers that are not finite, for `k` below 0, and for
        rows that there are not.
        """

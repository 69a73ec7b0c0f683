"""Exact when it can, approximate when it must: two engines over the same members, and a time to keep to."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from retrieval.vectors.hits import Hits, Plan, VectorEngine
from retrieval.vectors.index import VectorIndex
from retrieval.vectors.rows import Rows


@dataclass(frozen=True, kw_only=True)
class WithinBudget:
    """Scans `exact` where that is expected to take no more than `milliseconds` of one core, else asks `approximate`.

    A selective filter is scanned whatever the population; only what passes counts.
    """

    exact: VectorIndex
    approximate: VectorEngine
    milliseconds: float = 100.0

    def __post_init__(self) -> None:
        """Raises: ValueError where the two are of other members or widths."""
        ours, theirs = (self.exact.count, self.exact.width), (self.approximate.count, self.approximate.width)
        if ours != theirs:
            raise ValueError(f"the engines hold {ours} and {theirs} (members, width); they must be of the same vectors")

    @property
    def count(self) -> int:
        """Members."""
        return self.exact.count

    @property
    def width(self) -> int:
        """Numbers a vector has."""
        return self.exact.width

    def explain(self, *, k: int, rows: Rows = None) -> Plan:
        """What the scan would do and whether it may; nothing is scored."""
        plan = self.exact.explain(k=k, rows=rows)
        if self._fits(plan):
            return plan
        return replace(plan, method="approximate", certain=False, reason=self._why(plan))

    def search(self, query: NDArray[np.float32], *, k: int, rows: Rows = None) -> Hits:
        """See `VectorEngine`. Raises: ValueError as both engines."""
        plan = self.exact.explain(k=k, rows=rows)
        if self._fits(plan):
            return self.exact.search(query, k=k, rows=rows)
        hits = self.approximate.search(query, k=k, rows=rows)
        return replace(hits, plan=replace(hits.plan, reason=f"{self._why(plan)}; {hits.plan.reason}"))

    def _fits(self, plan: Plan) -> bool:
        return (plan.expected or 0.0) <= 1e3 * self.milliseconds

    def _why(self, plan: Plan) -> str:
        return f"{plan.method} would take {(plan.expected or 0.0) / 1e3:,.0f} ms, more than {self.milliseconds:,.0f}"

"""What stands for what in a batch: the loss sees vectors and this, never a text."""

from __future__ import annotations

from dataclasses import dataclass, fields

import torch
from torch import Tensor


@dataclass(frozen=True, kw_only=True)
class Layout:
    """Queries and candidates of a batch as rows of its vectors, and what is known of each pair.

    Shapes: `q` queries, `c` candidates, `m` the most passages of a candidate, `t` texts, which are the rows of the
    vectors. A pair is a query's own where the candidate stands in the query's list; nothing is known of the others.
    """

    queries: Tensor
    """[q] int64, the row of each query."""
    passages: Tensor
    """[c, m] int64, the rows of each candidate; -1 where it has no more."""
    grades: Tensor
    """[q, c] float32, 0 to 4; NaN where the pair is not the query's own."""
    expected: Tensor
    """[q, c] float32, what soft labels expect, else the grade; NaN as above."""
    taught: Tensor
    """[q, c] bool, whether a teacher gave soft labels to the pair."""
    masked: Tensor
    """[q, c] bool, a pair that is not the query's own and no negative either: it may be right, or is not to count."""
    same: Tensor
    """[c, c] bool, candidates that are one: the same text or the same person."""

    def to(self, device: torch.device | str) -> Layout:
        """The same on a device."""
        return Layout(**{each.name: getattr(self, each.name).to(device) for each in fields(self)})

    @property
    def own(self) -> Tensor:
        """[q, c] bool, pairs with a grade."""
        return ~self.grades.isnan()

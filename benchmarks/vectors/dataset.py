"""Vectors, queries and filters that engines are compared on."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

SHARES = (50.0, 10.0, 1.0, 0.1)
"""Percent of rows that filters pass, about."""


@dataclass(frozen=True, kw_only=True)
class Filter:
    """Rows that may be returned. `kind` is "ind" where they are independent of the vectors, "cor" where they go with
    them; `percent` what was aimed at. `mask` [n]."""

    kind: str
    percent: float
    mask: NDArray[np.bool_]
    note: str = ""

    @property
    def name(self) -> str:
        """ "10 % ind" """
        return f"{self.percent:g} % {self.kind}"

    @property
    def key(self) -> str:
        """The name, fit for a file or a column: "ind_10", "cor_0_1"."""
        return f"{self.kind}_{self.percent:g}".replace(".", "_")

    @cached_property
    def passing(self) -> int:
        """How many rows pass."""
        return int(self.mask.sum())


@dataclass(frozen=True, kw_only=True)
class Dataset:
    """n: rows, d: width. `vectors` [n, d] of length 1, perhaps mapped; `queries` [q, d]; `folder` keeps what is made of
    them (truth, indexes)."""

    name: str
    folder: Path
    vectors: NDArray[np.float32]
    queries: NDArray[np.float32]
    filters: tuple[Filter, ...]

    @property
    def rows(self) -> int:
        """n"""
        return len(self.vectors)

    @property
    def width(self) -> int:
        """d"""
        return int(self.vectors.shape[1])

    @cached_property
    def everybody(self) -> Filter:
        """No filter."""
        return Filter(kind="all", percent=100, mask=np.ones(self.rows, np.bool_))

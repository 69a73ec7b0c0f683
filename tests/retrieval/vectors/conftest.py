"""Brute force over vectors, which knows nothing of codes, kernels or plans."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import strategies as st
from numpy.typing import NDArray


@dataclass(frozen=True, kw_only=True)
class People:
    """Vectors, maybe several a member."""

    vectors: NDArray[np.float32]
    offsets: NDArray[np.int64] | None

    @property
    def count(self) -> int:
        return len(self.vectors) if self.offsets is None else len(self.offsets) - 1

    def best(self, query: NDArray[np.float32], rows: list[int], k: int, best: int) -> list[tuple[int, float]]:
        """(row, score) by comparing everybody, one product after the other."""
        wanted = query.astype(np.float64)
        scored = []
        for row in rows:
            start, end = (row, row + 1) if self.offsets is None else self.offsets[row : row + 2]
            each = sorted((np.float32(v.astype(np.float64) @ wanted) for v in self.vectors[start:end]), reverse=True)
            if each:
                total = each[0]
                for score in each[1:best]:
                    total = np.float32(total + score)
                scored.append((float(total / np.float32(min(best, len(each)))), row))
        return [(row, score) for score, row in sorted(scored, key=lambda pair: (-pair[0], pair[1]))[:k]]


KINDS = ("random", "few different", "zeros", "small numbers", "long and short", "one outlier")


def people(kind: str, *, count: int, width: int, several: bool, seed: int) -> People:
    """Members of one of `KINDS`."""
    chance = np.random.default_rng(seed)
    offsets = None
    total = count
    if several:
        offsets = np.concatenate([[0], np.cumsum(chance.integers(0, 5, count))]).astype(np.int64)
        total = int(offsets[-1])
    vectors = chance.standard_normal((total, width)).astype(np.float32)
    if kind == "few different" and total:
        vectors = vectors[chance.integers(0, min(3, total), total)]
    elif kind == "zeros":
        vectors[chance.random(total) < 0.7] = 0
    elif kind == "small numbers":
        vectors = np.sign(vectors) * chance.integers(0, 2, vectors.shape).astype(np.float32)
    elif kind == "long and short":
        vectors *= (10.0 ** chance.uniform(-3, 3, (total, 1))).astype(np.float32)
    elif kind == "one outlier" and total:
        vectors[chance.integers(total)] *= 1000
    return People(vectors=np.ascontiguousarray(vectors, np.float32), offsets=offsets)


@pytest.fixture(scope="session")
def make_people() -> Callable[..., People]:
    return people


def anybody() -> st.SearchStrategy[People]:
    """Any data: duplicates, zeros, ties, one row, widths that no register likes."""
    return st.builds(
        people,
        st.sampled_from(KINDS),
        count=st.integers(1, 60),
        width=st.sampled_from([1, 2, 3, 7, 8, 16, 31, 48, 64, 65]),
        several=st.booleans(),
        seed=st.integers(0, 10_000),
    )


@pytest.fixture(scope="session")
def any_people() -> st.SearchStrategy[People]:
    return anybody()

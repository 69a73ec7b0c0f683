"""A part of the vectors that stands for all, read without reading all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

How = Literal["stratified", "uniform"]


def sampled_rows(
    counts: Sequence[int], size: int, *, how: How = "stratified", seed: int = 0
) -> list[NDArray[np.int64]]:
    """Rows to take of each shard, ascending, `size` in all (every row where there are no more than that).

    `counts` are the rows of the shards. "stratified" divides the shards, one behind the other, into `size` equal
    stretches and draws one row of each: no shard and no part of a shard comes up more or less than its share, whatever
    the order that the rows were written in. "uniform" draws any `size` different rows.

    Raises: ValueError for a size below 1.
    """
    if size < 1:
        raise ValueError(f"a sample has at least one row, not {size}")
    total = int(sum(counts))
    if size >= total:
        return [np.arange(count, dtype=np.int64) for count in counts]
    random = np.random.default_rng(seed)
    if how == "uniform":
        rows = np.sort(random.choice(total, size, replace=False)).astype(np.int64)
    else:
        edges = np.arange(size + 1, dtype=np.int64) * total // size
        rows = random.integers(edges[:-1], edges[1:])
    ends = np.cumsum(counts)
    return [
        rows[np.searchsorted(rows, end - count) : np.searchsorted(rows, end)] - (end - count)
        for count, end in zip(counts, ends, strict=True)
    ]


def sample(
    shards: Sequence[NDArray[np.float32]], size: int, *, how: How = "stratified", seed: int = 0
) -> NDArray[np.float32]:
    """`size` vectors [size, d] of the shards [n, d], which may be memory maps: only what is taken is read.

    Raises: ValueError where there are no shards, for shards of several widths and for a size below 1.
    """
    widths = {shard.shape[1] for shard in shards}
    if len(widths) != 1:
        raise ValueError(f"shards to sample have one width, not {sorted(widths)}")
    taken = sampled_rows([len(shard) for shard in shards], size, how=how, seed=seed)
    parts = [np.asarray(shard[rows], dtype=np.float32) for shard, rows in zip(shards, taken, strict=True) if len(rows)]
    return np.concatenate(parts) if parts else np.empty((0, widths.pop()), np.float32)

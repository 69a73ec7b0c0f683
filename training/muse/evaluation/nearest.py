"""The documents nearest to each query, exactly."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

_AT_ONCE = 64  # queries


def nearest(
    queries: NDArray[np.float32], documents: NDArray[np.float32], ids: Sequence[str], *, depth: int
) -> list[list[str]]:
    """Ids of the `depth` documents with the largest dot product for each query, best first; ties by place in `ids`.

    Shapes: `queries` [q, d], `documents` [n, d], `ids` n; unit rows make the products cosines. Products are rounded to
    six decimals first: what a sum comes to in the last bits depends on its neighbours.
    """
    found: list[list[str]] = []
    for start in range(0, len(queries), _AT_ONCE):
        scores = np.round(queries[start : start + _AT_ONCE] @ documents.T, 6)
        found.extend(best(row, ids, depth=depth) for row in scores)
    return found


def best(scores: NDArray[np.float32], ids: Sequence[str], *, depth: int) -> list[str]:
    """Ids of the `depth` largest of `scores` [n], best first; ties by place."""
    keep = np.arange(len(scores))
    if 0 < depth < len(scores):
        last = np.partition(scores, len(scores) - depth)[len(scores) - depth]
        keep = np.flatnonzero(scores >= last)
    return [ids[at] for at in keep[np.lexsort((keep, -scores[keep]))][:depth].tolist()]

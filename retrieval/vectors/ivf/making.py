"""All the steps of an index on one machine: sample, train, encode, merge, calibrate."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from retrieval.vectors.building import check_ids, check_vectors
from retrieval.vectors.ivf.clustering import Method
from retrieval.vectors.ivf.engine import IvfPq
from retrieval.vectors.ivf.merging import merge
from retrieval.vectors.ivf.model import lists_for, train
from retrieval.vectors.ivf.part import encode
from retrieval.vectors.ivf.refining import fetch_from
from retrieval.vectors.ivf.sample import sampled_rows
from retrieval.vectors.members import check_offsets

_QUERIES = 128  # vectors kept from the training to calibrate with
_CHUNK = 1 << 16  # vectors encoded as one part


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """How to make an index. `lists` (None: to suit the number of vectors), `pieces` (bytes of a code; None: one for
    eight numbers), `method` of clustering, `points` a list to train on, `seed`."""

    lists: int | None = None
    pieces: int | None = None
    method: Method = "bisecting"
    points: int = 64
    seed: int = 0


def build(
    vectors: NDArray[np.float32],
    *,
    offsets: NDArray[np.int64] | None = None,
    ids: NDArray[np.int64] | None = None,
    best: int = 1,
    recipe: Recipe | None = None,
    queries: NDArray[np.float32] | None = None,
) -> IvfPq:
    """An index of `vectors` [v, d], which may be a memory map and from which it will fetch.

    `offsets` [n + 1] where members have several vectors; `ids` [n] what members are called, else their row. Calibrated
    on `queries` [b, d]; where None, on vectors of members who are kept out of the training.

    Raises: ValueError for no vectors or such as are not finite, ids or offsets that do not fit; FaissMissing.
    """
    recipe = recipe or Recipe()
    vectors = check_vectors(vectors)
    offsets = None if offsets is None else check_offsets(offsets, len(vectors))
    count = len(vectors) if offsets is None else len(offsets) - 1
    ids = np.arange(count, dtype=np.int64) if ids is None else check_ids(ids, count)
    spread = np.arange(count + 1, dtype=np.int64) if offsets is None else offsets
    owners = np.repeat(np.arange(count), np.diff(spread))
    lists = lists_for(len(vectors)) if recipe.lists is None else recipe.lists

    kept = np.empty(0, np.int64)
    if queries is None:
        (kept,) = sampled_rows([len(vectors)], min(_QUERIES, max(1, len(vectors) // 10)), seed=recipe.seed + 1)
        queries = np.asarray(vectors[kept])
    (sampled,) = sampled_rows([len(vectors)], max(lists, recipe.points * lists), seed=recipe.seed)
    trained = np.setdiff1d(sampled, kept)
    if not len(trained):  # one or two vectors
        trained = sampled
    model = train(vectors[trained], lists=lists, pieces=recipe.pieces, method=recipe.method, seed=recipe.seed)
    positions = (np.arange(len(vectors)) - spread[owners]).astype(np.int32)
    parts = []
    for start in range(0, len(vectors), _CHUNK):
        here = slice(start, start + _CHUNK)
        parts.append(encode(model, vectors[here], ids=ids[owners[here]], positions=positions[here]))
    index = replace(merge(model, parts, ids=ids, best=best), fetch=fetch_from(vectors))
    held_out = np.unique(owners[kept]).astype(np.uint32)
    return index.calibrated(queries, without=held_out if len(held_out) < len(np.unique(owners)) else None)

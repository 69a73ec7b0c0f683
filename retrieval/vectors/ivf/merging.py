"""Parts that were encoded anywhere, in any order, as one index."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from retrieval.vectors.building import check_ids
from retrieval.vectors.ivf.engine import IvfPq
from retrieval.vectors.ivf.inverted_file import InvertedFile
from retrieval.vectors.ivf.model import IvfPqModel
from retrieval.vectors.ivf.part import Part
from retrieval.vectors.members import Members


def merge(model: IvfPqModel, parts: Iterable[Part], *, ids: NDArray[np.int64] | None = None, best: int = 1) -> IvfPq:
    """One index of all the parts' vectors; the same one however they were divided, in whatever order they come.

    `ids` [n] are the members in the order of their rows (those without vectors included); where None, rows follow the
    ids upwards. A member's vectors follow their positions. A member scores the mean of its `best` best vectors.

    Raises: ValueError for parts of another model, a vector that comes twice, members that are not among `ids`.
    """
    held = list(parts)
    for part in held:
        if part.model != model.id:
            raise ValueError(f"a part was encoded by the model {part.model}, not by {model.id}: encode it again")
        if len(part) and not 0 <= int(part.lists.min()) <= int(part.lists.max()) < model.lists:
            raise ValueError(f"a part names lists that the model does not have ({model.lists}); encode it again")
    if best < 1:
        raise ValueError(f"best counts from 1, not {best}")
    whose = _joined([part.ids for part in held], np.int64)
    positions = _joined([part.positions for part in held], np.int32)
    if ids is None:
        ids, rows = np.unique(whose, return_inverse=True)
    else:
        ids = check_ids(ids, len(ids))
        rows = _rows(ids, whose)
    order = np.lexsort((positions, rows))
    rows, positions = rows[order], positions[order]
    same = (np.diff(rows) == 0) & (np.diff(positions) == 0)
    if same.any():
        at = int(np.flatnonzero(same)[0])
        raise ValueError(
            f"vector {positions[at]} of member {ids[rows[at]]} comes twice: leave one of the parts out, or give "
            "the vectors of one member different positions"
        )
    lists = _joined([part.lists for part in held], np.int32)[order]
    codes = np.concatenate([part.codes for part in held] or [np.empty((0, model.pieces), np.uint8)])[order]
    counts = np.bincount(rows, minlength=len(ids))
    offsets = None if bool((counts == 1).all()) else np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    return IvfPq(
        file=InvertedFile.make(model, lists, codes),
        members=Members(count=len(ids), offsets=offsets, best=best),
        ids=ids,
    )


def _joined(arrays: list[NDArray[np.int64]] | list[NDArray[np.int32]], kind: type) -> NDArray[np.int64]:
    return np.concatenate(arrays or [np.empty(0, kind)])


def _rows(ids: NDArray[np.int64], whose: NDArray[np.int64]) -> NDArray[np.int64]:
    """Where `whose` stand in `ids`. Raises: ValueError."""
    order = np.argsort(ids)
    at = np.minimum(np.searchsorted(ids, whose, sorter=order), max(0, len(ids) - 1))
    if len(whose) and (not len(ids) or bool((ids[order[at]] != whose).any())):
        unknown = whose[0] if not len(ids) else whose[ids[order[at]] != whose][0]
        raise ValueError(f"a part has a vector of member {unknown}, who is not among the {len(ids)} ids")
    return order[at] if len(whose) else at

"""What changed since an index was built: new and changed members beside it, removed ones taken out of it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

from retrieval.vectors.hits import Hits, Stage
from retrieval.vectors.index import VectorIndex
from retrieval.vectors.members import Members, check_offsets
from retrieval.vectors.rows import Rows, chosen
from retrieval.vectors.scan import read_one


@dataclass(frozen=True, kw_only=True)
class Changes:
    """Members by id: `ids` [m] are new or changed, with `vectors` [v, d] and, where several each, `offsets` [m + 1];
    `removed` [r] are gone. An id in both is there: removed first, then added.
    """

    ids: NDArray[np.int64]
    vectors: NDArray[np.float32]
    offsets: NDArray[np.int64]
    removed: NDArray[np.int64]

    @classmethod
    def none(cls, width: int) -> Changes:
        """No changes to vectors of `width` numbers."""
        nobody = np.empty(0, np.int64)
        return cls(ids=nobody, vectors=np.empty((0, width), np.float32), offsets=np.zeros(1, np.int64), removed=nobody)

    def __post_init__(self) -> None:
        """Raises: ValueError for parts that do not fit each other, numbers that are not finite, an id twice."""
        check_offsets(self.offsets, len(self.vectors))
        if len(self.ids) != len(self.offsets) - 1:
            raise ValueError(f"{len(self.ids)} ids for {len(self.offsets) - 1} changed members")
        if len(np.unique(self.ids)) != len(self.ids):
            raise ValueError("a member is among the changes twice; give its last state alone")
        if not np.isfinite(self.vectors).all():
            raise ValueError("a changed vector has numbers that are not finite (NaN or infinite)")

    def then(self, later: Changes) -> Changes:
        """These changes with `later` ones on top. Raises: ValueError where their vectors differ in width."""
        if later.vectors.shape[1] != self.vectors.shape[1]:
            raise ValueError(
                f"changed vectors have {later.vectors.shape[1]} numbers, the index holds {self.vectors.shape[1]}"
            )
        kept = np.flatnonzero(~np.isin(self.ids, np.concatenate([later.ids, later.removed])))
        numbers, counts = Members(count=len(self.ids), offsets=self.offsets, best=1).vectors_of(kept.astype(np.uint32))
        assert counts is not None  # noqa: S101 -- there are offsets
        sizes = np.concatenate([counts.astype(np.int64), np.diff(later.offsets)])
        return Changes(
            ids=np.concatenate([self.ids[kept], later.ids]),
            vectors=np.concatenate([self.vectors[numbers], later.vectors]),
            offsets=np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
            removed=np.union1d(self.removed, later.removed),
        )


class OverlaidIndex:
    """An index as it is with changes. Rows 0..n-1 are those of the index, n.. the changes in their order.

    A row whose member was removed or changed is dead: no search returns it, whatever the filter says. The changes are
    compared one by one, so they are for a day's worth; `VectorStore.fold` builds them in.
    """

    def __init__(self, index: VectorIndex, changes: Changes) -> None:
        """Raises: ValueError where the changes' vectors have another width."""
        if changes.vectors.shape[1] != index.width:
            raise ValueError(f"changed vectors have {changes.vectors.shape[1]} numbers, the index holds {index.width}")
        self.index = index
        self.changes = changes
        self.count = index.count + len(changes.ids)
        self.width = index.width
        own = np.arange(index.count, dtype=np.int64) if index.ids is None else index.ids
        gone = np.isin(own, np.concatenate([changes.removed, changes.ids]))
        self.dead = BitMap(np.flatnonzero(gone).astype(np.uint32))
        self.alive = BitMap(range(self.count)) - self.dead
        self._new = Members(count=len(changes.ids), offsets=changes.offsets, best=index.best)

    def search(self, query: NDArray[np.float32], *, k: int, rows: Rows = None, threads: int = 1) -> Hits:
        """The `k` best of `rows` that are alive; as `VectorIndex.search`.

        Raises: ValueError as that.
        """
        wanted = chosen(rows, self.count)
        passing = self.alive if wanted is None else BitMap(wanted) & self.alive
        old = passing & BitMap(range(self.index.count))
        hits = self.index.search(query, k=k, rows=old if len(old) < self.index.count else None, threads=threads)
        fresh = np.asarray((passing - old).to_array(), np.uint32) - np.uint32(self.index.count)
        fresh = fresh[np.diff(self.changes.offsets)[fresh] > 0]
        plan = replace(hits.plan, passing=len(passing), count=self.count)
        if not len(fresh) or not k:
            return replace(hits, plan=plan)
        scan = replace(self.index.scan(), vectors=self.changes.vectors, members=self._new)
        found, scores, read = read_one(scan, query.astype(np.float32), k, fresh, "float32")
        every = np.concatenate([hits.rows, found + self.index.count])
        both = np.concatenate([hits.scores, scores])
        order = np.lexsort((every, -both))[:k]
        changed = tuple(Stage(precision="changes, float32", vectors=stage.vectors) for stage in read)
        return Hits(
            rows=every[order],
            ids=np.concatenate([hits.ids, self.changes.ids[found]])[order],
            scores=both[order],
            plan=replace(plan, stages=(*plan.stages, *changed)),
        )

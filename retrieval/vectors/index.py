"""Vector search behind a filter that loses nobody: `VectorIndex`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from retrieval.vectors import storage
from retrieval.vectors.batch import read_many
from retrieval.vectors.building import LARGEST, Memory, Progress, check_ids, check_vectors, encode
from retrieval.vectors.hits import Hits, Plan, Stage
from retrieval.vectors.kernels import Kernels, default
from retrieval.vectors.members import Members, check_offsets
from retrieval.vectors.planner import Method, choose
from retrieval.vectors.rows import Chosen, Rows, chosen
from retrieval.vectors.scan import Scan, read_one
from retrieval.vectors.storage import Parts


class VectorIndex:
    """Members' vectors, scanned behind a filter. Read-only; safe to use from several threads.

    n: members, v: vectors (n where each has one), d: width. Scores are inner products: cosines where vectors have
    length 1. A member of several vectors scores the mean of its best `best`.
    """

    def __init__(self, parts: Parts, *, kernels: Kernels | None = None) -> None:
        """Of parts that fit together; `build`, `write` and `open` see to that."""
        self.vectors = parts.vectors
        self.codes = parts.codes
        self.offsets = parts.offsets
        self.ids = parts.ids
        self.best = parts.best
        self.kernels = kernels or default()
        self.count = len(parts.vectors) if parts.offsets is None else len(parts.offsets) - 1
        self.width = int(parts.vectors.shape[1])

    @classmethod
    def build(
        cls,
        vectors: NDArray[np.float32],
        *,
        offsets: NDArray[np.int64] | None = None,
        ids: NDArray[np.int64] | None = None,
        best: int = 1,
        scan_width: int | None = None,
        progress: Progress | None = None,
    ) -> Self:
        """An index of `vectors` [v, d], in memory.

        `offsets` [n + 1] where members have several vectors each; `ids` [n] what members are called, else their row.
        The bits are of the first `scan_width` numbers (a level of Matryoshka vectors), of all where None.

        Raises: ValueError for vectors that are no finite table, offsets or ids that do not fit, a width that there is
        not.
        """
        vectors = check_vectors(vectors)
        offsets, ids, scan_width = _checked(vectors.shape, offsets, ids, best, scan_width)
        codes = encode(vectors, store=Memory(), scan_width=scan_width, progress=progress)
        return cls(Parts(vectors=vectors, codes=codes, offsets=offsets, ids=ids, best=best))

    @classmethod
    def write(
        cls,
        folder: Path,
        parts: Iterable[NDArray[np.float32]],
        *,
        shape: tuple[int, int],
        offsets: NDArray[np.int64] | None = None,
        ids: NDArray[np.int64] | None = None,
        best: int = 1,
        scan_width: int | None = None,
        progress: Progress | None = None,
    ) -> Self:
        """The same in a new folder, from vectors that come part by part [m, d] and are `shape` [v, d] in all.

        Memory does not grow with their number. Raises: ValueError as `build`; FileExistsError, OSError.
        """
        offsets, ids, scan_width = _checked(shape, offsets, ids, best, scan_width)
        storage.write(
            Path(folder),
            parts,
            shape=shape,
            offsets=offsets,
            ids=ids,
            best=best,
            scan_width=scan_width,
            progress=progress,
        )
        return cls.open(folder)

    @classmethod
    def open(cls, folder: Path, *, verify: bool = False, kernels: Kernels | None = None) -> Self:
        """The index that `write` made, mapped into memory: milliseconds, whatever its size.

        Sizes of all files are checked; with `verify` their checksums too. Raises: FileNotFoundError, DamagedFile.
        """
        return cls(storage.read(Path(folder), verify=verify), kernels=kernels)

    def search(
        self,
        query: NDArray[np.float32],
        *,
        k: int,
        rows: Rows = None,
        method: Method | None = None,
        best: int | None = None,
        threads: int = 1,
    ) -> Hits:
        """The `k` best members of `rows` for `query` [d], best first, ties by row; fewer only where fewer have vectors.

        `method` insists on one that the planner would not have picked; `best` overrides that of the index.

        Raises: ValueError for a query of another width or that is not finite, `k` below 0, `best` or `threads` below 1,
        rows that there are not, an unknown method.
        """
        query = self._finite(query)
        wanted, plan = self._planned(rows, k, method)
        found, scores, stages = read_one(self.scan(best, threads), query, k, wanted, plan.method)
        return self._hits(found, scores, plan, stages)

    def search_batch(
        self,
        queries: NDArray[np.float32],
        *,
        k: int,
        rows: Rows = None,
        best: int | None = None,
        threads: int = 1,
    ) -> list[Hits]:
        """`search` for many queries [b, d] behind one filter: vectors are read once for all of them.

        Raises: ValueError as `search`.
        """
        if queries.ndim != 2:
            raise ValueError(f"queries have shape {queries.shape}; give a table [queries, {self.width}]")
        checked = [self._finite(query) for query in queries]
        wanted, plan = self._planned(rows, k, "int8")
        plan = replace(plan, reason=f"{len(queries)} queries at once")
        found = read_many(self.scan(best, threads), checked, k, wanted)
        return [self._hits(at, scores, plan, stages) for at, scores, stages in found]

    def explain(self, *, k: int, rows: Rows = None) -> Plan:
        """What `search` would do and why; nothing is scored."""
        return self._planned(rows, k, None)[1]

    def vectors_of(self, row: int) -> NDArray[np.float32]:
        """[m, d] the vectors of one member."""
        if self.offsets is None:
            return self.vectors[row : row + 1]
        return self.vectors[int(self.offsets[row]) : int(self.offsets[row + 1])]

    def _finite(self, query: NDArray[np.float32]) -> NDArray[np.float32]:
        if query.shape != (self.width,):
            raise ValueError(f"the query has shape {query.shape}, the index holds vectors of width {self.width}")
        query = np.ascontiguousarray(query, dtype=np.float32)
        if not (np.abs(query) <= LARGEST).all():
            raise ValueError(f"the query has numbers that are not finite (NaN or infinite), or beyond {LARGEST:.0e}")
        return query

    def _planned(self, rows: Rows, k: int, method: Method | None) -> tuple[Chosen | None, Plan]:
        """The members to scan (None: all) and how."""
        if k < 0:
            raise ValueError(f"k counts from 0, not {k}")
        wanted = chosen(rows, self.count)
        passing = self.count if wanted is None else len(wanted)
        if len(self._empty):
            wanted = np.setdiff1d(
                np.arange(self.count, dtype=np.uint32) if wanted is None else wanted, self._empty, assume_unique=True
            )
        scanned = self.count if wanted is None else len(wanted)
        plan = choose(
            passing=passing,
            count=self.count,
            vectors=round(scanned * len(self.vectors) / max(1, self.count - len(self._empty))),
            k=k,
            width=self.width,
            record=self.codes.bits.records.shape[1],
            method=method,
        )
        return wanted, plan

    @cached_property
    def _empty(self) -> NDArray[np.uint32]:
        """Members without vectors, ascending."""
        if self.offsets is None:
            return np.empty(0, np.uint32)
        return np.flatnonzero(np.diff(self.offsets) == 0).astype(np.uint32)

    def scan(self, best: int | None = None, threads: int = 1) -> Scan:
        """What a search reads. Raises: ValueError for `best` or `threads` below 1."""
        best = self.best if best is None else best
        if best < 1 or threads < 1:
            raise ValueError(f"best and threads count from 1, not {best} and {threads}")
        return Scan(
            vectors=self.vectors,
            members=Members(count=self.count, offsets=self.offsets, best=best),
            rotation=self.codes.rotation,
            bit_rotation=self.codes.bit_rotation,
            int8=self.codes.int8,
            bits=self.codes.bits,
            kernels=self.kernels,
            threads=threads,
        )

    def _hits(
        self, rows: NDArray[np.int64], scores: NDArray[np.float32], plan: Plan, stages: tuple[Stage, ...]
    ) -> Hits:
        ids = rows if self.ids is None else self.ids[rows]
        return Hits(rows=rows, ids=ids, scores=scores, plan=replace(plan, stages=stages))


def _checked(
    shape: tuple[int, ...],
    offsets: NDArray[np.int64] | None,
    ids: NDArray[np.int64] | None,
    best: int,
    scan_width: int | None,
) -> tuple[NDArray[np.int64] | None, NDArray[np.int64] | None, int]:
    """Offsets, ids and scan width as an index holds them. Raises: ValueError."""
    total, width = shape
    offsets = None if offsets is None else check_offsets(offsets, total)
    ids = None if ids is None else check_ids(ids, total if offsets is None else len(offsets) - 1)
    scan_width = width if scan_width is None else scan_width
    if not 1 <= scan_width <= width:
        raise ValueError(f"scan_width is {scan_width}, the vectors have {width} numbers")
    if best < 1:
        raise ValueError(f"best counts from 1, not {best}")
    return offsets, ids, scan_width

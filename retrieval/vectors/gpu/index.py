"""`VectorIndex` on a card: the same answers, read at the card's bandwidth."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, Literal, TypeAlias

import numpy as np
import torch
from numpy.typing import NDArray

from retrieval.vectors.gpu.device import PassesName, current, device_named, passes_for
from retrieval.vectors.gpu.filters import uploaded
from retrieval.vectors.gpu.resident import Resident
from retrieval.vectors.gpu.search import PIECE, Answer, Passing, search
from retrieval.vectors.hits import Hits, Plan
from retrieval.vectors.index import VectorIndex
from retrieval.vectors.rows import Rows
from retrieval.vectors.scan import read_one

FEW = 2048
"""Members whose vectors the host compares before a card has been told what to do (about 0.1 ms)."""
GpuMethod: TypeAlias = Literal["float32", "int8"]


class GpuIndex:
    """A `VectorIndex` whose codes lie on a device: a `VectorEngine`. Read-only; safe to use from several threads.

    Bytes are compared there; the vectors of who may be among the best are read there too where they fit, and the last
    order is made on the host as `VectorIndex` makes it, from `index.vectors`. So both give the same rows and scores.
    """

    def __init__(
        self,
        index: VectorIndex,
        *,
        device: str | None = None,
        vectors: bool | None = None,
        passes: PassesName | None = None,
        piece: int = PIECE,
    ) -> None:
        """Copy the codes of `index` to `device`: the first card where None, without one the processor (for tests).

        `vectors`: whether the vectors too (where None: on a card, if they fit). `passes`: torch or triton.
        `piece`: members compared before it is looked who is left.

        Raises: ValueError for an index without int8 codes or a device that there is not; ImportError where Triton was
        asked for and is missing; MemoryError where the card is too small.
        """
        codes = index.codes.int8
        if codes is None:
            raise ValueError("the index has no int8 codes, which is what a GPU scans; build it with int8=True")
        self.index = index
        self._piece = piece
        self.count, self.width = index.count, index.width
        where = device_named(device)
        self._resident = Resident.load(
            codes=codes,
            vectors=index.vectors,
            offsets=index.offsets,
            device=where,
            passes=passes_for(where, passes),
            whole=vectors,
        )
        self._outliers = np.asarray(codes.outliers, dtype=np.uint32)
        if index.offsets is not None:
            owners = np.searchsorted(index.offsets, self._outliers, side="right") - 1
            self._outliers = np.unique(owners).astype(np.uint32)

    def search(
        self,
        query: NDArray[np.float32],
        *,
        k: int,
        rows: Rows | Passing = None,
        method: GpuMethod | None = None,
        best: int | None = None,
    ) -> Hits:
        """The `k` best members of `rows` for `query` [d], best first, ties by row; fewer only where fewer have vectors.

        `rows` may be what `passing` made. `method` insists: int8 on the device, or float32 on the host.

        Raises: ValueError for a query of another width or that is not finite, `k` below 0, `best` below 1, rows that
        there are not.
        """
        return self._search([query], k=k, rows=rows, method=method, best=best)[0]

    def search_batch(
        self,
        queries: NDArray[np.float32],
        *,
        k: int,
        rows: Rows | Passing = None,
        method: GpuMethod | None = None,
        best: int | None = None,
    ) -> list[Hits]:
        """`search` for many queries [b, d] behind one filter: up to 64 are compared with every byte that is read.

        Raises: ValueError as `search`.
        """
        if queries.ndim != 2:
            raise ValueError(f"queries have shape {queries.shape}; give a table [queries, {self.width}]")
        return self._search(queries, k=k, rows=rows, method=method, best=best)

    def passing(self, rows: Rows) -> Passing:
        """`rows` on the device, for several searches behind one filter.

        Raises: ValueError for rows that there are not.
        """
        device, outliers = self._resident.device, self._outliers
        with current(device):
            named = uploaded(rows, self.count, device=device, passes=self._resident.passes)
            members = self._resident.with_vectors(named)
            if len(outliers) and members is not None:
                apart = torch.from_numpy(outliers.astype(np.int32)).to(device)
                outliers = outliers[torch.isin(apart, members).cpu().numpy()]
        return Passing(
            members=members, outliers=outliers, passing=self.count if named is None else len(named), count=self.count
        )

    def explain(self, *, k: int, rows: Rows | Passing = None) -> Plan:
        """What `search` would do and why; nothing is scored."""
        return self._plan(k, rows if isinstance(rows, Passing) else self.passing(rows), None)

    def _search(
        self,
        queries: Iterable[NDArray[np.float32]],
        *,
        k: int,
        rows: Rows | Passing,
        method: GpuMethod | None,
        best: int | None,
    ) -> list[Hits]:
        checked = [self._checked(query) for query in queries]
        passing = rows if isinstance(rows, Passing) else self.passing(rows)
        plan = self._plan(k, passing, method)
        scan = self.index.scan(best, 1)
        if plan.method == "float32":
            host = passing.host()
            answers = [read_one(scan, query, k, host, "float32") for query in checked]
        else:
            with current(self._resident.device):
                answers = (
                    search(self._resident, scan, checked, k=k, passing=passing, piece=self._piece) if checked else []
                )
        return [self._hits(answer, plan) for answer in answers]

    def _plan(self, k: int, passing: Passing, method: GpuMethod | None) -> Plan:
        if k < 0:
            raise ValueError(f"k counts from 0, not {k}")
        if method not in (None, "float32", "int8"):
            raise ValueError(f"a GPU index is scanned by 'int8' or 'float32', not {method!r}")
        place = f"{self._resident.passes.name} on {self._resident.device}"
        if len(passing) <= k or not k:
            picked, reason = "float32", f"no more than the {k:,} wanted: nobody to leave out"
        elif method is not None:
            picked, reason = method, "asked for"
        elif len(passing) <= FEW:
            picked, reason = "float32", f"no more than {FEW:,}: sooner compared on the host"
        else:
            picked, reason = "int8", "bytes are compared where they lie"
        return Plan(
            method=picked if picked == "float32" else f"{picked} by {place}",
            passing=passing.passing,
            count=self.count,
            certain=True,
            reason=reason,
        )

    def _checked(self, query: NDArray[Any]) -> NDArray[np.float32]:
        if query.shape != (self.width,):
            raise ValueError(f"the query has shape {query.shape}, the index holds vectors of width {self.width}")
        query = np.ascontiguousarray(query, dtype=np.float32)
        if not np.isfinite(query).all():
            raise ValueError("the query has numbers that are not finite (NaN or infinite)")
        return query

    def _hits(self, answer: Answer, plan: Plan) -> Hits:
        rows, scores, stages = answer
        ids = rows if self.index.ids is None else self.index.ids[rows]
        return Hits(rows=rows, ids=ids, scores=scores, plan=replace(plan, stages=stages))

"""IVFPQ behind a filter: what there is for populations whose vectors no longer fit."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from retrieval.vectors.building import LARGEST
from retrieval.vectors.hits import Hits, Plan, Stage
from retrieval.vectors.ivf.calibration import Calibration, calibrate
from retrieval.vectors.ivf.inverted_file import InvertedFile, Passing
from retrieval.vectors.ivf.model import IvfPqModel
from retrieval.vectors.ivf.probing import Effort, Probe, effort
from retrieval.vectors.ivf.refining import Fetch, refine
from retrieval.vectors.ivf.sample import sampled_rows
from retrieval.vectors.kernels import Kernels, default
from retrieval.vectors.members import Members
from retrieval.vectors.rows import Chosen, Rows, chosen

Floats = NDArray[np.float32]

CALIBRATED_ON = 1 << 15
"""Members that a calibration looks at."""


@dataclass(frozen=True, kw_only=True)
class Candidates:
    """c: members found. `rows` int64 [c] and their approximate `scores` [c], best first. `lists` were looked into,
    which hold about `scanned` vectors that pass (exactly where `counted`), of `passing` members that do. `complete`
    says that nobody who passes and has vectors is missing; `reason`, why it was so many lists."""

    rows: NDArray[np.int64]
    scores: Floats
    lists: int
    scanned: int
    counted: bool
    complete: bool
    passing: int
    reason: str


@dataclass(frozen=True, kw_only=True, eq=False)
class IvfPq:
    """A vector engine that holds codes in memory or maps them, and fetches full vectors of a few candidates.

    n: members, d: width. `ids` int64 [n], what members are called. Without `fetch` scores stay approximate, without
    `calibration` no recall can be asked for. Read-only; safe to use from several threads.
    """

    file: InvertedFile
    members: Members
    ids: NDArray[np.int64]
    calibration: Calibration | None = None
    fetch: Fetch | None = None
    kernels: Kernels = field(default_factory=default)

    @property
    def model(self) -> IvfPqModel:
        """What encoded the vectors."""
        return self.file.model

    @property
    def count(self) -> int:
        """Members."""
        return self.members.count

    @property
    def width(self) -> int:
        """Numbers a vector has."""
        return self.model.width

    def search(
        self, query: Floats, *, k: int, rows: Rows = None, probe: Probe | None = None, at_least_k: bool = True
    ) -> Hits:
        """The `k` best members of `rows`, as far as they were found: exact order among the candidates.

        With `at_least_k` more lists are opened until there are k, or until all who pass (and have vectors) are found.

        Raises: ValueError for a query of another width or that is not finite, `k` below 0, rows that there are not, a
        recall where nobody calibrated.
        """
        query = self._finite(query)
        found = self.candidates(query, k=k, rows=rows, probe=probe, at_least_k=at_least_k)
        at, scores = found.rows, found.scores
        stages = [Stage(precision="codes", vectors=found.scanned)]
        if self.fetch and len(at):
            at = np.sort(at)
            scores = refine(query, at, self.fetch, members=self.members, kernels=self.kernels)
            numbers, _ = self.members.vectors_of(at.astype(np.uint32))
            stages.append(Stage(precision="float32", vectors=0 if numbers is None else len(numbers)))
        order = np.lexsort((at, -scores))[:k]
        lists = f"{found.lists:,} of {self.model.lists:,} lists hold {'' if found.counted else 'about '}"
        plan = Plan(
            method="ivfpq",
            passing=found.passing,
            count=self.count,
            certain=found.complete and self.fetch is not None,
            reason=f"{found.reason}: {lists}{found.scanned:,} vectors that pass"
            + ("" if self.fetch else "; scores are of codes, there is nothing to fetch vectors from"),
            stages=tuple(stages),
        )
        return Hits(rows=at[order], ids=self.ids[at[order]], scores=scores[order], plan=plan)

    def candidates(
        self, query: Floats, *, k: int, rows: Rows = None, probe: Probe | None = None, at_least_k: bool = True
    ) -> Candidates:
        """Members to compare in full for the best `k`: the scan of the lists alone, nothing is fetched.

        Raises: as `search`.
        """
        query = self._finite(query)
        if k < 0:
            raise ValueError(f"k counts from 0, not {k}")
        wanted = chosen(rows, self.count)
        passed = self.count if wanted is None else len(wanted)
        if wanted is not None and len(self._empty):
            wanted = np.setdiff1d(wanted, self._empty, assume_unique=True)
        searchable = self.count - len(self._empty) if wanted is None else len(wanted)
        need = min(k, searchable)
        passing = self.file.passing(None if wanted is None else self.members.vectors_of(wanted)[0])
        plan = effort(probe or Probe(), self.calibration, k=k, passing=searchable, vectors=passing.total)
        order, products = self.file.nearest_first(query, passing)
        reach = _lists(plan, passing.sizes[order], need if at_least_k else 0) if need else 0
        while True:
            lists = order[:reach], products[:reach]
            found, scores = self._found(query, lists, passing, min(plan.depth, searchable))
            if not at_least_k or len(found) >= need or reach >= len(order):
                break
            reach = min(len(order), 2 * reach)
        return Candidates(
            rows=found,
            scores=scores,
            lists=reach,
            scanned=min(int(passing.sizes[order[:reach]].sum()), passing.total),
            counted=passing.counted,
            complete=not need or len(found) == searchable,
            passing=passed,
            reason=plan.reason,
        )

    def calibrated(self, queries: Floats, *, without: Chosen | None = None, seed: int = 0) -> IvfPq:
        """This index, knowing how far to look for a recall from `queries` [b, d], best such as will come.

        Fetches the vectors of up to 32,768 members, but `without` those whose vectors are among the queries.

        Raises: ValueError where there is nothing to fetch from.
        """
        if self.fetch is None:
            raise ValueError("calibrating compares full vectors: give the index something to fetch them from")
        (rows,) = sampled_rows([self.count], CALIBRATED_ON, seed=seed)
        some = rows.astype(np.uint32)
        if without is not None:
            some = np.setdiff1d(some, without)
        numbers, counts = self.members.vectors_of(some)
        vectors = self.fetch(np.asarray(numbers, dtype=np.int64))
        offsets = None if counts is None else np.concatenate([[0], np.cumsum(counts, dtype=np.int64)])
        members = Members(count=len(some), offsets=offsets, best=self.members.best)
        return replace(self, calibration=calibrate(self.model, vectors, queries, members=members))

    def _found(
        self, query: Floats, lists: tuple[NDArray[np.int64], Floats], passing: Passing, depth: int
    ) -> tuple[NDArray[np.int64], Floats]:
        """Up to `depth` members of some lists and their approximate scores, best first."""
        limit = depth if self.members.offsets is None else 4 * depth * self.members.best
        while True:
            numbers, scores = self.file.scan(query, *lists, limit=limit, passing=passing)
            if self.members.offsets is None:
                return numbers, scores
            rows, approximate, known = self._grouped(numbers, scores)
            cut = len(numbers) == limit < passing.total
            if not cut or (len(rows) >= depth and known[:depth].all()):
                return rows[:depth], approximate[:depth]
            limit *= 4  # somebody among the best may be less good than it seems

    def _grouped(
        self, numbers: NDArray[np.int64], scores: Floats
    ) -> tuple[NDArray[np.int64], Floats, NDArray[np.bool_]]:
        """Members of vectors, which come best first, and what they may score at most: a vector that was not found is no
        better than the last that was. And of whom all vectors that score were found."""
        offsets, best = self.members.offsets, self.members.best
        assert offsets is not None  # noqa: S101 -- asked before
        owners = np.searchsorted(offsets, numbers, side="right") - 1
        order = np.argsort(owners, kind="stable")
        rows, starts, counts = np.unique(owners[order], return_index=True, return_counts=True)
        place = np.arange(len(order)) - np.repeat(starts, counts)
        taken = order[place < best]
        sums = np.zeros(len(rows), np.float64)
        np.add.at(sums, np.searchsorted(rows, owners[taken]), scores[taken])
        due = np.minimum(offsets[rows + 1] - offsets[rows], best)
        known = np.minimum(counts, due)
        floor = float(scores[-1]) if len(scores) else 0.0
        approximate = ((sums + (due - known) * floor) / due).astype(np.float32)
        first = np.lexsort((rows, -approximate))
        return rows[first].astype(np.int64), approximate[first], (known == due)[first]

    @cached_property
    def _empty(self) -> Chosen:
        """Members without vectors, ascending."""
        if self.members.offsets is None:
            return np.empty(0, np.uint32)
        return np.flatnonzero(np.diff(self.members.offsets) == 0).astype(np.uint32)

    def _finite(self, query: Floats) -> Floats:
        if query.shape != (self.width,):
            raise ValueError(f"the query has shape {query.shape}, the index holds vectors of width {self.width}")
        query = np.ascontiguousarray(query, dtype=np.float32)
        if not (np.abs(query) <= LARGEST).all():
            raise ValueError(f"the query has numbers that are not finite (NaN or infinite), or beyond {LARGEST:.0e}")
        return query


def _lists(plan: Effort, sizes: NDArray[np.int64], need: int) -> int:
    """How many lists of so many passing vectors each, nearest first, to look into at first."""
    held = np.cumsum(sizes)
    for_need = int(np.searchsorted(held, need)) + 1
    reach = plan.lists if plan.lists is not None else int(np.searchsorted(held, plan.survivors)) + 1
    return min(len(sizes), max(reach, for_need if need else 1))

"""Comparing everybody who passes a filter, first by codes that are cheap to read, then by the vectors that may matter.

Every precision narrows who is read at the next, and none loses anybody it could prove to keep:

    bits     an estimate without a bound. How wrong it is for this query is measured on the members it likes best, by
             their bytes; whoever is not `DOUBT` such errors below the k-th goes on.
    int8     no score is further than a margin from the truth (`Int8Query.margin`): whoever could be among the k best
             goes on, so that the answer is that of float32.
    float32  summed in float64 in one order everywhere, so that machines agree.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from retrieval.vectors.hits import Stage
from retrieval.vectors.kernels import Kernels
from retrieval.vectors.members import Members
from retrieval.vectors.quantisation import BitCodes, Int8Codes
from retrieval.vectors.rows import Chosen
from retrieval.vectors.selection import Floats, at_least, kth

T = TypeVar("T", bound=np.generic)
DOUBT = 4.0
"""Standard deviations of the bits' error that a member may be below the k-th best and still be looked at."""
PROBED = 3
"""Members whose bytes are read to learn the bits' error, as a multiple of k."""
FEWEST_PROBED = 256
_DENSE = 0.45  # from this share of vectors on, reading all of them in order beats fetching some
_PARALLEL = 1 << 15  # vectors below which a second thread costs more than it brings

Some: TypeAlias = Chosen | slice
"""Numbers of vectors, ascending, or a run of them: a run is read in order, which is cheaper."""
Score = Callable[[Some, Floats], None]
"""Fills in the scores of some vectors."""


@dataclass(frozen=True, kw_only=True)
class Scan:
    """What a scan reads. v: vectors, d: width. Bytes are of the vectors times `rotation` [d, d], bits of their
    first w numbers times `bit_rotation` [w, w]."""

    vectors: NDArray[np.float32]
    members: Members
    rotation: NDArray[np.float32]
    bit_rotation: NDArray[np.float32]
    int8: Int8Codes
    bits: BitCodes
    kernels: Kernels
    threads: int = 1


def read_one(
    scan: Scan, query: Floats, k: int, rows: Chosen | None, method: str
) -> tuple[NDArray[np.int64], Floats, tuple[Stage, ...]]:
    """The `k` best of `rows` (None: all), all of whom have vectors: rows and scores, best first, and what was read."""
    if not k or (scan.members.count if rows is None else len(rows)) == 0:
        return np.empty(0, np.int64), np.empty(0, np.float32), ()
    reading = Reading(scan=scan, query=query, k=k)
    found, scores = {"float32": reading.exact, "int8": reading.by_int8, "bits": reading.by_bits}[method](rows)
    return found, scores, tuple(reading.stages)


@dataclass(kw_only=True)
class Reading:
    """One query's way through the precisions: scores of members, and what was read for them."""

    scan: Scan
    query: Floats
    k: int
    stages: list[Stage] = field(default_factory=list)

    def exact(self, rows: Chosen | None) -> tuple[NDArray[np.int64], Floats]:
        """The k best of `rows` by their vectors, best first, ties by row; all of them have vectors."""
        return self._best(rows, self._float32(rows))

    def by_int8(self, rows: Chosen | None) -> tuple[NDArray[np.int64], Floats]:
        """The same, reading bytes first."""
        return self.narrow(rows, *self._int8(rows))

    def by_bits(self, rows: Chosen | None) -> tuple[NDArray[np.int64], Floats]:
        """The same, but for members whose bits are more wrong than `DOUBT` times the usual, reading bits first."""
        scan, probed = self.scan, max(FEWEST_PROBED, PROBED * self.k)
        estimates = self._bits(rows)
        if len(estimates) <= 2 * probed:
            return self.by_int8(rows)
        enough = kth(estimates, probed, scan.kernels)
        likely = at_least(estimates, enough, scan.kernels)
        scores, margin = self._int8(_take(rows, likely))
        floor = kth(scores, self.k, scan.kernels) - _doubt(scores - estimates[likely])
        if floor < enough:
            wanted = at_least(estimates, floor, scan.kernels)
            more = wanted[estimates[wanted] < enough]
            likely, scores = _merge(likely, scores, more, self._int8(_take(rows, more))[0])
        return self.narrow(_take(rows, likely), scores, margin)

    def narrow(self, rows: Chosen | None, scores: Floats, margin: float) -> tuple[NDArray[np.int64], Floats]:
        """The k best of `rows` whose `scores` are known to `margin`: read the vectors of whoever may be among them."""
        kernels = self.scan.kernels
        if len(scores) <= self.k:
            return self.exact(rows)
        enough = kth(scores, self.k, kernels)
        likely = at_least(scores, enough, kernels)
        found = self._float32(_take(rows, likely))
        floor = kth(found, self.k, kernels) - margin
        if floor < enough:
            wanted = at_least(scores, floor, kernels)
            more = wanted[scores[wanted] < enough]
            likely, found = _merge(likely, found, more, self._float32(_take(rows, more)))
        return self._best(_take(rows, likely), found)

    def _best(self, rows: Chosen | None, scores: Floats) -> tuple[NDArray[np.int64], Floats]:
        """Rows and scores of the k best, best first; equal ones in the order of rows."""
        kernels = self.scan.kernels
        if len(scores) > self.k:
            kept = at_least(scores, kth(scores, self.k, kernels), kernels)
        else:
            kept = np.arange(len(scores), dtype=np.uint32)
        order = kept[np.argsort(-scores[kept], kind="stable")[: self.k]]
        return _take(rows, order).astype(np.int64), scores[order]

    def _float32(self, rows: Chosen | None) -> Floats:
        def score(some: Some, out: Floats) -> None:
            vectors, numbers = _where(self.scan.vectors, some)
            self.scan.kernels.float_scores(vectors, self.query, numbers, out)

        return self._score("float32", rows, score)

    def _int8(self, rows: Chosen | None) -> tuple[Floats, float]:
        """Scores of members, and how far at most they are from the truth; outliers are compared by their vectors."""
        scan, codes = self.scan, self.scan.int8
        query = codes.query(self.query @ scan.rotation)

        def score(some: Some, out: Floats) -> None:
            coded, numbers = _where(codes.codes, some)
            scan.kernels.int8_scores(coded, query.numbers, query.offset, query.scale, numbers, out)
            correct(scan, codes.outliers, self.query, some, out)

        return self._score("int8", rows, score), query.margin

    def _bits(self, rows: Chosen | None) -> Floats:
        scan, codes = self.scan, self.scan.bits
        query = codes.query(self.query[: codes.width] @ scan.bit_rotation)

        def score(some: Some, out: Floats) -> None:
            records, numbers = _where(codes.records, some)
            scan.kernels.bit_scores(
                records, codes.width, query.planes, query.table, query.low, query.step, query.total, numbers, out
            )

        return self._score("bits", rows, score)

    def _fill(self, score: Score, numbers: Chosen | None, scores: Floats) -> None:
        if self.scan.threads > 1 and len(scores) >= _PARALLEL:
            _side_by_side(score, numbers, scores, self.scan.threads)
        else:
            score(slice(0, len(scores)) if numbers is None else numbers, scores)

    def _score(self, precision: str, rows: Chosen | None, score: Score) -> Floats:
        """[m] members' scores by one precision."""
        scan = self.scan
        numbers, counts = scan.members.vectors_of(rows)
        total = len(scan.vectors) if numbers is None else len(numbers)
        scores = np.empty(total, np.float32)
        self.stages.append(Stage(precision=precision, vectors=total))
        if numbers is not None and total >= _DENSE * len(scan.vectors) and total >= _PARALLEL:
            every = np.empty(len(scan.vectors), np.float32)
            self._fill(score, None, every)
            np.take(every, numbers, out=scores)
        else:
            self._fill(score, numbers, scores)
        if counts is None:
            return scores
        means = np.empty(len(counts), np.float32)
        scan.kernels.best_means(scores, counts, scan.members.best, means)
        return means


def _where(array: NDArray[T], some: Some) -> tuple[NDArray[T], Chosen | None]:
    """What a kernel is given for `some` rows of an array: the run of them, or all and which."""
    return (array[some], None) if isinstance(some, slice) else (array, some)


def correct(scan: Scan, outliers: Chosen, query: Floats, some: Some, scores: Floats) -> None:
    """Put in the true scores of those of `some` that bytes do not hold."""
    if len(outliers):
        numbers, places = _among(outliers, some)
        true = np.empty(len(numbers), np.float32)
        scan.kernels.float_scores(scan.vectors, query, numbers, true)
        scores[places] = true


def _side_by_side(score: Score, numbers: Chosen | None, scores: Floats, threads: int) -> None:
    """`score` in parts, each on a thread of its own; the kernels hold no lock."""
    runs = [slice(a, b) for a, b in pairwise(np.linspace(0, len(scores), threads + 1).astype(int).tolist())]
    with ThreadPoolExecutor(threads) as pool:
        tasks = [pool.submit(score, run if numbers is None else numbers[run], scores[run]) for run in runs]
        for task in tasks:
            task.result()


def _take(rows: Chosen | None, places: Chosen) -> Chosen:
    return places if rows is None else rows[places]


def _doubt(wrong: Floats) -> float:
    """How far above its estimate a member may be: `wrong` [m] is by how much members that were looked at are.

    They were chosen for high estimates, which are rather too high: that the mean is below 0 is no comfort for others.
    Where bits are of fewer numbers than the vectors have, what the rest adds is a mean above 0.
    """
    mean = max(0.0, float(wrong.mean(dtype=np.float64)))
    return mean + DOUBT * float(np.sqrt(np.mean((wrong - mean) ** 2, dtype=np.float64)))


def _merge(places: Chosen, scores: Floats, more: Chosen, further: Floats) -> tuple[Chosen, Floats]:
    """Two parts, each ascending by place, as one."""
    every = np.concatenate([places, more])
    order = np.argsort(every, kind="stable")
    return every[order], np.concatenate([scores, further])[order]


def _among(outliers: Chosen, some: Some) -> tuple[Chosen, NDArray[Any]]:
    """Those of `outliers` that are in `some`, and where; both ascending."""
    if isinstance(some, slice):
        inside = outliers[(outliers >= some.start) & (outliers < some.stop)]
        return inside, inside - np.uint32(some.start)
    if not len(some):
        return outliers[:0], outliers[:0]
    at = np.minimum(np.searchsorted(some, outliers), len(some) - 1)
    there = some[at] == outliers
    return outliers[there], at[there]

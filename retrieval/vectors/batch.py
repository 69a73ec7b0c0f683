"""Many queries behind one filter: every chunk of bytes is read once and compared with all of them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retrieval.vectors.hits import Stage
from retrieval.vectors.quantisation import Int8Codes, Int8Query
from retrieval.vectors.rows import Chosen
from retrieval.vectors.scan import Reading, Scan, correct, read_one
from retrieval.vectors.selection import Floats, at_least, kth

CHUNK = 32_768
"""Members compared at a time: few calls, and the scores of 32 queries stay in the processor's cache."""
_SAMPLE = 8192
_ROOM = 6
"""A query's threshold, found on a sample, is to let through so many times k."""
Found = tuple[NDArray[np.int64], Floats, tuple[Stage, ...]]


def read_many(scan: Scan, queries: list[Floats], k: int, rows: Chosen | None) -> list[Found]:
    """`read_one` for each of `queries`: the same rows and scores."""
    total = scan.members.count if rows is None else len(rows)
    if not k or not queries or total <= 2 * max(_SAMPLE, _ROOM * k):
        return [read_one(scan, query, k, rows, "int8") for query in queries]
    coded = [scan.int8.query(query @ scan.rotation) for query in queries]
    together = _Together(scan=scan, codes=scan.int8, queries=queries, coded=coded)
    sample = np.arange(0, total, total // _SAMPLE, dtype=np.uint32)
    likely = together.scores(sample if rows is None else rows[sample])
    above = -(-_ROOM * k * len(sample) // total) + 8
    thresholds = np.partition(likely, len(sample) - above, axis=1)[:, len(sample) - above]
    cuts = np.linspace(0, total, scan.threads + 1).astype(int)
    with ThreadPoolExecutor(scan.threads) as pool:
        parts = list(pool.map(lambda a, b: together.above(thresholds, rows, int(a), int(b)), cuts, cuts[1:]))
    answers = []
    read = together.vectors(rows)
    for number, query in enumerate(queries):
        places = np.concatenate([part[number][0] for part in parts])
        scores = np.concatenate([part[number][1] for part in parts])
        margin = coded[number].margin
        if len(places) < k or thresholds[number] > kth(scores, k, scan.kernels) - 2 * margin:
            answers.append(read_one(scan, query, k, rows, "int8"))  # the sample was not like the rest
            continue
        reading = Reading(scan=scan, query=query, k=k, stages=[Stage(precision="int8", vectors=read)])
        found, true = reading.narrow(places if rows is None else rows[places], scores, margin)
        answers.append((found, true, tuple(reading.stages)))
    return answers


@dataclass(frozen=True, kw_only=True)
class _Together:
    """Several queries on their way through the bytes."""

    scan: Scan
    codes: Int8Codes
    queries: list[Floats]
    coded: list[Int8Query]

    def scores(self, rows: Chosen) -> Floats:
        """[b, m] scores of members by every query."""
        numbers, counts = self.scan.members.vectors_of(rows)
        assert numbers is not None  # noqa: S101 -- of all members there would be too many
        kernels = self.scan.kernels
        scores = np.empty((len(self.queries), len(numbers)), np.float32)
        first, last = int(numbers[0]), int(numbers[-1])
        together = last - first + 1 == len(numbers)
        kernels.int8_scores_batch(
            self.codes.codes[first : last + 1] if together else self.codes.codes,
            np.stack([query.numbers for query in self.coded]),
            np.array([query.offset for query in self.coded], np.int32),
            np.array([query.scale for query in self.coded], np.float32),
            None if together else numbers,
            scores,
        )
        for query, line in zip(self.queries, scores, strict=True):
            correct(self.scan, self.codes.outliers, query, numbers, line)
        if counts is None:
            return scores
        means = np.empty((len(self.queries), len(counts)), np.float32)
        for line, mean in zip(scores, means, strict=True):
            kernels.best_means(line, counts, self.scan.members.best, mean)
        return means

    def above(self, thresholds: Floats, rows: Chosen | None, start: int, end: int) -> list[tuple[Chosen, Floats]]:
        """For every query, places in start..end of `rows` whose score is no less than its threshold, and the scores."""
        places: list[list[Chosen]] = [[] for _ in self.queries]
        kept: list[list[Floats]] = [[] for _ in self.queries]
        for first in range(start, end, CHUNK):
            last = min(end, first + CHUNK)
            some = np.arange(first, last, dtype=np.uint32) if rows is None else rows[first:last]
            for number, line in enumerate(self.scores(some)):
                at = at_least(line, float(thresholds[number]), self.scan.kernels)
                places[number].append(at + np.uint32(first))
                kept[number].append(line[at])
        return [(np.concatenate(at), np.concatenate(line)) for at, line in zip(places, kept, strict=True)]

    def vectors(self, rows: Chosen | None) -> int:
        """How many vectors the members have."""
        offsets = self.scan.members.offsets
        if offsets is None:
            return self.scan.members.count if rows is None else len(rows)
        return int(offsets[-1]) if rows is None else int((offsets[rows.astype(np.int64) + 1] - offsets[rows]).sum())

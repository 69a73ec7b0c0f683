"""The road of a search on a device: a floor from a sample, one pass over the codes, the vectors of who is left.

The k-th best true score of any passing members is a floor under the k-th best of all. No byte score is further than a
margin from the truth, so that whoever scores below floor - margin is out for certain; everybody else goes on. The last
order is that of the CPU index, by the same code, from the same vectors.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from retrieval.vectors.gpu.means import best_means
from retrieval.vectors.gpu.passes import CodedQueries, Found
from retrieval.vectors.gpu.resident import Resident
from retrieval.vectors.hits import Stage
from retrieval.vectors.quantisation import Int8Query
from retrieval.vectors.scan import Reading, Scan
from retrieval.vectors.selection import Floats

PIECE = 1 << 24
"""Members that are compared before the floors are raised again."""
_SAMPLE = 4
"""Members sampled: so many times the geometric mean of k and of those who pass, where reading the sample and looking at
who survives the floor that it gives cost about the same; and no fewer than so many times k."""

Answer = tuple[NDArray[np.int64], Floats, tuple[Stage, ...]]


@dataclass(frozen=True, kw_only=True)
class Passing:
    """Members a filter lets through, of those that have vectors, ready on the device.

    `members` int32 [m], ascending, None for all. `outliers` uint32, ascending, on the host: those of them that have a
    vector which bytes do not hold. `passing`: members the filter names, those without vectors too.
    """

    members: Tensor | None
    outliers: NDArray[np.uint32]
    passing: int
    count: int

    def __len__(self) -> int:
        return self.count if self.members is None else len(self.members)

    def some(self, start: int, stop: int) -> Tensor | range:
        """Those from place `start` up to `stop`."""
        return range(start, min(stop, len(self))) if self.members is None else self.members[start:stop]

    def host(self) -> NDArray[np.uint32] | None:
        """Their numbers on the host; None for all."""
        return None if self.members is None else self.members.cpu().numpy().astype(np.uint32)


def search(
    resident: Resident, scan: Scan, queries: list[Floats], *, k: int, passing: Passing, piece: int
) -> list[Answer]:
    """For each query the k best of `passing`, more than k of them, best first, ties by row."""
    assert scan.int8 is not None  # noqa: S101 -- there would be nothing resident
    coded = [scan.int8.query(query @ scan.rotation) for query in queries]
    roads = [
        _Road(resident=resident, scan=scan, query=query, coded=code, k=k, outliers=passing.outliers)
        for query, code in zip(queries, coded, strict=True)
    ]
    together = _on_device(coded, resident.device)
    _sample(resident, roads, together, passing)
    pieces = range(0, len(passing), piece)
    for start in pieces:
        numbers, _ = resident.vectors_of(passing.some(start, start + piece))
        thresholds = torch.tensor([road.threshold for road in roads], dtype=torch.float32, device=resident.device)
        found = resident.passes.survivors(resident.codes, numbers, together, thresholds)
        for place, (road, some) in enumerate(zip(roads, found, strict=True)):
            road.take(some, together.one(place), read=len(numbers))
    return [road.end() for road in roads]


@dataclass(kw_only=True)
class _Road:
    """One query's way: the members that may be among the k best (int64), their byte scores, and the floor."""

    resident: Resident
    scan: Scan
    query: Floats
    coded: Int8Query
    k: int
    outliers: NDArray[np.uint32]
    floor: float = -np.inf
    bytes_read: int = 0

    def __post_init__(self) -> None:
        device = self.resident.device
        self.on_device = torch.from_numpy(self.query.copy()).to(device)
        self.members = torch.empty(0, dtype=torch.int64, device=device)
        self.scores = torch.empty(0, dtype=torch.float32, device=device)

    @property
    def best(self) -> int:
        return self.scan.members.best

    @property
    def threshold(self) -> float:
        """The least byte score, a float32, that may belong to one of the k best."""
        return below(self.floor - self.coded.margin)

    def raise_floor(self, members: Tensor, scores: Tensor) -> None:
        """By the true scores of the k that look best of some members, k or more."""
        likely = members[scores.topk(self.k).indices]
        if self.resident.vectors is not None:
            true = self.resident.float_scores(likely, self.on_device, self.best)
            floor = float(true.min()) - self.resident.slack(self.query)
        else:
            _, read = Reading(scan=self.scan, query=self.query, k=self.k).exact(_rows(likely.sort().values))
            floor = float(read[-1])
        self.floor = max(self.floor, floor)

    def take(self, found: Found, coded: CodedQueries, *, read: int) -> None:
        """Add who survived a pass over `read` vectors, and forget who can no longer be among the best."""
        self.bytes_read += read
        members, scores = self.resident.members_of(found.numbers), found.scores
        if self.resident.offsets is not None:
            numbers, counts = self.resident.vectors_of(members)
            assert counts is not None  # noqa: S101 -- there are offsets
            scores = best_means(self.resident.passes.scores(self.resident.codes, numbers, coded), counts, self.best)[0]
            self.bytes_read += len(numbers)
        self.members = torch.cat([self.members, members])
        self.scores = torch.cat([self.scores, scores])
        if len(self.members) > self.k:
            self.raise_floor(self.members, self.scores)
        keep = self.scores >= self.threshold
        self.members, self.scores = self.members[keep], self.scores[keep]

    def end(self) -> Answer:
        """The k best by their vectors."""
        members, scores = self.members, self.scores
        stages = [Stage(precision="int8", vectors=self.bytes_read)]
        if len(self.outliers):
            # what bytes say of these is wrong: they go on whatever it is
            apart = torch.from_numpy(self.outliers.astype(np.int64)).to(members.device)
            usual = ~torch.isin(members, apart)
            members = torch.cat([members[usual], apart])
            scores = torch.cat([scores[usual], torch.full((len(apart),), torch.inf, device=scores.device)])
        if self.resident.vectors is not None and len(members) > self.k:
            true = self.resident.float_scores(members, self.on_device, self.best)
            stages.append(Stage(precision=f"float32 on {self.resident.device.type}", vectors=len(members)))
            least = float(true.topk(self.k).values[-1]) - 2 * self.resident.slack(self.query)
            members = members[true >= below(least)]
            scores = torch.full((len(members),), torch.inf, device=scores.device)
        order = members.argsort()
        reading = Reading(scan=self.scan, query=self.query, k=self.k, stages=stages)
        rows, found = reading.narrow(_rows(members[order]), scores[order].cpu().numpy(), self.coded.margin)
        return rows, found, tuple(stage for stage in reading.stages if stage.vectors)


def below(score: float) -> float:
    """The nearest float32 that is not above `score`."""
    near = np.float32(score)
    return float(np.nextafter(near, np.float32(-np.inf)) if near > score else near)


def _sample(resident: Resident, roads: list[_Road], together: CodedQueries, passing: Passing) -> None:
    """Give every query a floor from members taken at even distances, outliers as they come."""
    k = roads[0].k
    size = min(len(passing), max(_SAMPLE * k, int(_SAMPLE * (k * len(passing)) ** 0.5)))
    places = torch.arange(size, device=resident.device) * len(passing) // size
    members = places.to(torch.int32) if passing.members is None else passing.members[places]
    numbers, counts = resident.vectors_of(members)
    scores = resident.passes.scores(resident.codes, numbers, together)
    if counts is not None:
        scores = best_means(scores, counts, roads[0].best)
    for road, line in zip(roads, scores, strict=True):
        road.raise_floor(members.to(torch.int64), line)
        road.bytes_read += len(numbers)


def _on_device(coded: list[Int8Query], device: torch.device) -> CodedQueries:
    return CodedQueries(
        numbers=torch.from_numpy(np.stack([query.numbers for query in coded])).to(device),
        scales=torch.tensor([query.scale for query in coded], dtype=torch.float32, device=device),
    )


def _rows(members: Tensor) -> NDArray[np.uint32]:
    return members.cpu().numpy().astype(np.uint32)

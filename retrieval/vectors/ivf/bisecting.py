"""Bisecting k-means: the worst cluster is cut in two until there are k.

M. Steinbach, G. Karypis, V. Kumar, "A comparison of document clustering techniques", KDD workshop on text mining, 2000.
A cut looks at every point of one cluster a few times, so k clusters of n points cost n log k, not n k as in k-means.
"""

from __future__ import annotations

from dataclasses import dataclass
from heapq import heappop, heappush
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Worst = Literal["inertia", "size"]

_LOOKED_AT = 512  # points of a cluster that decide where to cut it
_POWER = 1  # step towards the direction of most variance, where the cut begins
_ROUNDS = 6  # of 2-means from there


@dataclass(frozen=True)
class _Cluster:
    """Points `start:end` of one of the two buffers; its mean and summed squared distance to it."""

    buffer: int
    start: int
    end: int
    mean: Floats
    inertia: float


def bisecting(points: Floats, k: int, *, seed: int = 0, worst: Worst = "inertia") -> Floats:
    """Means [k', d] of `points` [n, d] cut into k' <= k clusters, none of them empty; fewer than k only where there
    are fewer than k different points.

    `worst` is what is cut next: the cluster with the largest inertia, or the largest one (lists of more equal length,
    slightly further from their points). The same points and seed give the same means.

    Raises: ValueError where there is nothing to cut.
    """
    if k < 1 or not len(points):
        raise ValueError(f"{len(points)} points cannot make {k} clusters; give at least one of each")
    random = np.random.default_rng(seed)
    cutter = _Cutter(points)
    heap: list[tuple[float, int, _Cluster]] = []
    done: list[tuple[int, _Cluster]] = []
    _push(heap, 0, cutter.whole(), worst)
    made = 1
    while heap and len(heap) + len(done) < k:
        _, number, cluster = heappop(heap)
        parts = cutter.cut(cluster, random)
        if parts is None:  # all its points are one
            done.append((number, cluster))
            continue
        for part in parts:
            _push(heap, made, part, worst)
            made += 1
    found = sorted([*done, *((number, cluster) for _, number, cluster in heap)], key=lambda entry: entry[0])
    return np.stack([cluster.mean for _, cluster in found])


def _push(heap: list[tuple[float, int, _Cluster]], number: int, cluster: _Cluster, worst: Worst) -> None:
    size = cluster.end - cluster.start
    # One that cannot be cut goes last under either measure.
    badness = (cluster.inertia if worst == "inertia" else size) if size > 1 else 0.0
    heappush(heap, (-float(badness), number, cluster))


class _Cutter:
    """Two buffers that clusters go to and fro between, so that the points of each stand together in memory."""

    def __init__(self, points: Floats) -> None:
        first = np.array(points, dtype=np.float32, order="C")
        self._points = (first, np.empty_like(first))
        squares = np.einsum("nd,nd->n", first, first, dtype=np.float64)
        self._squares = (squares, np.empty_like(squares))

    def whole(self) -> _Cluster:
        return self._cluster(0, 0, len(self._points[0]))

    def cut(self, cluster: _Cluster, random: np.random.Generator) -> tuple[_Cluster, _Cluster] | None:
        """Two clusters that are not empty; None where all points are the same."""
        points = self._points[cluster.buffer][cluster.start : cluster.end]
        if len(points) < 2:
            return None
        across, at = _border(points, cluster.mean, random)
        side = points @ across > at
        upper = int(np.count_nonzero(side))
        if not 0 < upper < len(points):  # 2-means of some of them found no cut
            side = (points == points[0]).all(axis=1)
            upper = int(np.count_nonzero(side))
            if upper == len(points):
                return None
        middle = cluster.start + upper
        other = 1 - cluster.buffer
        for held in (self._points, self._squares):
            whole = held[cluster.buffer][cluster.start : cluster.end]
            np.compress(side, whole, axis=0, out=held[other][cluster.start : middle])
            np.compress(~side, whole, axis=0, out=held[other][middle : cluster.end])
        return self._cluster(other, cluster.start, middle), self._cluster(other, middle, cluster.end)

    def _cluster(self, buffer: int, start: int, end: int) -> _Cluster:
        points = self._points[buffer][start:end]
        mean = np.asarray(_sum(points) / len(points), dtype=np.float32)
        inertia = self._squares[buffer][start:end].sum() - len(points) * float(mean @ mean.astype(np.float64))
        return _Cluster(buffer, start, end, mean, max(0.0, float(inertia)))


def _border(points: Floats, mean: Floats, random: np.random.Generator) -> tuple[Floats, float]:
    """Direction and place of the cut: 2-means of some of the points, begun across the direction they vary most in."""
    some = points
    if len(points) > _LOOKED_AT:
        some = points[np.sort(random.choice(len(points), _LOOKED_AT, replace=False))]
    across: Floats = random.standard_normal((points.shape[1],), dtype=np.float32)
    for _ in range(_POWER):
        along = some @ across
        across = np.matmul(along - along.mean(), some)  # as with centred points
        length = np.linalg.norm(across)
        if length == 0:
            break
        across = (across / length).astype(np.float32)
    at = float(mean @ across)
    total = _sum(some)
    for _ in range(_ROUNDS):
        side = some @ across > at
        size = int(np.count_nonzero(side))
        if not 0 < size < len(some):
            break
        upper = side.astype(np.float32) @ some
        first, second = upper / size, (total - upper) / (len(some) - size)
        across = (first - second).astype(np.float32)
        at = float(across @ (first + second)) / 2
    return across, at


def _sum(points: Floats) -> Floats:
    total: Floats = np.ones(len(points), np.float32) @ points
    return total

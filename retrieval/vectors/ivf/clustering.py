"""The lists of an inverted file: centres of clusters of the vectors it is trained on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from retrieval.vectors.ivf.bisecting import Worst, bisecting
from retrieval.vectors.ivf.faiss_library import faiss_library
from retrieval.vectors.ivf.nearest import nearest

Method = Literal["bisecting", "bisecting-even", "kmeans"]
"""How: cutting the cluster that is worst by inertia, or the largest one; or faiss's k-means from points at random."""

_REFILLS = 4
_ROUNDS: dict[Method, int] = {"bisecting": 1, "bisecting-even": 1, "kmeans": 8}

Floats = NDArray[np.float32]


@dataclass(frozen=True, kw_only=True)
class Clusters:
    """n: points, l: clusters, d: width. `centroids` [l, d]; `lists` int32 [n], each point's nearest centroid, none of
    which is without points; `squared` [n], squared distances to them; `notes` say where the wish was not followed."""

    centroids: Floats
    lists: NDArray[np.int32]
    squared: Floats
    notes: tuple[str, ...] = ()

    @property
    def inertia(self) -> float:
        """Sum of squared distances of the points to their nearest centroid."""
        return float(self.squared.sum(dtype=np.float64))

    @property
    def sizes(self) -> NDArray[np.int64]:
        """Points [l] of each cluster."""
        return np.bincount(self.lists, minlength=len(self.centroids))


def cluster(
    points: Floats, k: int, *, method: Method = "bisecting", rounds: int | None = None, seed: int = 0
) -> Clusters:
    """`points` [n, d] in `k` clusters; in fewer, with a note, where there are fewer different points.

    `rounds` of k-means compare each point with each centroid: after bisecting 1 where nothing is said, which makes up
    for most of what cutting in two by two loses; of k-means alone 8. The same points, seed and number of threads give
    the same clusters.

    Raises: ValueError where there are no points or `method` is unknown; FaissMissing for k-means without faiss.
    """
    if method not in get_args(Method):
        raise ValueError(f"there is no clustering {method!r}; there is: {', '.join(get_args(Method))}")
    if k < 1 or not len(points):
        raise ValueError(f"{len(points)} points cannot make {k} clusters; give at least one of each")
    points = np.ascontiguousarray(points, dtype=np.float32)
    wanted = min(k, len(points))
    rounds = _ROUNDS[method] if rounds is None else rounds
    if rounds < (method == "kmeans"):
        raise ValueError(f"{method} in {rounds} rounds: give 1 or more, or None (after bisecting 0 will do)")
    if method == "kmeans":
        found = _assigned(points, _kmeans(points, wanted, rounds, seed))
    else:
        worst: Worst = "inertia" if method == "bisecting" else "size"
        found = _assigned(points, bisecting(points, wanted, seed=seed, worst=worst))
        for _ in range(rounds):
            found = _assigned(points, _means(points, found))
    for _ in range(_REFILLS):
        if len(found.centroids) == wanted:
            break
        found = _without_empty(_refilled(points, found, wanted, seed))
    if len(found.centroids) == k:
        return found
    note = f"{len(found.centroids)} lists instead of {k}: of {len(points)} vectors to train on, more would be empty"
    return Clusters(centroids=found.centroids, lists=found.lists, squared=found.squared, notes=(note,))


def _assigned(points: Floats, centroids: Floats) -> Clusters:
    lists, squared = nearest(centroids, points)
    return _without_empty(Clusters(centroids=centroids, lists=lists, squared=squared))


def _means(points: Floats, clusters: Clusters) -> Floats:
    """[l, d] of the points in each cluster."""
    order = np.argsort(clusters.lists, kind="stable")
    sums = np.add.reduceat(points[order], np.cumsum(clusters.sizes) - clusters.sizes, axis=0)
    return np.asarray(sums / clusters.sizes[:, None], dtype=np.float32)


def _kmeans(points: Floats, k: int, rounds: int, seed: int) -> Floats:
    faiss = faiss_library()
    # Its minimum of points a centroid would print a warning, its maximum would take a sample of the sample.
    kmeans = faiss.Kmeans(
        points.shape[1],
        k,
        niter=rounds,
        seed=seed,
        min_points_per_centroid=1,
        max_points_per_centroid=max(1, len(points)),
    )
    kmeans.train(points)
    centroids: Floats = kmeans.centroids
    return centroids


def _refilled(points: Floats, clusters: Clusters, k: int, seed: int) -> Clusters:
    """Up to `k` clusters, the worst ones being cut in two. A point of another cluster may move to a new centroid, never
    to another old one, so it is compared with new ones only."""
    count = len(clusters.centroids)
    inertia = np.bincount(clusters.lists, weights=clusters.squared, minlength=count)
    cut = np.flatnonzero(inertia > 0)
    cut = cut[np.argsort(-inertia[cut], kind="stable")[: k - count]]
    if not len(cut):
        return clusters
    halves = np.concatenate([bisecting(points[clusters.lists == number], 2, seed=seed) for number in cut])
    kept = np.setdiff1d(np.arange(count), cut)
    centroids = np.concatenate([clusters.centroids[kept], halves])
    lists, squared = np.empty_like(clusters.lists), clusters.squared.copy()
    moved = np.isin(clusters.lists, cut)
    lists[moved], squared[moved] = nearest(centroids, points[moved])
    renumbered = np.full(count, -1, np.int32)
    renumbered[kept] = np.arange(len(kept), dtype=np.int32)
    stay = ~moved
    old = renumbered[clusters.lists[stay]]
    new, distance = nearest(halves, points[stay])
    closer = distance < squared[stay]
    lists[stay] = np.where(closer, new + len(kept), old)
    squared[stay] = np.where(closer, distance, squared[stay])
    return Clusters(centroids=centroids, lists=lists, squared=squared)


def _without_empty(clusters: Clusters) -> Clusters:
    """Whoever is nearest to no point is left out; that changes no point's nearest."""
    some = clusters.sizes > 0
    renumbered = np.cumsum(some, dtype=np.int32) - np.int32(1)
    return Clusters(
        centroids=np.ascontiguousarray(clusters.centroids[some]),
        lists=renumbered[clusters.lists],
        squared=clusters.squared,
    )

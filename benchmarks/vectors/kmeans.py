"""How lists of an inverted file are best made: bisecting k-means, plain k-means, and scikit-learn's bisecting k-means.

    python benchmarks/vectors/kmeans.py [--rows N] [--points N] [--lists K] [--sklearn] [--json]

Each clusters the same sample; what indexes are built with is bisecting, one round of k-means, and lists that are empty
made anew. Then every vector goes to its nearest centroid, and a query looks into the lists of the
nearest centroids. Recall is the share of the true best 100 that lie in those lists: of codes or refining nothing is
asked here. At equal numbers of lists it favours lists of unequal length, whose long ones hold more; so the share of
all vectors that is read stands beside it.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import gettempdir

import faiss
import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import BisectingKMeans

from benchmarks.vectors.clusters import synthetic
from benchmarks.vectors.dataset import Dataset
from retrieval.vectors.ivf import bisecting, cluster, sample
from retrieval.vectors.ivf.nearest import nearest

Floats = NDArray[np.float32]
BEST = 100
PROBES = (1, 4, 16, 64)


@dataclass(frozen=True, kw_only=True)
class Row:
    """One way of clustering. `cpu` seconds for the centroids; `inertia` per vector of all; `spread`, standard deviation
    of the lists' lengths over their mean; `longest` over their mean; `recall` and `read`, shares by lists looked into.
    """

    name: str
    cpu: float
    wall: float
    lists: int
    empty: int
    inertia: float
    spread: float
    longest: float
    recall: dict[int, float]
    read: dict[int, float]


def measured(name: str, make: Callable[[], Floats], data: Dataset, truth: NDArray[np.int64]) -> Row:
    """Cluster, and look at the lists that come of it."""
    cpu, wall = time.process_time(), time.perf_counter()
    centroids = make()
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    lists, squared = nearest(centroids, data.vectors)
    sizes = np.bincount(lists, minlength=len(centroids))
    ranks = np.empty(len(centroids), np.int64)
    recall, read = dict.fromkeys(PROBES, 0.0), dict.fromkeys(PROBES, 0.0)
    for query, best in zip(data.queries, truth, strict=True):
        order = np.argsort(-(centroids @ query), kind="stable")
        ranks[order] = np.arange(len(order))
        for probes in PROBES:
            recall[probes] += float((ranks[lists[best]] < probes).mean()) / len(truth)
            read[probes] += float(sizes[order[:probes]].sum() / len(lists)) / len(truth)
    return Row(
        name=name,
        cpu=cpu,
        wall=wall,
        lists=len(centroids),
        empty=int((sizes == 0).sum()),
        inertia=float(squared.mean()),
        spread=float(sizes.std() / sizes.mean()),
        longest=float(sizes.max() / sizes.mean()),
        recall=recall,
        read=read,
    )


def true_best(data: Dataset) -> NDArray[np.int64]:
    """[q, 100] by comparing all."""
    products = data.queries @ np.asarray(data.vectors).T
    return np.argpartition(-products, BEST, axis=1)[:, :BEST]


def plain(points: Floats, lists: int, rounds: int) -> Floats:
    """faiss's k-means of so many rounds over all the points, from any of them."""
    limits = {"min_points_per_centroid": 1, "max_points_per_centroid": len(points)}
    kmeans = faiss.Kmeans(points.shape[1], lists, niter=rounds, seed=0, **limits)
    kmeans.train(points)
    centroids: Floats = kmeans.centroids
    return centroids


def theirs(points: Floats, lists: int, strategy: str) -> Floats:
    """scikit-learn's."""
    fitted = BisectingKMeans(lists, random_state=0, bisecting_strategy=strategy, max_iter=10).fit(points)
    return np.asarray(fitted.cluster_centers_, dtype=np.float32)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--points", type=int, default=100_000, help="vectors in the sample")
    parser.add_argument("--lists", type=int, default=1024)
    parser.add_argument("--queries", type=int, default=500)
    parser.add_argument("--rounds", type=int, nargs="+", default=[1, 2, 4, 8], help="of k-means")
    parser.add_argument("--sklearn", action="store_true", help="scikit-learn too, which takes longest")
    parser.add_argument("--folder", type=Path, default=Path(gettempdir()) / "shortlist-vectors")
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    data = synthetic(chosen.folder, rows=chosen.rows, queries=chosen.queries, progress=lambda *_: None)
    points = sample([data.vectors], chosen.points)
    truth = true_best(data)
    ways: dict[str, Callable[[], Floats]] = {
        "bisecting": lambda: bisecting(points, chosen.lists),
        "bisecting, largest first": lambda: bisecting(points, chosen.lists, worst="size"),
        "bisecting, as built with": lambda: cluster(points, chosen.lists).centroids,
        **{f"k-means, {n} rounds": lambda n=n: plain(points, chosen.lists, n) for n in chosen.rounds},  # type: ignore[misc]
    }
    if chosen.sklearn:
        ways["scikit-learn, worst"] = lambda: theirs(points, chosen.lists, "biggest_inertia")
        ways["scikit-learn, largest"] = lambda: theirs(points, chosen.lists, "largest_cluster")
    rows = []
    for name, make in ways.items():
        row = measured(name, make, data, truth)
        rows.append(row)
        if not chosen.json:
            _print(row, first=len(rows) == 1)
    if chosen.json:
        print(json.dumps([asdict(row) for row in rows], indent=1))


def _print(row: Row, *, first: bool) -> None:
    if first:
        heads = "".join(f"  recall@{probes} (read)" for probes in PROBES)
        print(f"{'':26}{'CPU s':>7}{'lists':>7}{'empty':>7}{'inertia':>9}{'spread':>8}{'longest':>9}{heads}")
    found = "".join(f"  {row.recall[probes]:9.3f} ({row.read[probes]:.3f})" for probes in PROBES)
    print(
        f"{row.name:26}{row.cpu:7.2f}{row.lists:7}{row.empty:7}{row.inertia:9.4f}{row.spread:8.2f}{row.longest:9.1f}"
        f"{found}",
        flush=True,
    )


if __name__ == "__main__":
    main()

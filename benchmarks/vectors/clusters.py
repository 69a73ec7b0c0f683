"""Invented vectors that behave like embeddings: clusters of clusters, most of the variance in the leading numbers, each
cluster stretched its own way. With filters that know nothing of the clusters, and filters that live in some of them.

Every chunk of rows has its own seed, so rows do not depend on how many are written at a time.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.vectors.dataset import SHARES, Dataset, Filter
from offline.growing_array import GrowingArray

Progress = Callable[[str, int, int | None], None]
CLUSTERS, REGIONS = 2000, 40
CHUNK = 50_000
NOISE, AXES = 0.9, 0.8
INSIDE = 0.8  # of the rows that a "cor" filter passes, in the clusters that it is about
VERSION = 1


@dataclass(frozen=True, kw_only=True)
class Shape:
    """Where clusters lie. c: clusters, d: width. `centres` [c, d], `axes` [c, d] how far they reach each way, `decay`
    [d] of the variance, `weights` [c] shares of rows."""

    centres: NDArray[np.float32]
    axes: NDArray[np.float32]
    decay: NDArray[np.float32]
    weights: NDArray[np.float64]

    def draw(self, chance: np.random.Generator, clusters: NDArray[np.int64]) -> NDArray[np.float32]:
        """[m, d] vectors of length 1, one of each cluster named."""
        made = chance.standard_normal((len(clusters), len(self.decay)), dtype=np.float32)
        made *= NOISE * self.decay
        made *= self.axes[clusters]
        made += self.centres[clusters]
        made /= np.linalg.norm(made, axis=1, keepdims=True)
        return made


def shape(chance: np.random.Generator, *, width: int) -> Shape:
    """Throw the clusters."""
    decay = (1 / np.sqrt((1 + np.arange(width) / 10) ** 1.2)).astype(np.float32)
    regions = chance.standard_normal((REGIONS, width)).astype(np.float32) * decay
    centres = chance.standard_normal((CLUSTERS, width)).astype(np.float32) * decay
    centres = np.float32(0.7) * (centres + regions[chance.integers(0, REGIONS, CLUSTERS)])
    axes = np.exp(AXES * chance.standard_normal((CLUSTERS, width))).astype(np.float32)
    axes /= np.sqrt((axes**2).mean(axis=1, keepdims=True))
    return Shape(centres=centres, axes=axes, decay=decay, weights=chance.dirichlet(np.ones(CLUSTERS)))


def independent(chance: np.random.Generator, *, rows: int, share: float) -> NDArray[np.bool_]:
    """[n] each row passes with probability `share`."""
    return chance.random(rows) < share


def correlated(
    chance: np.random.Generator, *, clusters: NDArray[np.int64], weights: NDArray[np.float64], share: float
) -> NDArray[np.bool_]:
    """[n] `share` of the rows: most of them in clusters that hold about that share, the others anywhere else."""
    order = chance.permutation(len(weights))
    enough = int(np.searchsorted(np.cumsum(weights[order]), max(share, 0.002)))
    chosen = np.zeros(len(weights), np.bool_)
    chosen[order[: max(1, enough)]] = True
    inside = chosen[clusters]
    within = min(1.0, INSIDE * share * len(clusters) / max(1, int(inside.sum())))
    without = (1 - INSIDE) * share / max(1e-9, 1 - float(inside.mean()))
    return chance.random(len(clusters)) < np.where(inside, within, without)


def synthetic(folder: Path, *, rows: int, width: int = 384, queries: int, seed: int = 0, progress: Progress) -> Dataset:
    """The vectors of these numbers: made where they are not yet in `folder`, else mapped."""
    folder = folder / f"clusters-{rows}x{width}-{seed}"
    folder.mkdir(parents=True, exist_ok=True)
    made = folder / "made.json"
    facts = {"version": VERSION, "rows": rows, "width": width, "queries": queries, "seed": seed}
    if not made.is_file() or json.loads(made.read_text()) != facts:
        _make(folder, rows=rows, width=width, queries=queries, seed=seed, progress=progress)
        made.write_text(json.dumps(facts))
    filters = []
    for percent in SHARES:
        for kind in ("ind", "cor"):
            empty = Filter(kind=kind, percent=percent, mask=np.zeros(0, np.bool_))
            bits = np.load(folder / f"filter_{empty.key}.npy")
            filters.append(Filter(kind=kind, percent=percent, mask=np.unpackbits(bits, count=rows).astype(np.bool_)))
    return Dataset(
        name=f"{rows:,} x {width} in clusters",
        folder=folder,
        vectors=np.load(folder / "vectors.npy", mmap_mode="r"),
        queries=np.load(folder / "queries.npy"),
        filters=tuple(filters),
    )


def _make(folder: Path, *, rows: int, width: int, queries: int, seed: int, progress: Progress) -> None:
    form = shape(np.random.default_rng((seed, 0)), width=width)
    clusters = np.random.default_rng((seed, 1)).choice(CLUSTERS, rows, p=form.weights)
    with GrowingArray(folder / "vectors.npy", width=width) as file:
        for start in range(0, rows, CHUNK):
            progress("inventing vectors", start, rows)
            file.append(form.draw(np.random.default_rng((seed, 2, start)), clusters[start : start + CHUNK]))
    progress("inventing vectors", rows, rows)
    chance = np.random.default_rng((seed, 3))
    np.save(folder / "queries.npy", form.draw(chance, chance.choice(CLUSTERS, queries, p=form.weights)))
    chance = np.random.default_rng((seed, 4))
    for percent in SHARES:
        share = percent / 100
        masks = {
            "ind": independent(chance, rows=rows, share=share),
            "cor": correlated(chance, clusters=clusters, weights=form.weights, share=share),
        }
        for kind, mask in masks.items():
            np.save(folder / f"filter_{Filter(kind=kind, percent=percent, mask=mask).key}.npy", np.packbits(mask))
    for old in folder.glob("truth_*.npy"):
        old.unlink()

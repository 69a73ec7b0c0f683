"""How far to look for a wanted recall: learnt from queries that the index was not trained on.

A filter leaves a smaller population. So what is learnt is told in shares: to find `recall` of the best share `q` of a
population, which share of it must be looked at, nearest lists first, and how many of the best by code must be compared
in full. It is learnt on a sample, and holds for a filter as far as those who pass are like a sample of all; for one
that goes with the vectors it is a guess.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from retrieval.vectors.ivf.model import IvfPqModel
from retrieval.vectors.ivf.part import encode
from retrieval.vectors.kernels import default
from retrieval.vectors.members import Members

Floats = NDArray[np.float32]

RECALLS = (0.5, 0.7, 0.8, 0.9, 0.95, 0.975, 0.99, 0.995, 1.0)
_SHARES = (1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 1e-1, 3e-1, 1.0)
_FEWEST = 5  # members that a share must come to, to be learnt from
_TOGETHER = 32  # queries multiplied at a time


@dataclass(frozen=True, kw_only=True)
class Calibration:
    """s: shares, ascending, t: recalls as in `RECALLS`. For the best `shares[i]` of a population: `reach[i][j]`, the
    share of it in the nearest lists that hold `RECALLS[j]` of them; `depth[i][j]`, how many times their number the best
    by code are among which `RECALLS[j]` of them are. `members` and `queries` were learnt from."""

    shares: tuple[float, ...]
    reach: tuple[tuple[float, ...], ...]
    depth: tuple[tuple[float, ...], ...]
    members: int
    queries: int

    def reach_for(self, recall: float, *, share: float) -> float:
        """Share of those who pass that has to be looked at for the best `share` of them, 0 to 1."""
        return self._at(self.reach, recall, share)

    def depth_for(self, recall: float, *, share: float) -> float:
        """Candidates to compare in full, as a multiple of the number sought; from 1."""
        return max(1.0, self._at(self.depth, recall, share))

    def _at(self, table: tuple[tuple[float, ...], ...], recall: float, share: float) -> float:
        """The next higher recall; between shares in proportion to their logarithm, beyond them as at the last."""
        column = int(np.searchsorted(RECALLS, min(recall, 1.0) - 1e-9))
        values = [row[column] for row in table]
        return float(np.interp(np.log(max(share, 1e-12)), np.log(self.shares), values))

    def as_json(self) -> dict[str, object]:
        """For the manifest."""
        return asdict(self)


def calibrate(model: IvfPqModel, vectors: Floats, queries: Floats, *, members: Members) -> Calibration:
    """From `vectors` [v, d] of a sample of members, and `queries` [b, d] that are none of them.

    Best are queries as they will come. Compares every query with every vector: b * v * d multiplications, twice.

    Raises: ValueError where there are no queries or no members with vectors.
    """
    offsets = np.arange(len(vectors) + 1) if members.offsets is None else members.offsets
    counts = np.diff(offsets)
    some = np.flatnonzero(counts)  # of members
    if not len(queries) or not len(some):
        raise ValueError(f"{len(queries)} queries and {len(some)} members with vectors: calibrating takes both")
    owned = _Owned(starts=offsets[some], counts=counts[some], best=members.best)
    part = encode(model, vectors, ids=np.arange(len(vectors), dtype=np.int64))
    decoded = model.decode(part.lists, part.codes)
    sizes = np.bincount(part.lists, minlength=model.lists)
    shares = [share for share in _SHARES if share * len(some) >= _FEWEST] or [1.0]
    tops = [max(1, round(share * len(some))) for share in shares]
    looked: list[list[NDArray[np.float64]]] = [[] for _ in shares]
    ranked: list[list[NDArray[np.float64]]] = [[] for _ in shares]
    for start in range(0, len(queries), _TOGETHER):
        batch = np.ascontiguousarray(queries[start : start + _TOGETHER].T)
        for near, exact, coded in zip(
            (model.centroids @ batch).T, (vectors @ batch).T, (decoded @ batch).T, strict=True
        ):
            order = np.argsort(-near, kind="stable")
            seen = np.empty(model.lists)
            seen[order] = np.cumsum(sizes[order]) / len(vectors)  # share looked at once the list has been
            found = owned.found(exact, seen[part.lists])
            truth = np.argsort(-owned.scores(exact), kind="stable")
            guess = np.empty(len(some))
            guess[np.argsort(-owned.scores(coded), kind="stable")] = np.arange(1, len(some) + 1)
            for place, top in enumerate(tops):
                looked[place].append(found[truth[:top]])
                ranked[place].append(guess[truth[:top]] / top)
    return Calibration(
        shares=tuple(top / len(some) for top in tops),
        reach=tuple(_quantiles(values) for values in looked),
        depth=tuple(_quantiles(values) for values in ranked),
        members=len(some),
        queries=len(queries),
    )


@dataclass(frozen=True, kw_only=True)
class _Owned:
    """Whose vectors are whose: `counts` [g] from `starts` [g] on, of which `best` score."""

    starts: NDArray[np.int64]
    counts: NDArray[np.int64]
    best: int

    def scores(self, products: Floats) -> Floats:
        """Of members [g], from inner products [v]."""
        scores = np.empty(len(self.counts), np.float32)
        default().best_means(np.ascontiguousarray(products), self.counts.astype(np.uint32), self.best, scores)
        return scores

    def found(self, products: Floats, seen: NDArray[np.float64]) -> NDArray[np.float64]:
        """When all the vectors that score have been `seen` [v]: by fewer of them a member would seem less good."""
        if int(self.counts.max()) == 1:
            return seen
        owners = np.repeat(np.arange(len(self.counts)), self.counts)
        order = np.lexsort((-products, owners))  # member after member, its best first
        place = np.arange(len(order)) - np.repeat(np.cumsum(self.counts) - self.counts, self.counts)
        latest: NDArray[np.float64] = np.maximum.reduceat(
            np.where(place < self.best, seen[order], 0.0), np.cumsum(self.counts) - self.counts
        )
        return latest


def _quantiles(values: list[NDArray[np.float64]]) -> tuple[float, ...]:
    found = np.quantile(np.concatenate(values), RECALLS, method="higher")
    return tuple(float(f"{value:.5g}") for value in np.nextafter(found, np.inf))

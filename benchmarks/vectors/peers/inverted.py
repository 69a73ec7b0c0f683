"""faiss inverted lists: IVF-SQ8, IVFPQ and IVF-RaBitQ, each rescored in float32.

The filter is asked inline, while lists are scanned, or applied to what came of an unfiltered search (`post`). Each
kind is built twice, with about sqrt(n) and 4 sqrt(n) lists, and searched in whichever answers faster.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.vectors.dataset import Dataset, Filter
from benchmarks.vectors.peers.faiss_vectors import Refine, faiss, selector
from benchmarks.vectors.peers.peer import Built, Found, Setting, built_once

POINTS = 64  # a list to train on; faiss asks for 39 at least
PROBES = (8, 16, 32, 64, 128, 256, 512, 1024)
INLINE = {"SQ8": (2,), "PQ": (2, 5, 10, 25), "RaBitQ": (2, 5, 10, 25)}
"""Candidates to rescore, as a multiple of k."""
POST = (1, 2, 5, 10, 25, 50, 100, 250, 500)
SPARE = 5  # times as many candidates as would do if the filter knew nothing of the vectors


def list_counts(rows: int) -> tuple[int, int]:
    """The powers of two next to sqrt(n) and 4 sqrt(n)."""
    few = 2 ** max(3, round(math.log2(math.sqrt(rows))))
    return few, 4 * few


@dataclass(frozen=True, kw_only=True)
class Lists:
    """Indexes of one kind by their number of lists; shared by the inline and the post-filter peer."""

    kind: str
    indexes: dict[int, Any]
    built: dict[int, Built]

    @classmethod
    def open(cls, dataset: Dataset, kind: str) -> Lists:
        """Built where they are not there yet."""
        indexes, built = {}, {}
        for count in list_counts(dataset.rows):
            path = dataset.folder / f"ivf{count}-{kind.lower()}.faiss"
            built[count] = built_once(path.with_suffix(".json"), make=partial(_make, dataset, kind, count, path))
            indexes[count] = faiss.read_index(str(path))
        return cls(kind=kind, indexes=indexes, built=built)


def _make(dataset: Dataset, kind: str, lists: int, path: Path) -> int:
    """Train on a sample and add everything. The same bytes a row as ours for PQ: one for each 6 numbers."""
    width = dataset.width
    quantizer = faiss.IndexFlatIP(width)
    product_ = faiss.METRIC_INNER_PRODUCT
    if kind == "SQ8":
        index = faiss.IndexIVFScalarQuantizer(quantizer, width, lists, faiss.ScalarQuantizer.QT_8bit, product_)
    elif kind == "PQ":
        index = faiss.IndexIVFPQ(quantizer, width, lists, width // 6 if width % 6 == 0 else width // 4, 8, product_)
    else:
        index = faiss.IndexIVFRaBitQ(quantizer, width, lists, product_)
    points = min(dataset.rows, POINTS * max(lists, 256))  # a product quantizer has 256 centroids a part
    sample = np.random.default_rng(1).choice(dataset.rows, points, replace=False)
    index.train(np.ascontiguousarray(dataset.vectors[np.sort(sample)]))
    for start in range(0, dataset.rows, 100_000):
        index.add(np.ascontiguousarray(dataset.vectors[start : start + 100_000]))
    faiss.write_index(index, str(path))
    return path.stat().st_size


class Inverted:
    """Some lists, in one way of filtering."""

    def __init__(self, dataset: Dataset, lists: Lists, *, post: bool) -> None:
        self.name = f"faiss IVF{'' if lists.kind == 'PQ' else '-'}{lists.kind}, {'post' if post else 'inline'} filter"
        self.built = min(lists.built.values(), key=lambda built: built.cpu)
        self._lists = lists
        self._post = post
        self._refine = Refine(dataset.vectors)

    def prepare(self, chosen: Filter) -> Any:
        """The mask for a post-filter, a selector for an inline one."""
        return chosen.mask if self._post else selector(chosen)

    def settings(self, *, k: int, percent: float) -> Sequence[Setting]:
        """Lists to probe, and candidates to rescore or to filter."""
        made = []
        for count, nprobe in product(self._lists.indexes, PROBES):
            if nprobe > count:
                continue
            times = POST if self._post else INLINE[self._lists.kind]
            enough = SPARE * 100 / percent if self._post else np.inf
            fetched = {round(k * many) for many in times if many <= enough}
            made += [{"lists": count, "nprobe": nprobe, "fetch": fetch} for fetch in sorted(fetched)]
        return made

    def find(self, query: NDArray[np.float32], *, k: int, rows: Any, setting: Setting) -> Found:
        """As `Peer.find`."""
        index, nprobe, fetch = self._lists.indexes[int(setting["lists"])], setting["nprobe"], int(setting["fetch"])
        parameters = (
            faiss.SearchParametersIVF(nprobe=nprobe)
            if self._post
            else faiss.SearchParametersIVF(nprobe=nprobe, sel=rows)
        )
        _, found = index.search(query[None], fetch, params=parameters)
        candidates = found[0]
        if self._post:
            candidates = candidates[candidates >= 0]
            candidates = candidates[rows[candidates]]
        return self._refine(query, candidates, k)

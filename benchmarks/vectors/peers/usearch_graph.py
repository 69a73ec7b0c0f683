"""usearch: HNSW in bfloat16. Its Python package takes no filter, so what passes is picked from a longer list."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.vectors.dataset import Dataset, Filter
from benchmarks.vectors.peers.faiss_vectors import Refine
from benchmarks.vectors.peers.peer import Found, Missing, Setting, built_once

FETCHED = (1, 2, 5, 10, 25, 50)
BREADTH = 64  # candidates of the walk at least; usearch keeps no fewer than it returns
MOST = 10_000


class UsearchGraph:
    """Post-filtered, rescored in float32."""

    name = "usearch HNSW, post filter"

    def __init__(self, dataset: Dataset) -> None:
        if find_spec("usearch") is None:
            raise Missing("usearch is not installed")
        from usearch.index import Index  # noqa: PLC0415 - may not be there

        path = dataset.folder / "usearch.index"
        self._index: Any = Index(ndim=dataset.width, metric="ip")

        def make() -> int:
            for start in range(0, dataset.rows, 100_000):
                rows = np.arange(start, min(start + 100_000, dataset.rows))
                self._index.add(rows, np.ascontiguousarray(dataset.vectors[rows[0] : rows[-1] + 1]), threads=1)
            self._index.save(str(path))
            return path.stat().st_size

        self.built = built_once(path.with_suffix(".json"), make=make)
        if not len(self._index):
            self._index.load(str(path))
        self._refine = Refine(dataset.vectors)

    def prepare(self, chosen: Filter) -> Any:
        """The mask."""
        return chosen.mask

    def settings(self, *, k: int, percent: float) -> Sequence[Setting]:
        """How many to fetch: of those that would do if the filter knew nothing of the vectors, and of more."""
        wanted = k / (percent / 100)
        return [
            {"fetch": fetch}
            for fetch in sorted({min(MOST, round(k * many)) for many in FETCHED})
            if fetch < 20 * wanted
        ]

    def find(self, query: NDArray[np.float32], *, k: int, rows: Any, setting: Setting) -> Found:
        """As `Peer.find`."""
        fetch = int(setting["fetch"])
        self._index.expansion_search = max(BREADTH, fetch)
        found = np.asarray(self._index.search(query, fetch, threads=1).keys).astype(np.int64)
        return self._refine(query, found[rows[found]], k)

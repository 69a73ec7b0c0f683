"""faiss HNSW over float32; the selector is asked about what the walk meets."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.vectors.dataset import Dataset, Filter
from benchmarks.vectors.peers.faiss_vectors import faiss, selector
from benchmarks.vectors.peers.peer import Found, Setting, built_once

LINKS, BUILD_BREADTH = 32, 100
BREADTHS = (200, 400, 800, 1600, 3200, 6400)


class Graph:
    """32 links a row."""

    name = "faiss HNSW + selector"

    def __init__(self, dataset: Dataset) -> None:
        path = dataset.folder / "hnsw.faiss"
        self.built = built_once(path.with_suffix(".json"), make=lambda: _make(dataset, path))
        self._index = faiss.read_index(str(path))

    def prepare(self, chosen: Filter) -> Any:
        """A selector."""
        return selector(chosen)

    def settings(self, *, k: int, percent: float) -> Sequence[Setting]:  # noqa: ARG002 - as every peer
        """How many candidates the walk keeps."""
        return [{"efSearch": breadth} for breadth in BREADTHS if breadth >= k]

    def find(self, query: NDArray[np.float32], *, k: int, rows: Any, setting: Setting) -> Found:
        """As `Peer.find`."""
        parameters = faiss.SearchParametersHNSW(sel=rows, efSearch=int(setting["efSearch"]))
        scores, found = self._index.search(query[None], k, params=parameters)
        there = found[0] >= 0
        return found[0][there], scores[0][there]


def _make(dataset: Dataset, path: Path) -> int:
    index = faiss.IndexHNSWFlat(dataset.width, LINKS, faiss.METRIC_INNER_PRODUCT)
    index.hnsw.efConstruction = BUILD_BREADTH
    index.add(np.ascontiguousarray(dataset.vectors))
    faiss.write_index(index, str(path))
    return path.stat().st_size

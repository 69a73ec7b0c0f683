"""faiss Flat: every vector in float32, asking a selector about each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.vectors.dataset import Dataset, Filter
from benchmarks.vectors.peers.faiss_vectors import faiss, selector
from benchmarks.vectors.peers.peer import ONLY, Found, Setting, built_once


class Flat:
    """Exact; there is nothing to tune."""

    name = "faiss Flat + selector"

    def __init__(self, dataset: Dataset) -> None:
        self._index = faiss.IndexFlatIP(dataset.width)
        self.built = built_once(dataset.folder / "flat.json", make=lambda: self._fill(dataset))
        if not self._index.ntotal:
            self._fill(dataset)

    def _fill(self, dataset: Dataset) -> int:
        self._index.add(np.ascontiguousarray(dataset.vectors))
        return int(dataset.vectors.nbytes)

    def prepare(self, chosen: Filter) -> Any:
        """A selector."""
        return faiss.SearchParameters(sel=selector(chosen))

    def settings(self, *, k: int, percent: float) -> Sequence[Setting]:  # noqa: ARG002 - as every peer
        """None."""
        return ONLY

    def find(self, query: NDArray[np.float32], *, k: int, rows: Any, setting: Setting) -> Found:  # noqa: ARG002
        """As `Peer.find`."""
        scores, found = self._index.search(query[None], k, params=rows)
        return found[0], scores[0]

"""Our own index, as it plans for itself or held to one of its methods."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

from benchmarks.vectors.dataset import Dataset, Filter
from benchmarks.vectors.peers.peer import ONLY, Found, Setting, built_once, folder_bytes
from retrieval.vectors import VectorIndex

CHUNK = 50_000


def parts(vectors: NDArray[np.float32]) -> Iterator[NDArray[np.float32]]:
    """The vectors [v, d] some at a time, so that those in a file need not be in memory."""
    for start in range(0, len(vectors), CHUNK):
        yield np.ascontiguousarray(vectors[start : start + CHUNK])


def opened(dataset: Dataset) -> VectorIndex:
    """The index of a data set, built where it is not there yet."""
    return Ours(dataset).index


class Ours:
    """The filter is a roaring bitmap, and is turned into rows within what is timed."""

    def __init__(self, dataset: Dataset, *, method: str | None = None) -> None:
        self.name = f"shortlist, {method}" if method else "shortlist"
        self._method = method
        folder, facts = dataset.folder / "index", dataset.folder / "index.json"
        if not facts.is_file():
            shutil.rmtree(folder, ignore_errors=True)

        def make() -> int:
            VectorIndex.write(folder, parts(dataset.vectors), shape=dataset.vectors.shape)
            return folder_bytes(folder) - dataset.vectors.nbytes

        self.built = built_once(facts, make=make)
        self.index = VectorIndex.open(folder)

    def prepare(self, chosen: Filter) -> Any:
        """A bitmap."""
        return BitMap(np.flatnonzero(chosen.mask).astype(np.uint32))

    def settings(self, *, k: int, percent: float) -> Sequence[Setting]:  # noqa: ARG002 - as every peer
        """None: the planner chooses."""
        return ONLY

    def find(self, query: NDArray[np.float32], *, k: int, rows: Any, setting: Setting) -> Found:  # noqa: ARG002
        """As `Peer.find`."""
        hits = self.index.search(query, k=k, rows=rows, method=self._method)  # type: ignore[arg-type]  # of its methods
        return hits.rows, hits.scores

"""The lists on a graphics card. No card has run this: it is tested with faiss's lists in memory in the card's place.

faiss's scan on a card takes no filter, and brings at most 2,048 results from at most 2,048 lists. So the card scans
what it can for everybody, and what does not pass is dropped afterwards; where that leaves fewer than were wanted, the
lists in memory are scanned behind the filter instead. Nobody is lost either way.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retrieval.vectors.ivf.engine import IvfPq
from retrieval.vectors.ivf.faiss_library import faiss_library
from retrieval.vectors.ivf.inverted_file import InvertedFile, Passing, scan_lists

MOST = 2048
"""Results and lists of one scan on a card."""


class NoCard(RuntimeError):
    """faiss sees no graphics card; the message says what helps."""


@dataclass(frozen=True, kw_only=True, eq=False)
class CardFile(InvertedFile):
    """An inverted file whose lists are on a card, too: `card` is faiss's index there."""

    card: Any
    lock: Any = field(default_factory=Lock)  # a card's resources serve one search at a time

    def scan(
        self,
        query: NDArray[np.float32],
        lists: NDArray[np.int64],
        products: NDArray[np.float32],
        *,
        limit: int,
        passing: Passing,
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """As in memory; up to the rounding of the card's scores."""
        limit = min(limit, passing.total)
        if not 0 < limit <= MOST or not 0 < len(lists) <= MOST:
            return super().scan(query, lists, products, limit=limit, passing=passing)
        asked = min(MOST, len(self)) if passing.numbers is not None else limit
        with self.lock:
            numbers, scores = scan_lists(self.card, self.model.fill(query[None]), lists, products, asked, {})
        more = len(numbers) == asked < len(self)
        if passing.numbers is not None:
            at = np.minimum(np.searchsorted(passing.numbers, numbers), passing.total - 1)
            passes = passing.numbers[at] == numbers
            numbers, scores = numbers[passes], scores[passes]
        if len(numbers) < limit and more:
            return super().scan(query, lists, products, limit=limit, passing=passing)
        return numbers[:limit], scores[:limit]


def on_gpu(index: IvfPq, *, device: int = 0) -> IvfPq:
    """The same index with its lists on a card as well. Raises: NoCard; FaissMissing."""
    faiss = faiss_library()
    if not hasattr(faiss, "StandardGpuResources") or faiss.get_num_gpus() <= device:
        raise NoCard(
            f"faiss sees no graphics card {device}: pip install 'shortlist[gpu]' on a machine that has one, or use the "
            "index as it is"
        )
    card = faiss.index_cpu_to_gpu(faiss.StandardGpuResources(), device, index.file.index)
    return replace(index, file=CardFile(model=index.model, index=index.file.index, lists=index.file.lists, card=card))

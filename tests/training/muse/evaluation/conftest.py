"""A small encoder that counts, and a small task."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b

import numpy as np
import pytest
from numpy.typing import NDArray

from retrieval.encoder import Progress, Side
from retrieval.encoder.levels import chosen, cut
from training.muse.evaluation.task import Task


class Words:
    """Texts as sums of a random direction a word (and a little one a side): near are texts that share words."""

    def __init__(self, id: str = "words-1", *, width: int = 32, levels: tuple[int, ...] = (8, 16, 32)) -> None:
        self.id = id
        self.width = width
        self.levels = levels
        self.encoded: list[str] = []

    def encode(
        self, texts: Sequence[str], *, side: Side, width: int | None = None, progress: Progress | None = None
    ) -> NDArray[np.float32]:
        self.encoded += texts
        said = [[0.3 * self._of(side), *map(self._of, text.lower().split())] for text in texts]
        rows = [np.sum(each, axis=0) for each in said]
        if progress:
            progress(len(texts))
        vectors = np.array(rows, np.float32).reshape(len(texts), self.width)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        return cut(vectors, chosen(width, self.levels))

    def _of(self, word: str) -> NDArray[np.float64]:
        seed = int.from_bytes(blake2b(f"{self.id} {word}".encode(), digest_size=4).digest(), "big")
        drawn = np.random.default_rng(seed).normal(size=self.width)
        return drawn / np.linalg.norm(drawn)


@pytest.fixture
def words() -> type[Words]:
    return Words


@pytest.fixture
def trades() -> Task:
    """Four queries; each has two documents that share its word, and one relevant document that shares none."""
    skills = ("welding", "payroll", "nursing", "python")
    queries = {f"q{at}": f"someone good at {skill}" for at, skill in enumerate(skills)}
    documents, qrels = {}, {}
    for at, skill in enumerate(skills):
        documents |= {f"d{at}a": f"{skill} every day", f"d{at}b": f"years of {skill} work", f"d{at}c": "other things"}
        qrels[f"q{at}"] = {f"d{at}a": 1, f"d{at}b": 1, f"d{at}c": 1 if at else 0}
    documents |= {f"x{at}": f"filler number {at} about nothing" for at in range(8)}
    return Task(name="trades", queries=queries, documents=documents, qrels=qrels)

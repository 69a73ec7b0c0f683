"""A small population as embeddings lie, and one index of it."""

from __future__ import annotations

from collections.abc import Callable

import faiss
import numpy as np
import pytest
from numpy.typing import NDArray

from retrieval.vectors.ivf import IvfPq, Recipe, build

WIDTH = 32


def embeddings(count: int, seed: int = 0, width: int = WIDTH) -> NDArray[np.float32]:
    """Unit vectors around centres that are the same for every seed; the first numbers say most."""
    fading = 1 / np.sqrt(1 + np.arange(width) / 4)
    centres = np.random.default_rng(12).standard_normal((60, width)) * fading
    chance = np.random.default_rng(seed)
    vectors = centres[chance.integers(0, 60, count)] + chance.standard_normal((count, width)) * fading * 0.6
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


@pytest.fixture(autouse=True, scope="module")
def one_thread():
    """These populations are too small to be shared between threads that wait for each other."""
    before = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(1)
    yield
    faiss.omp_set_num_threads(before)


@pytest.fixture(scope="session")
def make_embeddings() -> Callable[..., NDArray[np.float32]]:
    return embeddings


@pytest.fixture(scope="session")
def population() -> NDArray[np.float32]:
    return embeddings(6000)


@pytest.fixture(scope="session")
def index(population) -> IvfPq:
    return build(population, ids=np.arange(6000, dtype=np.int64)[::-1] * 7, recipe=Recipe(lists=64, pieces=8))

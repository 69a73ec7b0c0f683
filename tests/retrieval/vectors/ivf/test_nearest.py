"""A vector's list does not depend on the vectors it is asked about with."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.vectors.ivf.nearest import nearest


@given(seed=st.integers(0, 999), width=st.sampled_from([1, 3, 8, 33, 64]), copies=st.booleans())
@settings(deadline=None)
def test_equals_comparing_one_by_one_in_float64(seed, width, copies):
    chance = np.random.default_rng(seed)
    centroids = chance.integers(-2, 3, (20, width)).astype(np.float32)  # small whole numbers: many are equally near
    vectors = chance.integers(-2, 3, (50, width)).astype(np.float32)
    if copies:
        centroids[5:] = centroids[:15]
    lists, squared = nearest(centroids, vectors)
    apart = ((vectors[:, None].astype(np.float64) - centroids[None]) ** 2).sum(axis=2)
    assert (lists == apart.argmin(axis=1)).all()
    assert (squared == apart.min(axis=1)).all()


def test_chunks_of_any_size_agree_where_centroids_are_equally_near_up_to_rounding():
    chance = np.random.default_rng(0)
    vectors = chance.standard_normal((3000, 48)).astype(np.float32)
    base = chance.standard_normal((10, 48)).astype(np.float32)
    # each centroid 50 times, up to the last bits: what a matrix product makes of those depends on its size
    centroids = np.concatenate([base * np.float32(1 + step * 6e-8) for step in range(50)])
    whole, _ = nearest(centroids, vectors)
    for size in (1, 7, 100, 1500):
        parts = [nearest(centroids, vectors[start : start + size])[0] for start in range(0, 400, size)]
        assert (np.concatenate(parts)[:400] == whole[:400]).all(), size

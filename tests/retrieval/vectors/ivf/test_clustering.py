"""Clusters are never empty, the same by seed, and as good as clusters made by others."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.cluster import BisectingKMeans

from retrieval.vectors.ivf import FaissMissing, bisecting, cluster


def inertia(centroids, points):
    apart = ((points[:, None].astype(np.float64) - centroids[None]) ** 2).sum(axis=2)
    return apart.min(axis=1).sum()


def labels(centroids, points):
    return ((points[:, None].astype(np.float64) - centroids[None]) ** 2).sum(axis=2).argmin(axis=1)


@given(data=st.data(), k=st.integers(1, 30), method=st.sampled_from(["bisecting", "bisecting-even", "kmeans"]))
@settings(deadline=None, max_examples=60)
def test_no_cluster_is_empty_and_fewer_are_said(any_people, data, k, method):
    points = data.draw(any_people).vectors
    if not len(points):
        return
    found = cluster(points, k, method=method)
    assert (found.sizes > 0).all()
    assert 1 <= len(found.centroids) <= min(k, len(np.unique(points, axis=0)))
    assert bool(found.notes) == (len(found.centroids) < k)
    assert np.isfinite(found.centroids).all()
    own = ((points.astype(np.float64) - found.centroids[found.lists]) ** 2).sum(axis=1)
    np.testing.assert_allclose(found.squared, own, rtol=1e-5, atol=1e-30)


@pytest.mark.parametrize("method", ["bisecting", "bisecting-even", "kmeans"])
def test_the_wanted_number_where_points_allow_it_and_each_point_in_its_nearest(population, method):
    points = population[:3000]
    found = cluster(points, 100, method=method)
    assert len(found.centroids) == 100
    assert found.notes == ()
    assert (found.lists == labels(found.centroids, points)).all()


@pytest.mark.parametrize("method", ["bisecting", "bisecting-even", "kmeans"])
def test_the_same_points_and_seed_give_the_same_clusters(population, method):
    first, again, other = (cluster(population, 40, method=method, seed=seed) for seed in (3, 3, 4))
    assert first.centroids.tobytes() == again.centroids.tobytes()
    assert first.centroids.tobytes() != other.centroids.tobytes()


def test_bisecting_finds_clusters_that_lie_apart():
    chance = np.random.default_rng(0)
    centres = (chance.permutation(np.eye(16)) * 100).astype(np.float32)
    points = np.repeat(centres, 50, axis=0) + chance.standard_normal((800, 16)).astype(np.float32)
    found = labels(bisecting(points, 16), points).reshape(16, 50)
    assert (found == found[:, :1]).all()
    assert len(np.unique(found[:, 0])) == 16


def test_as_good_as_scikit_learn(population):
    points = population[:2000]
    theirs = BisectingKMeans(32, random_state=0).fit(points).cluster_centers_
    assert inertia(bisecting(points, 32), points) < 1.03 * inertia(theirs, points)


def test_a_round_of_k_means_after_bisecting_brings_points_nearer(population):
    plain, one, three = (cluster(population, 64, rounds=rounds).inertia for rounds in (0, 1, 3))
    assert plain > 1.01 * one
    assert one > three


def test_what_cannot_run_without_faiss_says_what_to_install(population, monkeypatch):
    monkeypatch.setitem(sys.modules, "faiss", None)
    assert len(cluster(population, 10).centroids) == 10
    with pytest.raises(FaissMissing, match=r"pip install 'shortlist\[ivf\]'"):
        cluster(population, 10, method="kmeans")


def test_cutting_the_largest_makes_lists_of_more_equal_length():
    chance = np.random.default_rng(0)  # a dense crowd and a wide one: by inertia the crowd is left whole
    points = np.concatenate([chance.standard_normal((900, 8)) * 0.01, chance.standard_normal((100, 8)) + 9])
    points = points.astype(np.float32)
    worst = max(cluster(points, 16, method="bisecting").sizes)
    even = max(cluster(points, 16, method="bisecting-even").sizes)
    assert even < worst / 3


def test_one_point_and_no_point():
    one = cluster(np.ones((1, 3), np.float32), 5)
    assert one.centroids.tolist() == [[1, 1, 1]]
    assert "1 lists instead of 5" in one.notes[0]
    with pytest.raises(ValueError, match="0 points cannot make 5 clusters"):
        cluster(np.ones((0, 3), np.float32), 5)
    with pytest.raises(ValueError, match="kmeans in 0 rounds: give 1 or more"):
        cluster(np.ones((1, 3), np.float32), 5, method="kmeans", rounds=0)
    with pytest.raises(ValueError, match="there is: bisecting"):
        cluster(np.ones((1, 3), np.float32), 5, method="none")

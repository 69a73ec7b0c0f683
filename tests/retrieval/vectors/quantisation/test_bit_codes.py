"""Signs of residuals estimate inner products, as well as the paper says, without leaning to either side."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.vectors.building import Memory, encode
from retrieval.vectors.kernels import named
from retrieval.vectors.quantisation.bit_codes import find_centroids, nearest_centroid, record_bytes


def estimates(codes, query):
    coded = codes.bits.query(query[: codes.bits.width] @ codes.bit_rotation)
    scores = np.empty(len(codes.bits.records), np.float32)
    named("numpy").bit_scores(
        codes.bits.records,
        codes.bits.width,
        coded.planes,
        coded.table,
        coded.low,
        coded.step,
        coded.total,
        None,
        scores,
    )
    return scores


def test_estimates_are_as_good_as_one_bit_allows():
    chance = np.random.default_rng(0)
    vectors = chance.standard_normal((4_000, 384)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    codes = encode(vectors, store=Memory(), scan_width=384)
    query = vectors[7] + chance.standard_normal(384).astype(np.float32) * 0.05
    query /= np.linalg.norm(query)
    wrong = estimates(codes, query) - vectors @ query
    # RaBitQ, theorem 3.2: sqrt((1 - c^2) / c^2 / (d - 1)) with c = sqrt(2 / pi) for the signs; and four bits a number
    theory = np.sqrt((1 - 2 / np.pi) / (2 / np.pi) / 383)
    assert wrong.std() < 1.15 * theory
    assert abs(wrong.mean()) < 0.1 * theory


def test_a_vector_at_its_centroid_is_known_without_error():
    vectors = np.tile(np.eye(4, dtype=np.float32), (300, 1))
    codes = encode(vectors, store=Memory(), scan_width=4)
    query = np.array([0.1, 0.2, 0.3, 0.4], np.float32)
    np.testing.assert_allclose(estimates(codes, query), vectors @ query, atol=1e-6)


@given(data=st.data(), width=st.sampled_from([1, 5, 63, 64]))
def test_any_vectors_have_records(any_people, data, width):
    vectors = data.draw(any_people).vectors
    codes = encode(vectors, store=Memory(), scan_width=min(width, vectors.shape[1]))
    assert codes.bits.records.shape == (len(vectors), record_bytes(codes.bits.width))
    assert np.isfinite(estimates(codes, np.ones(vectors.shape[1], np.float32))).all()


@pytest.mark.parametrize(("width", "size"), [(48, 16), (96, 32), (192, 32), (384, 64), (768, 128), (4096, 576)])
def test_records_keep_to_cache_lines(width, size):
    assert record_bytes(width) == size


def test_centroids_are_means_of_what_is_nearest_to_them():
    sample = np.random.default_rng(3).standard_normal((3_000, 6)).astype(np.float32)
    centroids = find_centroids(sample, rounds=200)
    nearest = nearest_centroid(sample, centroids)
    distances = ((sample[:, None] - centroids[None]) ** 2).sum(axis=2)
    np.testing.assert_array_equal(nearest, distances.argmin(axis=1))
    for number in np.unique(nearest):
        np.testing.assert_allclose(centroids[number], sample[nearest == number].mean(axis=0), atol=1e-4)

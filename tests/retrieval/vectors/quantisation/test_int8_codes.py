"""Bytes say how wrong they can be, and are never more wrong than that."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from retrieval.vectors.building import Memory, encode
from retrieval.vectors.kernels import named


@given(data=st.data(), seed=st.integers(0, 99), scale=st.sampled_from([1e-6, 1.0, 1e6]))
def test_no_score_is_further_from_the_truth_than_its_margin(any_people, data, seed, scale):
    vectors = data.draw(any_people).vectors
    codes = encode(vectors, store=Memory(), scan_width=vectors.shape[1])
    query = (np.random.default_rng(seed).standard_normal(vectors.shape[1]) * scale).astype(np.float32)
    coded = codes.int8.query(query @ codes.rotation)
    scores = np.empty(len(vectors), np.float32)
    named("numpy").int8_scores(codes.int8.codes, coded.numbers, coded.offset, coded.scale, None, scores)
    wrong = np.abs(scores - vectors.astype(np.float64) @ query.astype(np.float64))
    inside = np.setdiff1d(np.arange(len(vectors)), codes.int8.outliers)
    assert (wrong[inside] <= coded.margin).all()


def test_the_margin_is_small_enough_to_be_of_use():
    vectors = np.random.default_rng(0).standard_normal((2_000, 384)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    codes = encode(vectors, store=Memory(), scan_width=384)
    assert len(codes.int8.outliers) < 20
    assert codes.int8.query(vectors[0] @ codes.rotation).margin < 0.03


def test_what_does_not_fit_a_byte_is_told_apart():
    vectors = np.random.default_rng(0).standard_normal((40_000, 8)).astype(np.float32)
    at = np.setdiff1d(np.arange(40_000), np.random.default_rng(0).choice(40_000, 16_384, replace=False))[:3]
    vectors[at] *= 100  # not in the sample that the scale is made from
    codes = encode(vectors, store=Memory(), scan_width=8)
    assert set(at) <= set(codes.int8.outliers.tolist())
    assert len(codes.int8.outliers) < 100

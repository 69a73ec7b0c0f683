from __future__ import annotations

import numpy as np
import pytest

from benchmarks.vectors import clusters
from benchmarks.vectors.clusters import correlated, independent, shape, synthetic

ROWS = 60_000


def silent(stage: str, done: int, total: int | None) -> None:
    pass


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return synthetic(tmp_path_factory.mktemp("vectors"), rows=ROWS, width=16, queries=7, progress=silent)


def test_vectors_have_length_one_and_stand_in_a_file(data):
    assert data.vectors.shape == (ROWS, 16)
    assert data.vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(data.vectors, axis=1), 1, atol=1e-5)
    assert isinstance(data.vectors, np.memmap)
    assert data.queries.shape == (7, 16)


def test_filters_pass_about_what_they_say(data):
    assert [chosen.name for chosen in data.filters] == [
        f"{percent} % {kind}" for percent in ("50", "10", "1", "0.1") for kind in ("ind", "cor")
    ]
    for chosen in data.filters:
        expected = ROWS * chosen.percent / 100
        assert abs(chosen.passing - expected) < 5 * np.sqrt(expected) + 0.06 * expected, chosen.name


def test_a_correlated_filter_lives_in_some_clusters_and_an_independent_one_in_all():
    chance = np.random.default_rng(1)
    weights = np.full(100, 0.01)
    member = chance.integers(0, 100, 50_000)
    for share in (0.5, 0.1):
        for make, concentrated in (
            (correlated(chance, clusters=member, weights=weights, share=share), True),
            (independent(chance, rows=50_000, share=share), False),
        ):
            passing = np.sort(np.bincount(member[make], minlength=100))[::-1]
            fullest = passing[: round(100 * share)].sum() / passing.sum()
            assert (fullest > 0.75) == concentrated


def test_what_is_made_is_kept_and_the_same_however_it_is_chunked(tmp_path, monkeypatch, data):
    again = synthetic(tmp_path, rows=ROWS, width=16, queries=7, progress=silent)
    assert np.array_equal(again.vectors, data.vectors)
    monkeypatch.setattr(clusters, "_make", None)  # would fail
    kept = synthetic(tmp_path, rows=ROWS, width=16, queries=7, progress=silent)
    assert np.array_equal(kept.queries, data.queries)
    assert [one.passing for one in kept.filters] == [one.passing for one in data.filters]


def test_neighbours_are_of_the_same_cluster():
    form = shape(np.random.default_rng(0), width=32)
    chance = np.random.default_rng(1)
    same, other = form.draw(chance, np.full(200, 5)), form.draw(chance, np.full(200, 900))
    assert (same @ same.T).mean() > (same @ other.T).mean() + 0.2

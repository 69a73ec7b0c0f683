"""IVFPQ behind a filter: exact where it looks at everything, never short, and no distance to who does not pass."""

from __future__ import annotations

import threading
from dataclasses import replace

import faiss
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyroaring import BitMap

from retrieval.vectors import VectorEngine, VectorIndex
from retrieval.vectors.ivf import IvfPq, Probe, Recipe, build, encode, inverted_file, merge, train


def filters(count: int, data: st.DataObject):
    """A filter in one of its forms, and the rows that it means."""
    chosen = sorted(data.draw(st.sets(st.integers(0, count - 1))))
    form = data.draw(st.sampled_from(["none", "bitmap", "mask", "numbers", "empty"]))
    if form == "none":
        return None, list(range(count))
    if form == "empty":
        return BitMap(), []
    mask = np.zeros(count, bool)
    mask[chosen] = True
    return {"bitmap": BitMap(chosen), "mask": mask, "numbers": np.array(chosen[::-1], np.int64)}[form], chosen


def query_of(width: int, seed: int):
    return np.random.default_rng(seed).standard_normal(width).astype(np.float32)


@given(data=st.data(), k=st.sampled_from([0, 1, 2, 5, 20, 100]), best=st.integers(1, 4))
@settings(deadline=None, max_examples=60)
def test_everything_looked_at_is_everybody_compared(any_people, data, k, best):
    people = data.draw(any_people)
    if not len(people.vectors):
        return
    rows, meant = filters(people.count, data)
    width = people.vectors.shape[1]
    lists = data.draw(st.sampled_from([1, 3, 8, 200]))
    method = data.draw(st.sampled_from(["bisecting", "bisecting-even", "kmeans"]))
    index = build(people.vectors, offsets=people.offsets, best=best, recipe=Recipe(lists=lists, method=method))
    query = query_of(width, data.draw(st.integers(0, 99)))
    expected = people.best(query, meant, k, best)
    hits = index.search(query, k=k, rows=rows, probe=Probe(recall=1))
    assert hits.rows.tolist() == [row for row, _ in expected]
    assert hits.plan.certain
    assert hits.plan.passing == len(meant)
    np.testing.assert_allclose(hits.scores, [score for _, score in expected], rtol=2e-7, atol=1e-30)


@given(data=st.data(), k=st.sampled_from([1, 2, 5, 20]), best=st.integers(1, 3))
@settings(deadline=None, max_examples=60)
def test_never_short_never_outside_the_filter_and_true_scores_however_few_lists(any_people, data, k, best):
    people = data.draw(any_people)
    if not len(people.vectors):
        return
    rows, meant = filters(people.count, data)
    index = build(people.vectors, offsets=people.offsets, best=best, recipe=Recipe(lists=8))
    query = query_of(people.vectors.shape[1], 1)
    probe = data.draw(st.sampled_from([None, Probe(lists=1, depth=1), Probe(survivors=1), Probe(recall=0.5)]))
    truth = dict(people.best(query, meant, people.count, best))
    hits = index.search(query, k=k, rows=rows, probe=probe)
    assert len(hits) == min(k, len(truth))
    assert len(set(hits.rows.tolist())) == len(hits)
    for row, score in zip(hits.rows.tolist(), hits.scores, strict=True):
        assert score == pytest.approx(truth[row], rel=2e-7, abs=1e-30)
    assert (np.diff(hits.scores) <= 0).all()
    if hits.plan.certain:
        assert hits.rows.tolist() == list(truth)[:k]
    fewer = index.search(query, k=k, rows=rows, probe=probe, at_least_k=False)
    assert len(fewer) <= len(hits)
    assert set(fewer.rows.tolist()) <= set(meant)


def test_agrees_with_the_exact_index(index, population):
    exact = VectorIndex.build(population)
    for seed in range(5):
        mask = np.random.default_rng(seed).random(6000) < 0.3
        ours = index.search(population[seed], k=50, rows=mask, probe=Probe(recall=1))
        theirs = exact.search(population[seed], k=50, rows=mask)
        assert ours.rows.tolist() == theirs.rows.tolist()
        assert (ours.scores == theirs.scores).all()
        assert (ours.ids == index.ids[ours.rows]).all()


@pytest.mark.parametrize("share", [0.5, 0.02])  # by bitmap, by set
def test_no_distance_is_computed_to_who_does_not_pass(index, population, share):
    mask = np.random.default_rng(1).random(6000) < share
    for lists in (1, 5, 64):
        faiss.cvar.indexIVF_stats.reset()
        found = index.candidates(population[0], k=5, rows=mask, probe=Probe(lists=lists), at_least_k=False)
        computed = int(faiss.cvar.indexIVF_stats.ndis)
        assert computed == found.scanned
        assert computed <= mask.sum()
    assert computed == mask.sum()
    faiss.cvar.indexIVF_stats.reset()
    index.candidates(population[0], k=5, rows=BitMap(), probe=Probe(recall=1))
    assert faiss.cvar.indexIVF_stats.ndis == 0


def test_lists_are_opened_nearest_first_until_enough_survive(index, population):
    mask = np.random.default_rng(1).random(6000) < 0.1
    query = population[7]
    products = index.model.centroids.astype(np.float64) @ query
    held = [int((mask & (index.file.lists == number)).sum()) for number in np.argsort(-products)]
    held = [size for size in held if size]
    for wanted in (1, 30, 200, 10_000):
        found = index.candidates(query, k=1, rows=mask, probe=Probe(survivors=wanted))
        least = next((n for n in range(1, len(held)) if sum(held[:n]) >= wanted), len(held))
        assert found.lists == least
        assert found.scanned == sum(held[:least])
    assert len(found.rows) < mask.sum()
    assert not found.complete


def test_sizes_that_are_estimated_still_bring_k(index, population, monkeypatch):
    monkeypatch.setattr(inverted_file, "COUNTED", 16)
    mask = np.random.default_rng(1).random(6000) < 0.5
    hits = index.search(population[0], k=500, rows=mask, probe=Probe(lists=1))
    assert len(hits) == 500
    assert "about" in hits.plan.reason
    everything = index.search(population[0], k=20, rows=mask, probe=Probe(recall=1))
    exact = VectorIndex.build(population).search(population[0], k=20, rows=mask)
    assert everything.rows.tolist() == exact.rows.tolist()


def test_the_recall_asked_for_is_reached_on_queries_it_was_not_calibrated_on(index, population, make_embeddings):
    exact = VectorIndex.build(population)
    queries = make_embeddings(60, seed=77)
    for share in (1.0, 0.2):
        mask = np.random.default_rng(5).random(6000) < share
        scanned = []
        for recall in (0.8, 0.95, 0.99):
            probe = Probe(recall=recall)
            reached = []
            for query in queries:
                truth = exact.search(query, k=50, rows=mask).rows
                reached.append(np.isin(truth, index.search(query, k=50, rows=mask, probe=probe).rows).mean())
            assert np.mean(reached) >= recall - 0.02
            scanned.append(index.candidates(queries[0], k=50, rows=mask, probe=probe).scanned)
        assert scanned == sorted(scanned)
        assert scanned[0] < scanned[2] < mask.sum()


def test_what_scanning_finds_is_fetched_and_nothing_else(index, population):
    asked = []

    def fetch(numbers):
        asked.append(numbers)
        return population[numbers]

    mask = np.random.default_rng(1).random(6000) < 0.3
    hits = replace(index, fetch=fetch).search(population[0], k=10, rows=mask, probe=Probe(lists=5, depth=40))
    fetched = np.concatenate(asked)
    assert len(fetched) == len(set(fetched.tolist())) == 40
    assert (np.diff(fetched) > 0).all()
    assert mask[fetched].all()
    assert set(hits.rows.tolist()) <= set(fetched.tolist())
    assert [(stage.precision, stage.vectors) for stage in hits.plan.stages][1] == ("float32", 40)


def test_without_anything_to_fetch_from_scores_are_those_of_the_codes(index, population):
    bare = replace(index, fetch=None)
    hits = bare.search(population[3], k=10, probe=Probe(recall=1))
    assert not hits.plan.certain
    assert "scores are of codes" in hits.plan.reason
    found = bare.candidates(population[3], k=10, probe=Probe(recall=1))
    assert found.rows[:10].tolist() == hits.rows.tolist()
    np.testing.assert_allclose(found.scores, np.sort(found.scores)[::-1])


def test_the_approximate_score_is_the_product_with_the_decoded_vector(population):
    model = train(population[:3000], lists=16, pieces=8)
    part = encode(model, population, ids=np.arange(6000))
    found = merge(model, [part]).candidates(population[5], k=6000, probe=Probe(recall=1))
    decoded = model.decode(part.lists, part.codes).astype(np.float64) @ population[5]
    np.testing.assert_allclose(found.scores, decoded[found.rows], atol=1e-5)


def test_several_vectors_a_member_by_the_mean_of_the_best(make_embeddings):
    chance = np.random.default_rng(2)
    offsets = np.concatenate([[0], np.cumsum(chance.integers(0, 7, 1500))]).astype(np.int64)
    vectors = make_embeddings(int(offsets[-1]), seed=4)
    index = build(vectors, offsets=offsets, best=3, recipe=Recipe(lists=64))
    exact = VectorIndex.build(vectors, offsets=offsets, best=3)
    mask = chance.random(1500) < 0.4
    reached = []
    for query in make_embeddings(30, seed=8):
        truth = exact.search(query, k=30, rows=mask)
        hits = index.search(query, k=30, rows=mask)
        assert len(hits) == 30
        known = dict(zip(truth.rows.tolist(), truth.scores.tolist(), strict=True))
        same = [(score, known[row]) for row, score in zip(hits.rows.tolist(), hits.scores, strict=True) if row in known]
        assert all(score == other for score, other in same)
        reached.append(len(same) / 30)
    assert np.mean(reached) > 0.93


def test_is_a_vector_engine_and_serves_threads(index, population):
    engine: VectorEngine = index
    assert (engine.count, engine.width) == (6000, 32)
    alone = [index.search(query, k=20, rows=np.arange(3000)).rows.tolist() for query in population[:40]]
    together: dict[int, list[int]] = {}

    def work(start: int) -> None:
        for number in range(start, 40, 4):
            together[number] = index.search(population[number], k=20, rows=np.arange(3000)).rows.tolist()

    threads = [threading.Thread(target=work, args=(start,)) for start in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [together[number] for number in range(40)] == alone


def test_few_members_make_few_lists_with_a_note(make_embeddings):
    for count in (1, 2, 5, 30):
        vectors = make_embeddings(count, seed=count)
        index = build(vectors, recipe=Recipe(lists=64))
        assert index.model.lists <= count
        assert f"{index.model.lists} lists instead of 64" in index.model.notes[0]
        assert index.search(vectors[0], k=10).rows[0] == 0
        assert len(index.search(vectors[0], k=10)) == min(10, count)


def test_what_cannot_be_searched(index, population):
    with pytest.raises(ValueError, match=r"shape \(8,\), the index holds vectors of width 32"):
        index.search(population[0, :8], k=3)
    bad = population[0].copy()
    bad[0] = np.nan
    with pytest.raises(ValueError, match="not finite"):
        index.search(bad, k=3)
    with pytest.raises(ValueError, match="k counts from 0"):
        index.search(population[0], k=-1)
    with pytest.raises(ValueError, match="row 6000"):
        index.search(population[0], k=1, rows=np.array([6000]))
    with pytest.raises(ValueError, match="one of recall, survivors and lists"):
        Probe(recall=0.5, lists=3)
    with pytest.raises(ValueError, match="recall is above 0"):
        Probe(recall=1.5)
    with pytest.raises(ValueError, match="depth counts from 1"):
        Probe(depth=0)
    with pytest.raises(ValueError, match="was not calibrated"):
        replace(index, calibration=None).search(population[0], k=3, probe=Probe(recall=0.9))
    with pytest.raises(ValueError, match="give the index something to fetch"):
        replace(index, fetch=None).calibrated(population[:3])
    with pytest.raises(ValueError, match=r"fetch brought \(1, 32\) for"):
        replace(index, fetch=lambda numbers: population[:1]).search(population[0], k=3)


def test_uncalibrated_it_looks_at_an_eighth(index, population):
    found: IvfPq = replace(index, calibration=None)
    assert found.search(population[0], k=5).plan.stages[0].vectors >= 750
    assert "not calibrated" in found.search(population[0], k=5).plan.reason

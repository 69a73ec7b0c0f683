"""Semantic: the order of a brute-force scan, and a quote that stands in the profile."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from pyroaring import BitMap

from retrieval.schema import Profile, Retrieval
from retrieval.snapshot import Snapshot
from retrieval.strategies import semantic

Find = Callable[..., Retrieval]
REQUEST = "somebody who looks after sick newborn babies"


def test_finds_by_meaning_where_no_word_is_shared(find: Find, people: dict[str, Profile]) -> None:
    hits = find(semantic.create, REQUEST, limit=10).hits
    assert all("Nurse" in (people[hit.member_id].headline or "") for hit in hits)


def test_agrees_with_a_scan_of_every_passage(find: Find, small_snapshot: Snapshot) -> None:
    query = small_snapshot.encoder.encode([REQUEST], side="role")[0]
    expected = {}
    for row in small_snapshot.alive:
        passages = small_snapshot.vectors.passages(row)[1]
        centroid = passages.mean(axis=0)
        expected[small_snapshot.member_id(row)] = 0.5 * np.mean(sorted(passages @ query)[-3:]) + 0.5 * (
            centroid @ query
        ) / np.linalg.norm(centroid)
    hits = find(semantic.create, REQUEST).hits
    assert {hit.member_id: hit.score for hit in hits} == pytest.approx(expected, abs=1e-5)
    order = [(-hit.score, hit.member_id) for hit in hits]
    assert order == sorted(order)


def test_the_reason_quotes_the_best_passage(find: Find, people: dict[str, Profile], small_snapshot: Snapshot) -> None:
    query = small_snapshot.encoder.encode([REQUEST], side="role")[0]
    for hit in find(semantic.create, REQUEST).hits:
        quote = hit.reason.split('"', 1)[1].removesuffix('"')
        assert 0 < len(quote) <= semantic.QUOTE
        assert quote.removesuffix("...") in " ".join(people[hit.member_id].text.split())
        best = max(small_snapshot.vectors.passages(small_snapshot.row(hit.member_id))[1] @ query)
        assert f"({best:.2f})" in hit.reason


def test_a_long_request_is_read_beyond_what_the_encoder_takes(small_snapshot: Snapshot) -> None:
    filler = "we are a friendly place with many tables and chairs " * 40
    plain = semantic.request_vector(filler, small_snapshot)
    told = semantic.request_vector(filler + "neonatal nurse for newborn babies " * 30, small_snapshot)
    nurse = small_snapshot.encoder.encode(["neonatal nurse"], side="role")[0]
    assert told @ nurse > plain @ nurse + 0.1
    assert np.linalg.norm(told) == pytest.approx(1.0, abs=1e-5)


def test_a_twenty_thousand_character_request_is_answered(find: Find) -> None:
    assert find(semantic.create, "nurse with NICU and triage " * 750, limit=5).hits


@pytest.mark.parametrize("text", ["", "  \n"])
def test_an_empty_request_finds_nobody(text: str, find: Find) -> None:
    assert find(semantic.create, text) == Retrieval()


def test_nobody_passes_nobody_found(find: Find) -> None:
    assert find(semantic.create, REQUEST, rows=BitMap()) == Retrieval()

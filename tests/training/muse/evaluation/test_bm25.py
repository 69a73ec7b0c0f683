"""BM25 scores as rank-bm25 does, by whichever words."""

from __future__ import annotations

from math import log

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from rank_bm25 import BM25Okapi

from retrieval.text_index import analyze
from training.muse.evaluation.bm25 import K1, B, Bm25

VOCABULARY = ("welding", "welded", "steel", "pipe", "C++", "nurse", "of", "the", "2019", "Zürich")
texts = st.lists(st.sampled_from(VOCABULARY), min_size=0, max_size=8).map(" ".join)


def oracle(documents: list[str], query: str) -> list[float]:
    """rank-bm25's Okapi with Lucene's idf, whose numerator has k1 + 1 more, which changes no order."""
    tokens = [analyze(text) for text in documents]
    made = BM25Okapi(tokens, k1=K1, b=B)
    found = {word: sum(word in text for text in tokens) for text in tokens for word in text}
    made.idf = {word: log(1 + (len(tokens) - count + 0.5) / (count + 0.5)) for word, count in found.items()}
    return [score / (K1 + 1) for score in made.get_scores(analyze(query))]


@settings(max_examples=60, deadline=None)
@given(st.lists(texts, min_size=1, max_size=12).filter(any), texts)
def test_scores_are_those_of_rank_bm25(documents: list[str], query: str) -> None:
    made = Bm25({f"d{at}": text for at, text in enumerate(documents)})
    np.testing.assert_allclose(made.scores(query), oracle(documents, query), atol=1e-5)


def test_the_order_is_by_score_then_place_and_ends_where_no_word_is_shared() -> None:
    documents = {"a": "steel pipe", "b": "nurse", "c": "welding steel pipe", "d": "steel pipe"}
    made = Bm25(documents)
    assert made.search(["welding pipe"], depth=10) == [["c", "a", "d"]]
    assert made.search(["welding pipe"], depth=2) == [["c", "a"]]
    assert made.search(["accountant", ""], depth=10) == [[], []]


def test_documents_without_words_are_never_found() -> None:
    assert Bm25({"a": "", "b": "..."}).search(["steel"], depth=3) == [[]]


def test_words_count_by_their_stem_as_in_the_text_index() -> None:
    assert Bm25({"a": "nurse", "b": "He WELDS pipes"}).search(["welding"], depth=3) == [["b"]]

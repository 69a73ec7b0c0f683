"""The forward index scores a pool as the plain formulas do."""

from __future__ import annotations

import math
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rank_bm25 import BM25Okapi

from retrieval.terms import TermMatrix, TermWriter
from retrieval.text_index import analyze

WORDS = ("nurse", "sap", "ledger", "welding", "python", "spanish", "audit", "budget")
TEXTS = st.lists(st.lists(st.sampled_from(WORDS), max_size=30).map(" ".join), min_size=1, max_size=12)


def matrix(folder: Path, texts: list[str]) -> TermMatrix:
    writer = TermWriter(folder)
    for text in texts:
        writer.add(text)
    writer.close()
    return TermMatrix(folder)


@settings(max_examples=60, deadline=None)
@given(texts=TEXTS, query=st.lists(st.sampled_from(WORDS), min_size=1, max_size=6).map(" ".join), data=st.data())
def test_bm25_and_coverage_equal_the_formulas_written_out(texts: list[str], query: str, data: st.DataObject) -> None:
    with TemporaryDirectory() as place:
        terms = matrix(Path(place), texts)
        rows = data.draw(st.lists(st.integers(0, len(texts) - 1), max_size=8))
        counts = [Counter(analyze(text)) for text in texts]
        mean = max(1.0, sum(map(Counter.total, counts)) / len(texts))

        def idf(term: str) -> float:
            having = sum(term in count for count in counts)
            rare = math.log1p((len(texts) - having + 0.5) / (having + 0.5))
            return rare if 0 < having <= len(texts) / 2 else 0.0

        wanted = Counter(analyze(query))
        weights, pool = terms.weights(query), terms.pool(rows)
        scored, covered = pool.bm25(weights), pool.covered(weights)
        whole = sum(times * idf(term) for term, times in wanted.items())
        for place_, row in enumerate(rows):
            length = max(1, counts[row].total())
            score = sum(
                times * idf(t) * counts[row][t] * 2.2 / (counts[row][t] + 1.2 * (0.25 + 0.75 * length / mean))
                for t, times in wanted.items()
            )
            share = sum(times * idf(t) for t, times in wanted.items() if counts[row][t]) / whole if whole else 0.0
            assert scored[place_] == pytest.approx(score, rel=1e-4, abs=1e-5)
            assert covered[place_] == pytest.approx(share, rel=1e-4, abs=1e-5)


def test_order_agrees_with_rank_bm25(tmp_path: Path) -> None:
    draw = np.random.default_rng(3)
    texts = [" ".join(draw.choice(WORDS, size=draw.integers(1, 25))) + f" only{i}" for i in range(40)]
    texts += ["something else entirely"] * 60  # so that no wanted term is in more than half
    terms = matrix(tmp_path, texts)
    ours = terms.pool(range(len(texts))).bm25(terms.weights("python ledger"), k1=1.5)
    theirs = BM25Okapi([analyze(text) for text in texts]).get_scores(analyze("python ledger"))
    both = np.corrcoef(np.argsort(np.argsort(ours[:40])), np.argsort(np.argsort(theirs[:40])))[0, 1]
    assert both > 0.97


def test_typical_terms_are_those_the_chosen_members_share(tmp_path: Path) -> None:
    texts = ["welding steel welding", "welding pipes", "nurse ward", "nurse clinic", "audit ledger", "ledger tax"] * 3
    terms = matrix(tmp_path, texts)
    typical = terms.pool([0, 1]).typical(np.array([0.5, 0.5], np.float32), most=2)
    names = {term for term, number in terms.vocabulary.items() if typical[number] > 0}
    assert "weld" in names
    assert not names & {"nurs", "ledger"}


def test_an_empty_pool_and_an_empty_text_are_fine(tmp_path: Path) -> None:
    terms = matrix(tmp_path, ["", "nurse", "audit"])
    assert terms.pool([]).bm25(terms.weights("nurse")).shape == (0,)
    assert terms.pool([0]).bm25(terms.weights("nurse")).tolist() == [0.0]
    assert terms.pool([0]).covered(terms.weights("unheard of")).tolist() == [0.0]

"""The engines on a public collection: they agree with published figures and with an independent run.

BEIR's SciFact: 5,183 abstracts, 300 claims. BM25 has nDCG@10 .665 (BEIR, arXiv:2104.08663, table 2) to .679 (Pyserini's
flat index, arXiv:2306.07471, table 3), depending on stems, stop words and parameters; all-MiniLM-L6-v2 has .645 (MTEB's
leaderboard).
"""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import bm25s
import ir_measures
import numpy as np
import pytest
from pyroaring import BitMap

from retrieval.encoder import load_base
from retrieval.schema import Profile
from retrieval.text_index import TextIndex, TextIndexWriter, analyze
from retrieval.vectors import VectorIndex

NDCG = ir_measures.parse_measure("nDCG@10")


@pytest.fixture(scope="module")
def scifact(shared_data: Path):
    """Documents (id, title and text), queries by id, relevance judgements."""
    folder = shared_data / "scifact"
    with gzip.open(folder / "corpus.jsonl.gz", "rt", encoding="utf-8") as lines:
        documents = [(d["_id"], f"{d['title']}\n{d['text']}") for d in map(json.loads, lines)]
    judged = [line.split() for line in (folder / "qrels_test.tsv").read_text().splitlines()[1:]]
    qrels = [ir_measures.Qrel(query, document, int(grade)) for query, document, grade in judged]
    wanted = {qrel.query_id for qrel in qrels}
    queries = {
        q["_id"]: q["text"]
        for q in map(json.loads, (folder / "queries.jsonl").read_text().splitlines())
        if q["_id"] in wanted
    }
    assert (len(documents), len(queries)) == (5_183, 300)
    return documents, queries, qrels


def ndcg(qrels, run) -> float:
    """Mean nDCG@10 of a run: query -> [(document, score)]."""
    scored = [ir_measures.ScoredDoc(query, doc, score) for query, found in run.items() for doc, score in found]
    return float(ir_measures.calc_aggregate([NDCG], qrels, scored)[NDCG])


def test_bm25_is_as_published(scifact, tmp_path):
    documents, queries, qrels = scifact
    writer = TextIndexWriter(tmp_path)
    for row, (_, text) in enumerate(documents):
        writer.add(row, Profile(member_id=str(row), text=text))
    writer.close()
    index, everything = TextIndex(tmp_path), BitMap(range(len(documents)))
    run = {
        query: [
            (documents[row][0], score)
            for row, score in index.search_terms(text, rows=everything, limit=10, boosts={"text": 1.0})
        ]
        for query, text in queries.items()
    }
    found = ndcg(qrels, run)
    assert found == pytest.approx(0.672, abs=0.015)
    peer = bm25s.BM25(method="lucene", k1=1.2, b=0.75)
    peer.index([analyze(text) for _, text in documents], show_progress=False)
    rows, scores = peer.retrieve([analyze(text) for text in queries.values()], k=10, show_progress=False)
    theirs = {
        query: [(documents[int(row)][0], float(score)) for row, score in zip(rows[at], scores[at], strict=True)]
        for at, query in enumerate(queries)
    }
    # tantivy keeps lengths of documents in a byte
    assert found == pytest.approx(ndcg(qrels, theirs), abs=0.003)


@pytest.mark.slow
def test_vectors_are_as_published_and_as_brute_force(scifact):
    documents, queries, qrels = scifact
    encoder = load_base()
    said = encoder.encode([text for _, text in documents], side="profile")
    asked = encoder.encode(list(queries.values()), side="role")
    brute = asked.astype(np.float64) @ said.astype(np.float64).T
    index = VectorIndex.build(said)
    for method in ("float32", "int8", "bits"):
        run = {}
        for number, query in enumerate(queries):
            hits = index.search(asked[number], k=10, method=method)
            run[query] = [(documents[row][0], float(score)) for row, score in zip(hits.rows, hits.scores, strict=True)]
            best = np.sort(brute[number])[::-1][:10]
            np.testing.assert_allclose(hits.scores, best, rtol=1e-6)
        assert ndcg(qrels, run) == pytest.approx(0.645, abs=0.01), method

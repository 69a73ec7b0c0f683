"""BM25, the baseline that knows nothing of meaning."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from retrieval.text_index import analyze
from training.muse.evaluation.missing import require
from training.muse.evaluation.nearest import best

K1, B = 1.5, 0.75
"""The usual settings, as in Robertson and Zaragoza, "The Probabilistic Relevance Framework" (2009); not tuned here."""


class Bm25:
    """Texts indexed for BM25, their words as the search's text index has them (lower case, stemmed, none left out).

    The idf is Lucene's, log(1 + (n - df + 0.5) / (df + 0.5)), which is always positive.

    Raises: MissingExtra without the extra `train`.
    """

    def __init__(self, documents: Mapping[str, str]) -> None:
        bm25s = require("bm25s")
        self._ids = list(documents)
        self._index = bm25s.BM25(k1=K1, b=B, method="lucene")
        self._vocabulary: dict[str, int] = {}
        tokens = [
            [self._vocabulary.setdefault(word, len(self._vocabulary)) for word in analyze(text)]
            for text in documents.values()
        ]
        self._empty = not self._vocabulary
        if not self._empty:
            self._index.index((tokens, self._vocabulary), show_progress=False)

    def scores(self, query: str) -> NDArray[np.float32]:
        """[n] the score of every document; a word that stands twice in the query counts twice."""
        known = [self._vocabulary[word] for word in analyze(query) if word in self._vocabulary]
        if self._empty or not known:
            return np.zeros(len(self._ids), np.float32)
        return np.asarray(self._index.get_scores_from_ids(known), np.float32)

    def search(self, queries: Sequence[str], *, depth: int) -> list[list[str]]:
        """Ids of at most `depth` documents for each query, best first, ties by order; only those with a word of it."""
        found = []
        for query in queries:
            scores = np.round(self.scores(query), 6)
            found.append(best(scores, self._ids, depth=min(depth, int((scores > 0).sum()))))
        return found

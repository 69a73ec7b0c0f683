"""People whose profile speaks of what the request speaks of, whatever the words: exact cosine over passages."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from retrieval.filters import Filter
from retrieval.passages import split
from retrieval.schema import Context, Retrieval, Role
from retrieval.snapshot import Snapshot
from retrieval.strategies.answer import answer
from retrieval.strategies.nearness import nearest, unit
from retrieval.strategies.request import wanted_text

MAX_QUERY_PASSAGES = 24
"""Of a longer request (a pasted job description of over 3,600 words) only the beginning is read."""
QUERY_WORDS = 150
"""Words of a request that one vector takes; the encoder reads 256 tokens."""
QUOTE = 120
"""Characters of the best passage in a reason, at most."""


class Semantic:
    """A member scores by cosine: mostly the mean of the best three passages, also the whole profile and the titles."""

    name = "semantic"

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot

    def retrieve(self, *, role: Role, filter: Filter, context: Context, limit: int) -> Retrieval:  # noqa: ARG002 -- the protocol's
        """The members nearest to the request's text."""
        rows = filter.rows & self._snapshot.alive
        text = wanted_text(role)
        if limit < 1 or not rows or not text.strip():
            return Retrieval()
        query = request_vector(text, self._snapshot)
        found = nearest(query, self._snapshot, rows=rows, limit=limit)

        def reason(row: int, score: float) -> str:  # noqa: ARG001 -- `answer` passes it; the passage has its own
            quote, similar = best_passage(row, query, self._snapshot)
            return f'close in meaning ({similar:.2f}): "{quote}"'

        return answer(self.name, self._snapshot, found, limit=limit, reason=reason)


def create(snapshot: Snapshot) -> Semantic:
    """The entry point's factory."""
    return Semantic(snapshot)


def request_vector(text: str, snapshot: Snapshot) -> NDArray[np.float32]:
    """[d] one unit vector for a request; that of a long one is the mean of its parts'."""
    parts = [span.of(text) for span in split(text, words=QUERY_WORDS)][:MAX_QUERY_PASSAGES]
    return unit(snapshot.encoder.encode(parts, side="role").mean(axis=0))


def best_passage(row: int, query: NDArray[np.float32], snapshot: Snapshot) -> tuple[str, float]:
    """How the member's passage nearest to `query` begins, on one line, at most 120 characters; and its cosine."""
    spans, vectors = snapshot.vectors.passages(row)
    similar = np.asarray(vectors) @ query
    best = int(np.argmax(similar))
    start, end = spans[best].tolist()
    words = " ".join(snapshot.profile(row).text[start:end].split())
    quote = words if len(words) <= QUOTE else words[: QUOTE - 3].rsplit(" ", 1)[0] + "..."
    return quote, float(similar[best])

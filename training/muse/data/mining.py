"""What looks like an answer: the best of BM25 and of an encoder, blended by rank."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from hashlib import blake2b
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from offline.encodings import Journal, text_hash
from retrieval.encoder import TextEncoder
from training.muse.evaluation.bm25 import Bm25
from training.muse.evaluation.nearest import nearest

DEPTH = 100
"""Of each ranking that is blended."""
K = 60
"""Of reciprocal rank fusion (Cormack, Clarke and Buettcher, 2009)."""
AT_ONCE = 128


class Miner:
    """Finds, for each query, texts that an encoder or BM25 ranks high.

    Encodings are kept in `folder` as they come, so that a kill loses seconds of them; `done` removes them. `progress`
    is told how many of all texts are encoded.
    """

    def __init__(
        self, encoder: TextEncoder, folder: Path, *, progress: Callable[[int, int], None] = lambda *_: None
    ) -> None:
        self._encoder = encoder
        self._folder = folder
        self._progress = progress

    def __call__(self, queries: Sequence[str], texts: Mapping[str, str]) -> list[list[str]]:
        """Ids of `texts` for each query, best first. Raises: ExtraMissing without the extra `train`."""
        if not queries or not texts:
            return [[] for _ in queries]
        ids = list(texts)
        near = nearest(
            self._encoder.encode(list(queries), side="role"), self._encoded(list(texts.values())), ids, depth=DEPTH
        )
        worded = Bm25(texts).search(queries, depth=DEPTH)
        return [_blended(one, other) for one, other in zip(near, worded, strict=True)]

    def done(self) -> None:
        """Remove the encodings that were kept."""
        for path in self._folder.glob("mined-*.journal"):
            path.unlink()

    def _encoded(self, texts: list[str]) -> NDArray[np.float32]:
        """[n, d] unit rows."""
        self._folder.mkdir(parents=True, exist_ok=True)
        name = blake2b(self._encoder.id.encode(), digest_size=6).hexdigest()
        path = self._folder / f"mined-{name}.journal"
        hashes = np.frombuffer(b"".join(map(text_hash, texts)), "S16")
        with Journal(path, encoder=self._encoder.id, width=self._encoder.width) as journal:
            missing = np.flatnonzero(journal.stored().find(hashes) < 0).tolist()
            for start in range(0, len(missing), AT_ONCE):
                part = [texts[at] for at in missing[start : start + AT_ONCE]]
                journal.append([text_hash(text) for text in part], self._encoder.encode(part, side="profile"))
                self._progress(len(texts) - len(missing) + start + len(part), len(texts))
            kept = journal.stored()
            return kept.take(kept.find(hashes))


def _blended(one: Sequence[str], other: Sequence[str]) -> list[str]:
    """Both rankings in one: the sum of 1 / (K + rank), ties by id."""
    scores: dict[str, float] = {}
    for ranking in (one, other):
        for rank, key in enumerate(ranking, 1):
            scores[key] = scores.get(key, 0.0) + 1 / (K + rank)
    return sorted(scores, key=lambda key: (-scores[key], key))

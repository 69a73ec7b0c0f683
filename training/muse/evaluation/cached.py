"""Vectors that are made once: an encoder that remembers on disk what it has encoded, at full width."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from hashlib import blake2b
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray

from offline.encodings import Hashes, Journal, text_hash
from retrieval.encoder import Progress, Side, TextEncoder
from retrieval.encoder.levels import chosen, cut

AT_ONCE = 128
"""Texts after which what was encoded is safe on disk."""


class Cached:
    """A text encoder in front of another one; the same text, side and encoder are never encoded twice.

    Vectors are kept in `folder`, a file an encoder, named by its id and the `place` it runs at, if that is not here. A
    killed run costs the texts of one batch. Of a text the file holds a hash and a vector, never words; a vector tells
    something of its text all the same, so keep the folder as you keep a snapshot.
    """

    def __init__(
        self,
        encoder: TextEncoder,
        folder: Path,
        *,
        place: str = "",
        told: Callable[[int, int], None] | None = None,
    ) -> None:
        self.id = encoder.id
        self.width = encoder.width
        self.levels = encoder.levels
        self._encoder = encoder
        self._told = told
        folder.mkdir(parents=True, exist_ok=True)
        name = blake2b(f"{encoder.id} {encoder.width} {place}".strip().encode(), digest_size=8).hexdigest()
        self._journal = Journal(folder / f"{name}.vectors", encoder=name, width=encoder.width)

    def encode(
        self, texts: Sequence[str], *, side: Side, width: int | None = None, progress: Progress | None = None
    ) -> NDArray[np.float32]:
        """[n, width] unit rows in the order of `texts`. Raises: WidthRefused."""
        width = chosen(width, self.levels)
        keys = [_key(text, side) for text in texts]
        self._fill(dict(zip(keys, texts, strict=True)), side, progress)
        stored = self._journal.stored()
        return cut(stored.take(stored.find(_hashes(keys))), width)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._journal.__exit__(kind, error, trace)

    def _fill(self, wanted: dict[bytes, str], side: Side, progress: Progress | None) -> None:
        at = self._journal.stored().find(_hashes(list(wanted)))
        missing = [pair for pair, place in zip(wanted.items(), at.tolist(), strict=True) if place < 0]
        # texts of one length side by side: what pads a batch is not computed
        missing.sort(key=lambda pair: len(pair[1]))
        for start in range(0, len(missing), AT_ONCE):
            batch = missing[start : start + AT_ONCE]
            vectors = self._encoder.encode([text for _, text in batch], side=side)
            self._journal.append([key for key, _ in batch], vectors)
            done = start + len(batch)
            if progress:
                progress(done)
            if self._told:
                self._told(done, len(missing))


def _key(text: str, side: Side) -> bytes:
    return text_hash(f"{side}\n{text}")


def _hashes(keys: Sequence[bytes]) -> Hashes:
    return np.array(keys, dtype="S16")

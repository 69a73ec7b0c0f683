"""What the guard's in-process model knows beside the text before it: rare words, passage vectors, what is usual."""

from __future__ import annotations

import math
import threading
from collections.abc import Sequence
from functools import lru_cache
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from retrieval.addressed import heard
from retrieval.encoder import Side
from retrieval.schema import Profile, Span
from retrieval.snapshot import Snapshot, UnknownMember
from retrieval.text_index import analyze

SAMPLED = 8192


class Population(Protocol):
    """All profiles, as far as marking one of them needs the others. Thread-safe."""

    def rarity(self, stem: str) -> float:
        """0 (every profile says it) to 1 (none does)."""
        ...

    def encode(self, texts: Sequence[str], *, side: Side) -> NDArray[np.float32] | None:
        """[n, d] unit rows, or `None` where there is no encoder."""
        ...

    def sample(self) -> NDArray[np.float32] | None:
        """[s, d] passages of people at large: what an unrelated passage looks like."""
        ...

    def stored(self, member_id: str, text: str) -> Profile | None:
        """The member's stored profile, if it still says `text`."""
        ...

    def indexed(self, member_id: str) -> Profile | None:
        """The member's stored profile, whatever it says."""
        ...

    def passages(self, member_id: str) -> tuple[list[Span], NDArray[np.float32]] | None:
        """Spans and vectors [p, d] of a stored member's passages."""
        ...


class NoPopulation:
    """A text on its own: every word weighs the same and nothing is encoded."""

    def rarity(self, stem: str) -> float:
        """Abbreviations and longer words tell more; a rough guess where nothing is counted."""
        return min(1.0, 0.4 + 0.05 * len(stem))

    def encode(self, texts: Sequence[str], *, side: Side) -> None:
        """Nothing."""

    def sample(self) -> None:
        """Nothing."""

    def stored(self, member_id: str, text: str) -> None:
        """Nobody."""

    def indexed(self, member_id: str) -> Profile | None:
        """Nobody."""

    def passages(self, member_id: str) -> None:
        """Nothing."""


class SnapshotPopulation:
    """The population of one open snapshot."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._lock = threading.Lock()
        self._sampled: NDArray[np.float32] | None = None
        self.rarity = lru_cache(maxsize=65_536)(self._rarity)

    def _rarity(self, stem: str) -> float:
        """By how many profiles hold the rarest part of the stem; the index splits "r&d" and spells as written."""
        count = max(2, self._snapshot.count)
        spellings = {
            stem,
            stem.replace("iz", "is"),
            stem.replace("cens", "cenc"),
            stem.replace("or", "our"),
            f"{stem}i",
        }
        frequency = max(
            min((self._snapshot.text.frequency("text", term) for term in analyze(spelling)), default=0)
            for spelling in spellings
        )
        return math.log((count + 1) / (min(frequency, count) + 1)) / math.log(count + 1)

    def encode(self, texts: Sequence[str], *, side: Side) -> NDArray[np.float32]:
        """By the snapshot's own encoder."""
        return self._snapshot.encoder.encode(list(texts), side=side)

    def sample(self) -> NDArray[np.float32]:
        """Every n-th passage, read once."""
        with self._lock:
            if self._sampled is None:
                vectors = self._snapshot.vectors.vectors
                step = max(1, len(vectors) // SAMPLED)
                self._sampled = np.array(vectors[::step], dtype=np.float32)
            return self._sampled

    def stored(self, member_id: str, text: str) -> Profile | None:
        """From the snapshot; `None` for strangers and for a text that has changed since, blanked lines aside."""
        profile = self.indexed(member_id)
        return profile if profile is not None and text in (profile.text, heard(profile.text)) else None

    def indexed(self, member_id: str) -> Profile | None:
        """From the snapshot."""
        row = self._row(member_id)
        return None if row is None else self._snapshot.profile(row)

    def passages(self, member_id: str) -> tuple[list[Span], NDArray[np.float32]] | None:
        """From the snapshot's vectors."""
        row = self._row(member_id)
        if row is None:
            return None
        spans, vectors = self._snapshot.vectors.passages(row)
        return [Span(start=int(start), end=int(end)) for start, end in spans], vectors

    def _row(self, member_id: str) -> int | None:
        try:
            return self._snapshot.row(member_id)
        except UnknownMember:
            return None

"""Which vectors speak for a text: the stored ones as far as the text still says what was indexed, else new ones."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from agents.embedded.marks.evidence import Reading
from agents.embedded.marks.nearness import Passages
from agents.embedded.marks.population import Population
from retrieval import serialisation
from retrieval.schema import Profile, Span

KEPT = 256
MOST = 64  # passages of a stranger's text that are encoded

Known = tuple[list[Span], NDArray[np.float32]]


class Standing:
    """Finds the passages of a text with their vectors. Thread-safe.

    - A text as indexed has the stored vectors, unless lines of it speak to the reader: then its passages are cut and
      encoded anew without those lines, so that they cost the person nothing and bring nothing.
    - A text that was changed since keeps the stored vectors of what still stands in it; what was put in has none.
    - A stranger's text is encoded, and remembered for other roles.
    """

    def __init__(self, population: Population) -> None:
        self._population = population
        self._lock = threading.Lock()
        self._encoded: OrderedDict[bytes, NDArray[np.float32] | None] = OrderedDict()

    def passages(self, profile: Profile, reading: Reading) -> Passages:
        """The passages of `reading`, which is of `profile.text` or of that with nothing but blanks put in.

        None where there is no encoder.
        """
        member_id = profile.member_id
        as_indexed = self._population.stored(member_id, reading.text)
        if as_indexed is not None:
            known = self._population.passages(member_id)
            whole = known is None or as_indexed.text == reading.unspoken
            return Passages(reading, known) if whole else self._anew(profile, reading)
        before = self._population.indexed(member_id)
        stored = self._population.passages(member_id) if before else None
        if before is None or stored is None:
            return self._anew(profile, reading)
        old = Reading(before.text)
        if old.unspoken != old.text:
            return self._anew(profile, reading)
        return Passages(reading, still_there(before.text, stored, reading.text), own=False)

    def _anew(self, profile: Profile, reading: Reading) -> Passages:
        found = serialisation.passages(profile.model_copy(update={"text": reading.unspoken}))[:MOST]
        texts, spans = [passage.text for passage in found], [passage.span for passage in found]
        key = blake2b("\0".join(texts).encode("utf-8", "surrogatepass"), digest_size=16).digest()
        with self._lock:
            if key in self._encoded:
                self._encoded.move_to_end(key)
                vectors = self._encoded[key]
                return Passages(reading, (spans, vectors) if vectors is not None else None, own=False)
        vectors = self._population.encode(texts, side="profile") if texts else None
        with self._lock:
            self._encoded[key] = vectors
            if len(self._encoded) > KEPT:
                self._encoded.popitem(last=False)
        return Passages(reading, (spans, vectors) if vectors is not None else None, own=False)


def still_there(old: str, stored: Known, new: str) -> Known:
    """The stored passages that the new text still holds, word for word, with their places in it.

    Where the new text is the old one with one thing put in, all stand, also the passage that it was put into.
    """
    spans, vectors = stored
    begin = _alike(old, new)
    rest = _alike(old[begin:][::-1], new[begin:][::-1])
    moved = len(new) - len(old)
    kept: list[int] = []
    places: list[Span] = []
    for index, span in enumerate(spans):
        place = _place(span, begin=begin, end=len(old) - rest, moved=moved, whole=begin + rest == len(old))
        if place is None:
            at = new.find(span.of(old))
            place = Span(start=at, end=at + span.end - span.start) if at >= 0 else None
        if place is not None:
            kept.append(index)
            places.append(place)
    return places, _rows(vectors, kept)


def _alike(one: str, other: str) -> int:
    """How many characters two texts begin with in common."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((index for index, (a, b) in pairs if a != b), min(len(one), len(other)))


def _place(span: Span, *, begin: int, end: int, moved: int, whole: bool) -> Span | None:
    """Where a passage of the old text stands in the new one, which differs in old `[begin, end)` alone."""
    if span.end <= begin:
        return span
    if span.start >= end:
        return Span(start=span.start + moved, end=span.end + moved)
    return Span(start=span.start, end=span.end + moved) if whole else None


def _rows(vectors: NDArray[np.float32], kept: Sequence[int]) -> NDArray[np.float32]:
    return np.asarray(vectors, np.float32)[list(kept)] if kept else np.zeros((0, vectors.shape[1]), np.float32)

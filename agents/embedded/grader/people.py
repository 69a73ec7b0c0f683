"""Some people, as far as a role is measured against them: passages, titles and words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from agents.embedded.marks.nearness import Passages as Own
from agents.embedded.marks.sheet import Sheet
from ranking.view import Floats, Passages
from retrieval.schema import Profile
from retrieval.serialisation import headline
from retrieval.snapshot import Snapshot
from retrieval.terms import PoolTerms, TermMatrix
from retrieval.text_index import analyze

CROWD = 4096
"""Members that stand for a population: all of a small one. They tell what is usual, who leads and who is alike."""


@dataclass(frozen=True, kw_only=True)
class People:
    """Shapes: `m` people, `d` width. `rows` [m] are their rows in the snapshot, -1 for strangers."""

    rows: NDArray[np.int64]
    passages: Passages
    headlines: Floats
    """[m, d] headline and titles; zeros where there are none."""
    terms: PoolTerms


def crowd_of(snapshot: Snapshot) -> People:
    """Every n-th member, at most `CROWD` of them."""
    rows = np.arange(0, snapshot.count, max(1, -(-snapshot.count // CROWD)))
    return People(
        rows=rows,
        passages=Passages.of(snapshot, rows.tolist()),
        headlines=np.asarray(snapshot.headline_vectors[rows], np.float32),
        terms=snapshot.terms.pool(rows.tolist()),
    )


def person_of(sheet: Sheet, snapshot: Snapshot) -> People:
    """The one whom a sheet is about: stored vectors and counts for a text as indexed, else what the text itself says.

    Lines that speak to the reader count for nothing.
    """
    profile, reading = sheet.profile, sheet.reading
    row = snapshot.row(profile.member_id) if snapshot.has(profile.member_id) else -1
    indexed = snapshot.profile(row) if row >= 0 else None
    as_indexed = indexed is not None and indexed.text == reading.unspoken
    return People(
        rows=np.array([row]),
        passages=_passages(sheet.passages, snapshot.vectors.width),
        headlines=_headline(profile, indexed, row, snapshot),
        terms=snapshot.terms.pool([row]) if as_indexed else _terms(reading.unspoken, snapshot.terms),
    )


def _passages(own: Own, width: int) -> Passages:
    vectors = own.vectors if len(own.spans) else np.zeros((1, width), np.float32)
    return Passages(vectors=vectors, starts=np.zeros(1, np.int64), counts=np.array([len(vectors)]))


def _headline(profile: Profile, indexed: Profile | None, row: int, snapshot: Snapshot) -> Floats:
    said = headline(profile)
    if indexed is not None and headline(indexed) == said:
        return np.asarray(snapshot.headline_vectors[row : row + 1], np.float32)
    if not said:
        return np.zeros((1, snapshot.vectors.width), np.float32)
    return snapshot.encoder.encode([said], side="profile")


def _terms(text: str, index: TermMatrix) -> PoolTerms:
    counted: Sequence[tuple[int, int]] = [
        (index.vocabulary[term], times) for term, times in Counter(analyze(text)).items() if term in index.vocabulary
    ]
    ids = np.array([number for number, _ in counted], np.int32)
    counts = np.array([min(times, 255) for _, times in counted], np.float32)
    return PoolTerms(offsets=np.array([0, len(ids)]), ids=ids, counts=counts, index=index)

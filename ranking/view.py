"""Everything the features of one pool are computed from, gathered once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from retrieval.schema import Candidate, Importance, Role
from retrieval.terms import PoolTerms, TermMatrix

if TYPE_CHECKING:
    from retrieval.snapshot import Snapshot

Floats = NDArray[np.float32]

BACKGROUND = 512
"""Members against whom a similarity is called high or low: enough for a mean and a deviation, few enough to be free."""
LEADERS = 10
"""Candidates, the first of the blend, that stand for what the role seems to want."""


@dataclass(frozen=True, kw_only=True)
class Passages:
    """Passages of some members. Shapes: `p` passages, `m` members, `d` width; those of member i are
    `starts[i]:starts[i] + counts[i]`, and there is at least one of each."""

    vectors: Floats
    starts: NDArray[np.int64]
    counts: NDArray[np.int64]

    @classmethod
    def of(cls, snapshot: Snapshot, rows: Sequence[int]) -> Passages:
        """Gather them; a member without passages gets one zero vector."""
        parts = [snapshot.vectors.passages(row)[1] for row in rows]
        width = snapshot.vectors.width
        parts = [part if len(part) else np.zeros((1, width), np.float32) for part in parts]
        counts = np.array([len(part) for part in parts], np.int64)
        vectors = np.concatenate(parts) if parts else np.empty((0, width), np.float32)
        return cls(vectors=vectors, starts=np.cumsum(counts) - counts, counts=counts)

    def best(self, similar: Floats) -> Floats:
        """Largest value [m, ...] among each member's passages, of `similar` [p, ...]."""
        largest: Floats = np.maximum.reduceat(similar, self.starts, axis=0)
        return largest

    def mean(self, similar: Floats) -> Floats:
        """Mean [m] over each member's passages."""
        total = np.add.reduceat(similar, self.starts)
        mean: Floats = (total / self.counts).astype(np.float32)
        return mean

    def mean_of_best(self, similar: Floats, best: int = 3) -> Floats:
        """Mean [m] of each member's `best` largest values, of all where there are fewer."""
        parts = np.split(similar, self.starts[1:])
        return np.array([np.sort(part)[-best:].mean() for part in parts], np.float32)

    @cached_property
    def centroids(self) -> Floats:
        """Unit mean [m, d] of each member's passages."""
        sums = np.add.reduceat(self.vectors, self.starts, axis=0)
        return unit(sums)


@dataclass(frozen=True, kw_only=True)
class View:
    """A role and its pool, ready to be measured. Shapes: `m` candidates, `a` titles asked for, `r` requirements."""

    role: Role
    snapshot: Snapshot
    candidates: Sequence[Candidate]
    rows: NDArray[np.int64]
    request: Floats
    """[d] the whole request."""
    titles: Floats
    """[a, d] each title asked for; the request where none is."""
    requirements: Floats
    """[r, d] each requirement that is not excluded; the request where there is none."""
    wanted: tuple[str, ...]
    """The `r` requirements as text."""
    passages: Passages
    background: Passages
    terms: PoolTerms

    @classmethod
    def of(cls, *, role: Role, candidates: Sequence[Candidate], snapshot: Snapshot) -> View:
        """Gather it: one batch through the encoder, and the pool's passages and terms."""
        rows = np.array([snapshot.row(candidate.member_id) for candidate in candidates], np.int64)
        titles = [t.value for t in role.titles if t.importance is not Importance.EXCLUDE] or [role.text]
        wanted = [q.value for q in role.requirements() if q.importance is not Importance.EXCLUDE] or [role.text]
        vectors = snapshot.encoder.encode([role.text, *titles, *wanted], side="role")
        step = max(1, snapshot.count // BACKGROUND)
        return cls(
            role=role,
            snapshot=snapshot,
            candidates=candidates,
            rows=rows,
            request=vectors[0],
            titles=vectors[1 : 1 + len(titles)],
            requirements=vectors[1 + len(titles) :],
            wanted=tuple(wanted),
            passages=Passages.of(snapshot, rows.tolist()),
            background=Passages.of(snapshot, range(0, snapshot.count, step)),
            terms=snapshot.terms.pool(rows.tolist()),
        )

    @property
    def index(self) -> TermMatrix:
        """The population's terms."""
        return self.snapshot.terms

    @cached_property
    def similar(self) -> Floats:
        """[p] cosine of each passage of the pool with the request."""
        cosines: Floats = self.passages.vectors @ self.request
        return cosines

    @cached_property
    def ordinary(self) -> Floats:
        """[p'] the same for the background."""
        cosines: Floats = self.background.vectors @ self.request
        return cosines

    @cached_property
    def shown(self) -> Floats:
        """[m, r] cosine of each requirement with each candidate's best passage for it."""
        return self.passages.best(self.passages.vectors @ self.requirements.T)

    @cached_property
    def shown_above(self) -> Floats:
        """[m, r] the same, in deviations above what is ordinary for that requirement."""
        ordinary = self.background.best(self.background.vectors @ self.requirements.T)
        above: Floats = (self.shown - ordinary.mean(axis=0)) / (ordinary.std(axis=0) + 1e-6)
        return above

    @cached_property
    def covered(self) -> Floats:
        """[m, r] share of each requirement's rarer words that the candidate has."""
        each = [self.terms.covered(self.index.weights(text, repeats=False)) for text in self.wanted]
        return np.stack(each, axis=1)

    @cached_property
    def asked(self) -> str:
        """The titles asked for as text; the request where none is."""
        return " ".join(t.value for t in self.role.titles if t.importance is not Importance.EXCLUDE) or self.role.text

    @cached_property
    def headlines(self) -> Floats:
        """[m, d] headline and titles of each candidate; zeros where there are none."""
        return np.asarray(self.snapshot.headline_vectors[self.rows], np.float32)

    @cached_property
    def leading(self) -> Floats:
        """[m] how much each candidate stands for what is wanted: its blended score if it leads, else 0; sums to 1.

        The first `LEADERS` lead; ties go by member id, so that the order of the candidates changes nothing.
        """
        blend = np.array([candidate.blend for candidate in self.candidates], np.float32)
        share = np.zeros_like(blend)
        ids = [candidate.member_id for candidate in self.candidates]
        first = sorted(range(len(ids)), key=lambda i: (-self.candidates[i].blend, ids[i]))[:LEADERS]
        share[first] = np.maximum(blend[first], 1e-9)
        share /= share.sum()
        return share

    def against(self, values: Floats, ordinary: Floats) -> Floats:
        """How many deviations [m] the values stand above what is ordinary in the population."""
        above: Floats = (values - ordinary.mean()) / (ordinary.std() + 1e-6)
        return above


def unit(vectors: Floats) -> Floats:
    """Rows scaled to length one; zeros stay."""
    scaled: Floats = vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-9)
    return scaled

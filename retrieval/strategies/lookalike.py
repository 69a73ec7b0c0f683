"""People like one or more given people: near them in meaning, and sharing their titles, skills, trades, employers."""

from __future__ import annotations

import numpy as np
from pyroaring import BitMap

from retrieval.filters import Filter
from retrieval.schema import Context, Retrieval, Role
from retrieval.snapshot import Snapshot, UnknownMember
from retrieval.strategies.answer import answer
from retrieval.strategies.nearness import member_vector, unit
from retrieval.strategies.traits import Traits, traits_of

NO_SEEDS = "lookalike: no example people given"
PASSAGES, HEADLINE, SHARED = 0.5, 0.2, 0.3
"""What the three likenesses weigh: of passages, of headlines and titles, and the share of traits in common."""
MOST_SEEDS = 50
POOL = 4
"""Members compared trait by trait, as a multiple of the limit."""


class Lookalike:
    """The seeds' centroid against every member's passages and headline, and the seeds' traits against theirs."""

    name = "lookalike"

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot

    def retrieve(self, *, role: Role, filter: Filter, context: Context, limit: int) -> Retrieval:  # noqa: ARG002 -- the protocol's
        """The members most like `context.seeds`, without these.

        Raises:
            UnknownMember: for a seed that the population does not have, or has no longer.
        """
        if not context.seeds:
            return Retrieval(notes=(NO_SEEDS,))
        seeds = rows_of(context.seeds[:MOST_SEEDS], self._snapshot)
        rows = (filter.rows & self._snapshot.alive) - BitMap(seeds)
        if limit < 1 or not rows:
            return Retrieval()
        traits = traits_of(seeds, self._snapshot)
        scores = self._scores(seeds, traits, rows, limit)
        return answer(self.name, self._snapshot, scores.items(), limit=limit, reason=traits.reason)

    def _scores(self, seeds: list[int], traits: Traits, rows: BitMap, limit: int) -> dict[int, float]:
        """row -> likeness of the members that any of the three sees as near."""
        snapshot, wide = self._snapshot, max(200, POOL * limit)
        centroid = unit(np.mean([member_vector(row, snapshot) for row in seeds], axis=0))
        headline = unit(snapshot.headline_vectors[seeds].mean(axis=0))
        every = np.asarray(rows.to_array(), dtype=np.int64)
        headlines = np.round(snapshot.headline_vectors[every] @ headline, 6)
        shared = traits.shares(snapshot.count)[every]
        pool = BitMap(snapshot.vectors.search(centroid, rows=rows, limit=wide).rows.astype(np.uint32))
        pool |= BitMap(every[np.argsort(-headlines, kind="stable")[:wide]].astype(np.uint32))
        pool |= BitMap(every[np.argsort(-shared, kind="stable")[:wide]].astype(np.uint32))
        compared = snapshot.vectors.search(centroid, rows=pool, limit=len(pool))
        near = dict(zip(compared.rows.tolist(), compared.scores.tolist(), strict=True))
        place = np.searchsorted(every, np.asarray(pool.to_array(), dtype=np.int64))
        return {
            int(every[at]): PASSAGES * near.get(int(every[at]), 0.0)
            + HEADLINE * float(headlines[at])
            + SHARED * float(shared[at])
            for at in place
        }


def create(snapshot: Snapshot) -> Lookalike:
    """The entry point's factory."""
    return Lookalike(snapshot)


def rows_of(members: tuple[str, ...], snapshot: Snapshot) -> list[int]:
    """Their rows, each once. An erased member is as unknown as one who never was. Raises: UnknownMember."""
    alive = snapshot.alive
    rows = []
    for member in dict.fromkeys(members):
        row = snapshot.row(member)
        if row not in alive:
            raise UnknownMember(member)
        rows.append(row)
    return rows

"""People whose known attributes fit, graded by how many of them do: bitmaps, no text read."""

from __future__ import annotations

from itertools import groupby

import numpy as np

from retrieval.filters import Filter
from retrieval.schema import Context, Retrieval, Role
from retrieval.snapshot import Snapshot
from retrieval.strategies.answer import answer, best_rows
from retrieval.strategies.wishes import Wish, Wishes

NOT_ANSWERABLE = "faceted: the role names nothing that attributes hold (titles, skills, places ...)"


class Faceted:
    """A member scores the share, by weight, of the role's criteria that the member's attributes fulfil: 0..1.

    What is unknown of a member is not fulfilled, and not held against them either: unwanted attributes alone subtract.
    """

    name = "faceted"

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._wishes = Wishes(snapshot)

    def retrieve(self, *, role: Role, filter: Filter, context: Context, limit: int) -> Retrieval:  # noqa: ARG002 -- the protocol's
        """The members with the most fitting attributes; those with none are not returned."""
        rows = np.asarray((filter.rows & self._snapshot.alive).to_array(), dtype=np.int64)
        if limit < 1 or not rows.size:
            return Retrieval()
        wishes = self._wishes.of(role)
        total = sum(wish.weight for wish in wishes if wish.weight > 0)
        if not total:
            return Retrieval(notes=(NOT_ANSWERABLE,))
        scores = np.zeros(self._snapshot.count, dtype=np.float32)
        for wish in wishes:
            scores += np.float32(wish.weight / total) * wish.grades(self._snapshot.count)
        wanted = [wish for wish in wishes if wish.weight > 0]
        return answer(
            self.name,
            self._snapshot,
            best_rows(np.clip(scores, 0, 1), rows, limit),
            limit=limit,
            reason=lambda row, _: _reason(row, wanted),
        )


def create(snapshot: Snapshot) -> Faceted:
    """The entry point's factory."""
    return Faceted(snapshot)


def _reason(row: int, wanted: list[Wish]) -> str:
    """ "title: accountant; skills: SAP, QuickBooks (2 of 4)"."""
    parts = []
    for attribute, group in groupby(wanted, key=lambda wish: wish.attribute):
        wishes = list(group)
        met = [wish.label if wish.grade(row) > 0.5 else f"{wish.label} (partly)" for wish in wishes if wish.grade(row)]
        if met:
            count = f" ({len(met)} of {len(wishes)})" if len(wishes) > 1 else ""
            parts.append(f"{attribute}: {', '.join(met)}{count}")
    return "; ".join(parts)

"""People this recruiter would like, judging by whom they liked and passed before: Rocchio's feedback on vectors.

Rocchio, "Relevance feedback in information retrieval", in The SMART Retrieval System, 1971.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

from retrieval.filters import Filter
from retrieval.schema import Context, Retrieval, Role
from retrieval.snapshot import Snapshot, UnknownMember
from retrieval.strategies.answer import answer, members
from retrieval.strategies.nearness import member_vector, nearest, unit
from retrieval.strategies.request import wanted_text
from retrieval.strategies.semantic import request_vector

NO_HISTORY = "personalized: no likes, passes or past roles of this recruiter yet"
ROLE, LIKED, PASSED, PAST = 1.0, 0.75, 0.25, 0.25
"""Rocchio's weights: the present role leads, likes pull, passes push a little, past roles colour."""
MOST_ROLES = 10
MOST_MEMBERS = 100
"""Of a long history the newest roles and members count."""


class Personalized:
    """The role's vector moved towards those liked and away from those passed; passed members do not come back."""

    name = "personalized"

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot

    def retrieve(self, *, role: Role, filter: Filter, context: Context, limit: int) -> Retrieval:
        """The members nearest to the moved vector; nobody, at no cost, without a history."""
        feedback = context.feedback
        if feedback.empty:
            return Retrieval(notes=(NO_HISTORY,))
        liked, passed = self._known(feedback.liked), self._known(feedback.passed)
        rows = (filter.rows & self._snapshot.alive) - BitMap(passed)
        past = [text for text in feedback.past_roles if text.strip()][-MOST_ROLES:]
        if limit < 1 or not rows or not (liked or passed or past):
            return Retrieval(notes=() if liked or passed or past else (NO_HISTORY,))
        liked_vectors = [member_vector(row, self._snapshot) for row in liked[-MOST_MEMBERS:]]
        passed_vectors = [member_vector(row, self._snapshot) for row in passed[-MOST_MEMBERS:]]
        query = self._query(wanted_text(role), liked_vectors, passed_vectors, past)
        if not query.any():
            return Retrieval(notes=("personalized: this history says nothing about the role",))
        found = nearest(query, self._snapshot, rows=rows, limit=limit)

        def reason(row: int, score: float) -> str:
            if (
                liked_vectors
                and (near := max(float(v @ member_vector(row, self._snapshot)) for v in liked_vectors)) > 0
            ):
                return f"like {members(len(liked))} you liked before (nearest {near:.2f}), for this role ({score:.2f})"
            learnt = [members(len(passed)) + " you passed on"] * bool(passed) + [
                members(len(past), "past role")
            ] * bool(past)
            return f"fits this role ({score:.2f}), in the light of {' and '.join(learnt)}"

        return answer(self.name, self._snapshot, found, limit=limit, reason=reason)

    def _known(self, member_ids: tuple[str, ...]) -> list[int]:
        """Rows of those still in the population: a history outlives the erased."""
        rows = []
        for member_id in dict.fromkeys(member_ids):
            try:
                rows.append(self._snapshot.row(member_id))
            except UnknownMember:
                continue
        alive = self._snapshot.alive
        return [row for row in rows if row in alive]

    def _query(
        self, text: str, liked: list[NDArray[np.float32]], passed: list[NDArray[np.float32]], past: list[str]
    ) -> NDArray[np.float32]:
        """[d] Rocchio's query, at length 1."""
        query = np.zeros(self._snapshot.vectors.width, dtype=np.float32)
        if text.strip():
            query += ROLE * request_vector(text, self._snapshot)
        if liked:
            query += LIKED * np.mean(liked, axis=0)
        if passed:
            query -= PASSED * np.mean(passed, axis=0)
        if past:
            query += PAST * np.mean([request_vector(said, self._snapshot) for said in past], axis=0)
        return unit(query)


def create(snapshot: Snapshot) -> Personalized:
    """The entry point's factory."""
    return Personalized(snapshot)

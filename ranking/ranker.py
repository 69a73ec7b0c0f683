"""The second pass: the pool in the order that expert grades would give it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ranking.boosting import Boosting, default
from ranking.features import matrix
from ranking.view import View
from retrieval.schema import Candidate, Role

if TYPE_CHECKING:
    from retrieval.snapshot import Snapshot

POOL = 120
"""Candidates of the blend that are measured; those behind them keep the blend's order, after the measured ones."""
SIGNALS = {"lookalike": 1.0, "personalized": 0.5}
"""Grades that the first place of a strategy is worth, which knows what no grade says: whom this recruiter likes.

Set by hand: there is no history to learn them from.
"""


@dataclass(frozen=True, kw_only=True)
class Ranker:
    """Scores a pool with gradient boosted trees over the declared features."""

    model: Boosting = field(default_factory=default)
    pool: int = POOL

    def rank(self, role: Role, candidates: Sequence[Candidate], snapshot: Snapshot) -> list[Candidate]:
        """The candidates, best first, the first `pool` of the blend with `score` and `expected` set.

        Ties are ordered by the blend, then by member id.
        """
        blended = sorted(candidates, key=lambda candidate: (-candidate.blend, candidate.member_id))
        head, tail = blended[: self.pool], blended[self.pool :]
        if not head:
            return []
        predicted = self.model.predict(matrix(View.of(role=role, candidates=head, snapshot=snapshot)))
        scored = [
            candidate.model_copy(
                update={
                    "score": round(float(order) + signal(candidate), 6),
                    "expected": round(float(grade), 4),
                }
            )
            for candidate, order, grade in zip(head, predicted.order, predicted.grade, strict=True)
        ]
        scored.sort(key=lambda candidate: (-(candidate.score or 0.0), -candidate.blend, candidate.member_id))
        return [*scored, *tail]


def signal(candidate: Candidate) -> float:
    """What the recruiter's own examples and history add, in grades: full worth at rank 1, half at rank 61."""
    return sum(SIGNALS.get(hit.strategy, 0.0) * 60 / (59 + hit.rank) for hit in candidate.hits)

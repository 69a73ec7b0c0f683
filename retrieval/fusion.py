"""Several ranked answers made one: weighted reciprocal rank fusion that keeps who found whom.

Cormack, Clarke and Buettcher, "Reciprocal rank fusion outperforms Condorcet", SIGIR 2009.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping

from retrieval.schema.hit import Candidate, Hit, Retrieval

K = 60
"""The constant of the paper: how slowly a rank's worth falls."""


def blend(
    retrievals: Mapping[str, Retrieval], *, weights: Mapping[str, float] | None = None, k: float = K
) -> list[Candidate]:
    """Candidates, best first; each scores the sum over its strategies of `weight / (k + rank)`.

    A strategy that `weights` does not name weighs 1; one that weighs 0 adds its provenance and nothing else. Where a
    strategy names a member twice the better rank counts. Equal scores are ordered by member id, so that the order in
    which strategies answer changes nothing.

    Raises:
        ValueError: for a weight below 0 or a `k` not above -1.
    """
    weights = weights or {}
    negative = [name for name, weight in weights.items() if not weight >= 0]
    if negative:
        raise ValueError(f"weights must be 0 or more: {', '.join(sorted(negative))}")
    if k <= -1:
        raise ValueError(f"k must be above -1, so that the first rank counts: {k}")
    found: defaultdict[str, dict[str, Hit]] = defaultdict(dict)
    for strategy, retrieval in retrievals.items():
        for hit in retrieval.hits:
            best = found[hit.member_id].get(strategy)
            if best is None or hit.rank < best.rank:
                found[hit.member_id][strategy] = hit
    candidates = []
    for member_id, by_strategy in found.items():
        # fsum is exact, hence the same whatever the order of its terms.
        score = math.fsum(weights.get(strategy, 1.0) / (k + hit.rank) for strategy, hit in by_strategy.items())
        hits = tuple(sorted(by_strategy.values(), key=lambda hit: (hit.rank, hit.strategy)))
        candidates.append(Candidate(member_id=member_id, hits=hits, blend=score))
    return sorted(candidates, key=lambda candidate: (-candidate.blend, candidate.member_id))

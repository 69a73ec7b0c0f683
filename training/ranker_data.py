"""What the ranker learns from: pools of judged requests, measured, with the grades that experts gave."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from agents.policy import screen
from agents.sourcing import Sourcing
from offline.evaluation import Judged, Request
from ranking.features import matrix
from ranking.ranker import POOL
from ranking.view import View
from retrieval.filters import compile_filter
from retrieval.fusion import blend
from retrieval.schema import Candidate, Context, Role


@dataclass(frozen=True, kw_only=True)
class Pool:
    """One request's candidates. Shapes: `m` candidates, `f` features."""

    qid: str
    members: tuple[str, ...]
    features: NDArray[np.float32]
    """[m, f]"""
    grades: NDArray[np.float32]
    """[m] 0 to 4, NaN where nobody judged."""
    found: NDArray[np.bool_]
    """[m] whether the search found the candidate; the others were judged, but not found."""


def gather(sourcing: Sourcing, judged: Judged, *, progress: Callable[[str], None] = lambda _: None) -> list[Pool]:
    """The pool of each judged request as the search would give it to the ranker, the judged people added.

    Who was judged but is not in the snapshot is left out.
    """
    return asyncio.run(_gather(sourcing, judged, progress))


async def _gather(sourcing: Sourcing, judged: Judged, progress: Callable[[str], None]) -> list[Pool]:
    pools = []
    for request in judged.requests:
        here = {member: grade for member, grade in judged.grades[request.qid].items() if sourcing.snapshot.has(member)}
        pools.append(await _pool(sourcing, request, here))
        progress(request.qid)
    return pools


async def _pool(sourcing: Sourcing, request: Request, grades: dict[str, int]) -> Pool:
    understood = await sourcing.understanding.understand(screen(request.text).text)
    found = candidates(sourcing, understood.role)[:POOL]
    known = {candidate.member_id for candidate in found}
    unfound = [Candidate(member_id=member, hits=(), blend=0.0) for member in sorted(grades) if member not in known]
    everyone = [*found, *unfound]
    view = View.of(role=understood.role, candidates=everyone, snapshot=sourcing.snapshot)
    return Pool(
        qid=request.qid,
        members=tuple(one.member_id for one in everyone),
        features=matrix(view),
        grades=np.array([grades.get(one.member_id, np.nan) for one in everyone], np.float32),
        found=np.array([one.member_id in known for one in everyone]),
    )


def candidates(sourcing: Sourcing, role: Role) -> list[Candidate]:
    """The blend of all strategies for a role, best first."""
    passing = compile_filter(role, sourcing.snapshot)
    retrievals = {
        name: retriever.retrieve(role=role, filter=passing, context=Context(), limit=sourcing.limits.hits)
        for name, retriever in sourcing.retrievers.items()
    }
    return blend(retrievals, weights=sourcing.limits.weights, k=sourcing.limits.fusion_k)

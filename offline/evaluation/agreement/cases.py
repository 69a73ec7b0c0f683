"""Scored pairs made ready for a judge: requests read by the product itself, profiles taken from the snapshot."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from agents.errors import SearchError
from agents.policy import screen
from agents.understanding import Understanding
from offline.evaluation.agreement.asking import Case
from offline.evaluation.agreement.pairs import ScoredPairs
from retrieval.schema import Role
from retrieval.snapshot import Snapshot


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """Cases in the order of the set, and remarks on what had to be left out."""

    cases: tuple[Case, ...]
    notes: tuple[str, ...] = ()


async def role_for(text: str, understanding: Understanding) -> Role:
    """The role of a request as a search would read it: screened first. Raises: SearchError."""
    return (await understanding.understand(screen(text).text)).role


async def prepare(
    pairs: ScoredPairs,
    *,
    snapshot: Snapshot,
    understanding: Understanding,
    progress: Callable[[int], None] = lambda _: None,
) -> Prepared:
    """Every pair with its role and profile. Roles that came structured are kept as they came.

    Left out, with a note: people whom the snapshot does not hold or who were erased, and requests in which there is
    nothing to search for.
    """
    roles: dict[str, Role] = {}
    refused: dict[str, str] = {}
    for number, (qid, text) in enumerate(pairs.texts.items(), 1):
        if qid in pairs.roles:
            roles[qid] = pairs.roles[qid]
        else:
            try:
                roles[qid] = await role_for(text, understanding)
            except SearchError as error:
                refused[qid] = str(error)
        progress(number)

    alive = snapshot.alive
    here = {m for _, m in pairs.cases if snapshot.has(m) and snapshot.row(m) in alive}
    cases = tuple(
        Case(qid=qid, role=roles[qid], profile=snapshot.profile(snapshot.row(member)))
        for qid, member in pairs.cases
        if qid in roles and member in here
    )
    missing = len({m for _, m in pairs.cases} - here)
    notes = [f"{pairs.name}: request {qid} is left out: {why}" for qid, why in refused.items()]
    if missing:
        notes.append(
            f"{pairs.name}: {missing:,} of the people scored are not in the snapshot and were left out; index the "
            "population that was scored"
        )
    return Prepared(cases=cases, notes=tuple(notes))

"""Pairs to label: drawn from all strategies at first, then those whom the current encoder puts among the nearest."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from retrieval.filters import Filter
from retrieval.schema import Context, Role
from retrieval.snapshot import Snapshot
from retrieval.strategies.semantic import create
from training.muse.data.stages import replace_lines


def mined(
    roles: Mapping[str, Role],
    snapshot: Snapshot,
    known: Mapping[str, set[str]],
    *,
    count: int,
    progress: Callable[[int, int], None] = lambda *_: None,
) -> list[tuple[str, str]]:
    """(request id, member id): for each role the `count` people nearest to it by the snapshot's encoder whose grade is
    not `known`, whether they pass the role's filter or not. A near one whom the teacher grades low is a hard negative.
    """
    semantic = create(snapshot)
    everyone = Filter(rows=snapshot.alive)
    pairs: list[tuple[str, str]] = []
    for number, (qid, role) in enumerate(roles.items(), 1):
        there = known.get(qid, set())
        found = semantic.retrieve(role=role, filter=everyone, context=Context(), limit=count + len(there))
        fresh = [hit.member_id for hit in found.hits if hit.member_id not in there]
        pairs += [(qid, member) for member in fresh[:count]]
        progress(number, len(roles))
    return pairs


def write_pairs(path: Path, pairs: Iterable[tuple[str, str]], texts: Mapping[str, str]) -> None:
    """Write pairs as `shortlist label --pairs` reads them, whole or not at all."""
    replace_lines(
        path,
        (
            json.dumps({"qid": qid, "text": texts[qid], "member_id": member}, ensure_ascii=False)
            for qid, member in pairs
        ),
    )

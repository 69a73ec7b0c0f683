"""From scored rows to a strategy's answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from heapq import nlargest

import numpy as np
from numpy.typing import NDArray

from retrieval.schema import Hit, Retrieval
from retrieval.snapshot import Snapshot


def answer(
    strategy: str,
    snapshot: Snapshot,
    scored: Iterable[tuple[int, float]],
    *,
    limit: int,
    reason: Callable[[int, float], str],
    notes: Iterable[str] = (),
) -> Retrieval:
    """The `limit` best of `scored` (row, score) as hits; equal scores are ordered by member id.

    `reason` is called for those alone, as reading a profile costs more than scoring it. What it quotes is untrusted:
    characters that a terminal would act on are taken out.
    """
    rounded = [(row, round(score, 6)) for row, score in scored] if limit > 0 else []
    if len(rounded) > limit > 0:
        last = nlargest(limit, (score for _, score in rounded))[-1]
        rounded = [(row, score) for row, score in rounded if score >= last]
    named = sorted((-score, snapshot.member_id(row), row) for row, score in rounded)[: max(limit, 0)]
    hits = tuple(
        Hit(member_id=member_id, strategy=strategy, rank=rank, score=-minus, reason=printable(reason(row, -minus)))
        for rank, (minus, member_id, row) in enumerate(named, start=1)
    )
    return Retrieval(hits=hits, notes=tuple(notes))


def printable(text: str) -> str:
    """`text` without control and invisible characters."""
    return text if text.isprintable() else "".join(c for c in text if c.isprintable())


def best_rows(scores: NDArray[np.float32], rows: NDArray[np.int64], limit: int) -> list[tuple[int, float]]:
    """The rows whose score is above 0 and among the `limit` best, with all that tie with the last of them.

    `scores` [n] one a member of the population; `rows` [k] those that may be returned.
    """
    kept = scores[rows]
    some = kept > 0
    rows, kept = rows[some], kept[some]
    if 0 < limit < len(rows):
        last = np.partition(kept, len(kept) - limit)[len(kept) - limit]
        above = kept >= last
        rows, kept = rows[above], kept[above]
    return list(zip(rows.tolist(), kept.tolist(), strict=True))


def members(count: int, noun: str = "person") -> str:
    """ "1 person", "3 people"."""
    plural = {"person": "people"}.get(noun, f"{noun}s")
    return f"{count} {noun if count == 1 else plural}"

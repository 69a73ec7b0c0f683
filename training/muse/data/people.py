"""Graded people as lists: ids, grades and the numbers of the passages that speak for them, no words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from offline.evaluation import read_judged
from retrieval.snapshot import Snapshot
from retrieval.strategies.semantic import request_vector
from training.labels import Label, LabelsMissing, read_labels
from training.muse.data.made import Made
from training.muse.data.splits import held_out
from training.muse.data.unseen import Unseen
from training.muse.lists import MEMBER, WHOLE, Candidate, GradedList

Graded = Mapping[str, tuple[float, tuple[float, ...] | None]]
"""Member id -> grade, and probabilities of the grades where a teacher gave them."""


def held_out_person(member_id: str, share: float) -> bool:
    """Whether a person is left out of what is trained on."""
    return held_out(f"{MEMBER}{member_id}", share=share)


def roles(requests: Mapping[str, str], labels: Iterable[Path], snapshot: Snapshot, *, passages: int) -> Made:
    """One list a request that has labels, from all folders of labels; of two labels of a pair the first counts."""
    found: dict[str, dict[str, Label]] = {}
    for folder in labels:
        try:
            told = read_labels(folder)
        except LabelsMissing:
            continue
        for label in told:
            found.setdefault(label.request_id, {}).setdefault(label.member_id, label)
    return Made(
        lists=tuple(
            _list(
                "roles",
                qid,
                text,
                {member: (float(label.grade), _whole(label.soft)) for member, label in sorted(found[qid].items())},
                snapshot,
                passages,
            )
            for qid, text in requests.items()
            if qid in found
        )
    )


def judged(folder: Path, unseen: Unseen, snapshot: Snapshot, *, passages: int) -> Made:
    """One list a request of a judged folder, with the grades that experts gave. Raises: JudgedUnreadable."""
    asked = read_judged(folder)
    kept = [request for request in asked.requests if not unseen.meets(request.text)]
    return Made(
        lists=tuple(
            _list(
                "judged",
                request.qid,
                request.text,
                {member: (float(grade), None) for member, grade in asked.grades[request.qid].items()},
                snapshot,
                passages,
            )
            for request in kept
        ),
        dropped=len(asked.requests) - len(kept),
    )


def best_passages(row: int, query: NDArray[np.float32], snapshot: Snapshot, count: int) -> tuple[int, ...]:
    """Numbers of the member's `count` passages nearest to `query` [d], best first; the whole profile if it has none."""
    _, vectors = snapshot.vectors.passages(row)
    near = np.round(np.asarray(vectors) @ query, 6)
    best = np.lexsort((np.arange(len(near)), -near))[:count]
    return tuple(best.tolist()) or (WHOLE,)


def _list(source: str, qid: str, text: str, graded: Graded, snapshot: Snapshot, passages: int) -> GradedList:
    """The list of a request; who is not in the snapshot or erased is left out."""
    query = request_vector(text, snapshot)
    here = {member: told for member, told in graded.items() if snapshot.has(member)}
    alive = snapshot.alive
    return GradedList(
        qid=f"{source}:{qid}",
        source=source,
        query=text,
        group=f"request:{qid}",
        candidates=tuple(
            Candidate(
                id=f"{MEMBER}{member}",
                grade=grade,
                soft=soft,
                passages=best_passages(row, query, snapshot, passages),
            )
            for member, (grade, soft) in here.items()
            if (row := snapshot.row(member)) in alive
        ),
    )


def _whole(soft: tuple[float, ...]) -> tuple[float, ...]:
    """Four decimals are more than a teacher knows."""
    return tuple(round(share, 4) for share in soft)

"""What the grader learns from: judged pairs, marked and measured as they are when it grades."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from agents.embedded.grader.grader import Grader
from agents.embedded.marking import Marker
from agents.embedded.marks.population import SnapshotPopulation
from agents.grading import cap
from agents.policy import screen
from agents.sourcing import Sourcing
from offline.evaluation import Judged


@dataclass(frozen=True, kw_only=True)
class Pairs:
    """Graded pairs of role and profile. Shapes: `n` pairs, `f` features."""

    qids: NDArray[np.str_]
    """[n] the request of each pair."""
    members: NDArray[np.str_]
    """[n]"""
    features: NDArray[np.float32]
    """[n, f] in the order of the grader's `FEATURES`."""
    grades: NDArray[np.int64]
    """[n] 0 to 4."""
    caps: NDArray[np.int64]
    """[n] the best grade that the marks allow."""

    @property
    def requests(self) -> NDArray[np.str_]:
        """The distinct requests, sorted."""
        return np.unique(self.qids)

    def of(self, chosen: NDArray[np.bool_]) -> Pairs:
        """Some of the pairs; `chosen` [n]."""
        return Pairs(
            qids=self.qids[chosen],
            members=self.members[chosen],
            features=self.features[chosen],
            grades=self.grades[chosen],
            caps=self.caps[chosen],
        )


def pair_up(sourcing: Sourcing, judged: Judged, *, progress: Callable[[str], None] = lambda _: None) -> Pairs:
    """Every judged pair whose member is in the snapshot, with the role read as a search would read it."""
    return asyncio.run(_pair_up(sourcing, judged, progress))


async def _pair_up(sourcing: Sourcing, judged: Judged, progress: Callable[[str], None]) -> Pairs:
    snapshot = sourcing.snapshot
    marker, grader = Marker(SnapshotPopulation(snapshot)), Grader(snapshot)
    rows: list[tuple[str, str, NDArray[np.float32], int, int]] = []
    for request in judged.requests:
        understood = await sourcing.understanding.understand(screen(request.text).text)
        for member, grade in judged.grades[request.qid].items():
            if snapshot.has(member):
                sheet = marker.read(understood.role, snapshot.profile(snapshot.row(member)))
                rows.append((request.qid, member, grader.features(sheet), grade, cap(sheet.marks)))
        progress(request.qid)
    qids, members, features, grades, caps = zip(*rows, strict=True) if rows else ((), (), (), (), ())
    return Pairs(
        qids=np.array(qids),
        members=np.array(members),
        features=np.array(features, np.float32),
        grades=np.array(grades, np.int64),
        caps=np.array(caps, np.int64),
    )

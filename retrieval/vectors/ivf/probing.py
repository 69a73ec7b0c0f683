"""How many lists a query looks into, and how many members it compares in full."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

from retrieval.vectors.ivf.calibration import Calibration

RECALL = 0.95
"""Aimed at where nothing else is asked for."""
_UNTOLD_SHARE = 1 / 8  # of those who pass, looked at where nobody calibrated
_UNTOLD_LEAST = 50  # and at least so many times k
_UNTOLD_DEPTH = 4  # times k compared in full where nobody calibrated


@dataclass(frozen=True, kw_only=True)
class Probe:
    """Says how far to look, in one of three ways; automatic (recall .95 where calibrated) where none is given.

    `recall`, 0 to 1: the share of the true best that is found in the mean, as far as the calibration holds; 1 looks at
    everything. `survivors`: lists are opened, nearest first, until they hold so many vectors that pass the filter.
    `lists`: so many of them (faiss's nprobe), those without anybody who passes not counted.
    `depth`: members compared in full, at least k.

    Raises: ValueError for more than one of the three, and for numbers out of range.
    """

    recall: float | None = None
    survivors: int | None = None
    lists: int | None = None
    depth: int | None = None

    def __post_init__(self) -> None:
        given = [name for name in ("recall", "survivors", "lists") if getattr(self, name) is not None]
        if len(given) > 1:
            raise ValueError(f"a probe goes by one of recall, survivors and lists, not by {' and '.join(given)}")
        if self.recall is not None and not 0 < self.recall <= 1:
            raise ValueError(f"recall is above 0 and up to 1, not {self.recall}")
        for name in ("survivors", "lists", "depth"):
            number = getattr(self, name)
            if number is not None and number < 1:
                raise ValueError(f"{name} counts from 1, not {number}")


@dataclass(frozen=True, kw_only=True)
class Effort:
    """A probe for one query: look into `lists` lists (None: as many as it takes for `survivors` vectors), compare
    `depth` members in full. `reason` says why."""

    lists: int | None
    survivors: int
    depth: int
    reason: str


def effort(probe: Probe, calibration: Calibration | None, *, k: int, passing: int, vectors: int) -> Effort:
    """For the best `k` of `passing` members, who have `vectors` vectors.

    Raises: ValueError where a recall is asked for that nobody calibrated.
    """
    recall = probe.recall
    if recall is None and probe.survivors is None and probe.lists is None and calibration:
        recall = RECALL
    if recall is not None and recall < 1 and not calibration:
        raise ValueError(
            "this index was not calibrated, so it cannot aim at a recall: use IvfPq.calibrated(queries), or a probe "
            "by survivors or lists"
        )
    share = min(1.0, k / max(passing, 1))
    # Lists and codes each may lose half of what may be lost.
    each = 1 - (1 - (RECALL if recall is None else recall)) / 2
    depth = calibration.depth_for(each, share=share) * k if calibration else _UNTOLD_DEPTH * k
    depth = max(k, probe.depth or ceil(depth))
    if recall == 1:
        depth = passing if probe.depth is None else depth
        return Effort(lists=None, survivors=vectors, depth=depth, reason="everything, for recall 1")
    if recall is not None and calibration:
        survivors = ceil(calibration.reach_for(each, share=share) * vectors)
        return Effort(lists=None, survivors=survivors, depth=depth, reason=f"for recall {recall:g}")
    if probe.lists is not None:
        return Effort(lists=probe.lists, survivors=0, depth=depth, reason=f"{probe.lists:,} lists asked for")
    if probe.survivors is not None:
        reason = f"{probe.survivors:,} survivors asked for"
        return Effort(lists=None, survivors=probe.survivors, depth=depth, reason=reason)
    survivors = min(vectors, max(_UNTOLD_LEAST * k, ceil(_UNTOLD_SHARE * vectors)))
    return Effort(lists=None, survivors=survivors, depth=depth, reason="not calibrated")

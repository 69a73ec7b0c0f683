"""The k-th best of many scores, and who reaches it."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from retrieval.vectors.kernels import Kernels
from retrieval.vectors.rows import Chosen

Floats: TypeAlias = NDArray[np.float32]
_SAMPLE = 2048
_SMALL = 8192


def kth(scores: Floats, k: int, kernels: Kernels) -> float:
    """The k-th largest of `scores` [m], 1 <= k; the least of them where there are fewer."""
    if len(scores) <= k:
        return float(scores.min())
    some = scores
    if len(scores) > _SMALL:
        # a few more than k are above this place in a sample; where luck is bad, all are partitioned
        sample = np.sort(scores[:: len(scores) // _SAMPLE])
        above = int(2 * k * len(sample) / len(scores)) + 16
        if above < len(sample):
            probable = scores[at_least(scores, float(sample[-above]), kernels)]
            some = probable if len(probable) >= k else scores
    return float(np.partition(some, len(some) - k)[len(some) - k])


def at_least(scores: Floats, threshold: float, kernels: Kernels) -> Chosen:
    """Places, ascending, of the scores >= threshold."""
    places = np.empty(len(scores), np.uint32)
    return places[: kernels.at_least(scores, threshold, places)]

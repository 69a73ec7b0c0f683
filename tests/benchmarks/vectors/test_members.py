from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.vectors.members import member_scores


@given(
    st.lists(st.lists(st.floats(-1, 1, width=32), max_size=5), min_size=1, max_size=12),
    st.integers(1, 4),
)
def test_a_member_scores_the_mean_of_its_best(passages, best):
    offsets = np.cumsum([0, *(len(some) for some in passages)]).astype(np.int64)
    scores = np.array([one for some in passages for one in some], np.float32)
    found = member_scores(scores, offsets, best)
    for some, score in zip(passages, found, strict=True):
        kept = sorted(some, reverse=True)[:best]
        if kept:
            assert abs(score - sum(kept) / len(kept)) < 1e-5
        else:
            assert score == -np.inf

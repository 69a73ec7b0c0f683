"""A filter in any form means the same rows."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from pyroaring import BitMap

from retrieval.vectors.rows import chosen


@given(count=st.integers(1, 300), data=st.data())
def test_every_form_says_the_same(count, data):
    rows = data.draw(st.sets(st.integers(0, count - 1)))
    mask = np.zeros(count, bool)
    mask[list(rows)] = True
    shuffled = np.array(data.draw(st.permutations(sorted(rows) * 2)), np.int64)
    expected = None if len(rows) == count else sorted(rows)
    for form in (BitMap(rows), mask, np.array(sorted(rows), np.uint16), shuffled, shuffled.astype(np.int32)):
        found = chosen(form, count)
        assert (found if found is None else found.tolist()) == expected
        assert found is None or found.dtype == np.uint32


def test_no_filter_is_everybody():
    assert chosen(None, 5) is None

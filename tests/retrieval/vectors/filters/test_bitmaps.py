"""Bitmaps built from arrays hold what was given, and a stored one that was altered is not returned."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from pyroaring import BitMap

from retrieval.vectors.files import DamagedFile
from retrieval.vectors.filters.bitmaps import StoredBitmaps, all_rows, bitmap_of, bitmap_of_mask, stored_bitmaps


@given(st.sets(st.integers(0, 2**32 - 1) | st.integers(0, 300_000), max_size=60))
def test_sparse_rows_of_any_size(rows: set[int]) -> None:
    assert set(bitmap_of(np.array(sorted(rows), np.uint32))) == rows


@pytest.mark.parametrize("count", [1, 4096, 4097, 65535, 65536, 65537, 200_000])
@pytest.mark.parametrize("share", [0.0, 0.02, 0.0625, 0.07, 0.6, 1.0])
def test_dense_and_sparse_containers(count: int, share: float) -> None:
    """Around 4,096 rows of 65,536 a container changes its form; pyroaring's own constructor says what is right."""
    mask = np.random.default_rng(count).random(count) < share
    expected = BitMap(np.flatnonzero(mask).tolist())
    assert bitmap_of_mask(mask) == expected
    assert bitmap_of(np.flatnonzero(mask).astype(np.uint32)) == expected
    # what was assembled works like any other: combine, change, write out
    assert (bitmap_of_mask(mask) | bitmap_of_mask(~mask)) == all_rows(count) == BitMap(range(count))
    assert BitMap.deserialize(bitmap_of_mask(mask).serialize()) == expected


@pytest.mark.parametrize("listed", [4095, 4096, 4097])
def test_exactly_where_a_container_changes(listed: int) -> None:
    rows = np.arange(listed, dtype=np.uint32) * 3 + 70_000
    mask = np.zeros(90_000, np.bool_)
    mask[rows] = True
    assert bitmap_of(rows) == bitmap_of_mask(mask) == BitMap(rows.tolist())


def test_stored_bitmaps_come_back_and_altered_ones_do_not() -> None:
    maps = [BitMap(), BitMap(range(100_000)), BitMap([5, 70_000]), BitMap(range(0, 60_000, 2))]
    arrays = stored_bitmaps([bitmap.copy() for bitmap in maps])

    def part(name: str, *, verified: bool = True) -> NDArray[Any]:
        return arrays[name]

    stored = StoredBitmaps(part, name="a test")
    assert [stored.bitmap(number) for number in range(4)] == maps
    arrays["maps"] = arrays["maps"].copy()
    arrays["maps"][-1] ^= 1
    altered = StoredBitmaps(part, name="a test")
    assert altered.bitmap(1) == maps[1]
    with pytest.raises(DamagedFile, match="bitmaps of a test were altered"):
        altered.bitmap(3)

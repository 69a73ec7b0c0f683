"""Ranges of numbers hold the rows that comparing every number finds."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.vectors.filters.columns import Columns
from retrieval.vectors.filters.ranges import block_starts

FEW = st.sampled_from([-2.5, -0.0, 0.0, 1.0, 1.25, 3.0])
NUMBER = st.floats(allow_nan=False, allow_infinity=False) | FEW
BOUND = st.floats(allow_nan=False) | FEW


@settings(max_examples=60, deadline=None)
@given(
    values=st.lists(NUMBER | st.none(), max_size=50), bounds=st.lists(st.tuples(BOUND, BOUND), min_size=1, max_size=5)
)
def test_equals_comparing_every_number(values: list[float | None], bounds: list[tuple[float, float]]) -> None:
    numbers = [math.nan if value is None else value for value in values]
    columns = Columns.build(count=len(values), numbers={"x": numbers})
    for low, high in bounds:
        expected = {row for row, value in enumerate(values) if value is not None and low <= value <= high}
        assert set(columns.between("x", low, high)) == expected
    assert set(columns.known("x")) == {row for row, value in enumerate(values) if value is not None}


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("kind", ["continuous", "years", "half are zero", "constant"])
def test_blocks_of_many_rows(kind: str, dtype: type[np.floating]) -> None:
    """Enough rows for blocks to hold hundreds, with bounds on, beside and between the numbers that there are."""
    chance = np.random.default_rng(7)
    count = 70_000
    values = {
        "continuous": chance.normal(size=count),
        "years": np.round(chance.gamma(2, 5, count) * 4) / 4,
        "half are zero": np.where(chance.random(count) < 0.5, 0, chance.random(count)),
        "constant": np.full(count, 3.5),
    }[kind].astype(dtype)
    values[chance.random(count) < 0.1] = np.nan
    columns = Columns.build(count=count, numbers={"x": values})
    known = np.sort(values[~np.isnan(values)]).tolist()
    ends = [-math.inf, math.inf, known[0], known[-1], *chance.choice(known, 12), *chance.uniform(-1, 40, 6)]
    for low in ends:
        for high in ends:
            if low <= high:
                found = np.asarray(columns.between("x", float(low), float(high)).to_array(), np.int64)
                assert np.array_equal(found, np.flatnonzero((values >= dtype(low)) & (values <= dtype(high))))


def test_bounds_take_the_precision_of_the_column() -> None:
    """Whoever has 0.1 years, kept as float32, has at most 0.1 years."""
    single, double = (Columns.build(count=1, numbers={"x": np.array([0.1], kind)}) for kind in (np.float32, np.float64))
    for columns in (single, double):
        assert set(columns.between("x", 0.1, 0.1)) == {0}
    assert not Columns.build(count=1, numbers={"x": np.array([3e38], np.float32)}).between("x", 1e300, math.inf)


def test_whole_numbers_are_numbers() -> None:
    columns = Columns.build(count=3, numbers={"x": np.array([3, 1, 2])})
    assert set(columns.between("x", 2, 3)) == {0, 2}


def test_what_is_no_column_of_numbers() -> None:
    with pytest.raises(ValueError, match="row 1 of 'x' is infinite"):
        Columns.build(count=2, numbers={"x": [1.0, math.inf]})
    with pytest.raises(ValueError, match=r"'x' have shape \(2, 2\)"):
        Columns.build(count=2, numbers={"x": np.ones((2, 2))})


@given(counts=st.lists(st.integers(1, 40), min_size=1, max_size=60), step=st.integers(1, 30))
def test_blocks_are_about_as_large_as_asked(counts: list[int], step: int) -> None:
    starts = block_starts(np.array(counts, np.int64), step).tolist()
    assert starts == sorted(set(starts))
    assert starts[0] == 0
    for start, end in zip(starts, [*starts[1:], len(counts)], strict=True):
        block = counts[start:end]
        assert block
        assert len(block) == 1 or sum(block) < 2 * step
        assert len(block) == 1 or max(block) < step

"""The file is what numpy would have written, and is there whole or not at all."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from offline.growing_array import GrowingArray


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(parts=st.lists(st.integers(0, 40), max_size=6), width=st.integers(1, 9))
def test_it_reads_back_as_the_parts_in_order(tmp_path: Path, parts: list[int], width: int) -> None:
    random = np.random.default_rng(0)
    rows = [random.normal(size=(count, width)).astype(np.float32) for count in parts]
    with GrowingArray(tmp_path / "a.npy", width=width) as array:
        for some in rows:
            array.append(some)
    expected = np.concatenate([np.empty((0, width), np.float32), *rows])
    assert array.count == len(expected)
    assert np.array_equal(np.load(tmp_path / "a.npy"), expected)
    assert np.array_equal(np.load(tmp_path / "a.npy", mmap_mode="r"), expected)


def test_an_error_leaves_what_was(tmp_path: Path) -> None:
    path = tmp_path / "a.npy"
    path.write_bytes(b"older")
    with pytest.raises(ValueError, match=r"shape \(1, 3\)"), GrowingArray(path, width=2) as array:  # noqa: PT012
        array.append(np.ones((4, 2), np.float32))
        assert path.read_bytes() == b"older"
        array.append(np.ones((1, 3), np.float32))
    assert path.read_bytes() == b"older"
    assert [one.name for one in tmp_path.iterdir()] == ["a.npy"]


def test_a_closed_one_takes_nothing(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="open array"):
        GrowingArray(tmp_path / "a.npy", width=2).append(np.ones((1, 2), np.float32))

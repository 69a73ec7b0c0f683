"""Bitmaps become bits without listing their rows."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from pyroaring import BitMap

from retrieval.vectors.gpu.filters import packed, unrolled, uploaded
from retrieval.vectors.gpu.torch_passes import TorchPasses

CPU = torch.device("cpu")


@st.composite
def bitmaps(draw):
    """Bitmaps of every kind of container: lists, bits, runs; also empty ones between."""
    chance = np.random.default_rng(draw(st.integers(0, 999)))
    rows = BitMap()
    for key in draw(st.sets(st.integers(0, 5))):
        kind = draw(st.sampled_from(["few", "many", "run", "all", "last"]))
        if kind in ("few", "many"):
            size = 50 if kind == "few" else 30_000
            rows |= BitMap((key << 16) + chance.integers(0, 1 << 16, size))
        else:
            first = {"run": 1000, "all": 0, "last": 65_535}[kind]
            rows.add_range((key << 16) + first, (key << 16) + (9000 if kind == "run" else 65_536))
    if draw(st.booleans()):
        rows.run_optimize()
    return rows


@settings(max_examples=60, deadline=None)
@given(rows=bitmaps(), beyond=st.integers(1, 100_000))
def test_bits_are_those_of_the_rows(rows, beyond):
    count = (rows.max() if rows else 0) + beyond
    expected = np.zeros(count, bool)
    expected[np.asarray(rows.to_array())] = True
    assert np.array_equal(unrolled(rows.serialize(), count), np.packbits(expected, bitorder="little"))


def test_another_format_is_refused():
    with pytest.raises(ValueError, match="portable format"):
        unrolled(b"nothing of that kind", 100)


@pytest.mark.parametrize("step", [1, 2, 31, 33, 1000])
def test_rows_arrive_on_the_device_in_whichever_form(step):
    passes, count = TorchPasses(bytes_multiplied=False), 70_001
    rows = np.arange(0, count, step)
    mask = np.zeros(count, bool)
    mask[rows] = True
    assert (packed(BitMap(rows), count) is None) == (step in (1, 33, 1000))  # fewer bytes as numbers
    for form in (BitMap(rows), mask, rows):
        members = uploaded(form, count, device=CPU, passes=passes)
        if step == 1:
            assert members is None
        else:
            assert members.dtype == torch.int32
            assert members.tolist() == rows.tolist()

"""Arrays come back from their file as they were; whatever else lies there is refused."""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hn

from retrieval.vectors.files import DamagedFile
from retrieval.vectors.filters.array_file import ArrayFile, write_arrays

ARRAY = hn.arrays(
    st.sampled_from(["<f4", "<f8", "<i8", "<u4", "|u1", ">i4"]), hn.array_shapes(min_dims=1, max_dims=3, min_side=0)
)


@settings(max_examples=40, deadline=None)
@given(arrays=st.dictionaries(st.text(max_size=5), ARRAY, max_size=4))
def test_round_trip(tmp_path_factory: pytest.TempPathFactory, arrays: dict[str, np.ndarray[Any, Any]]) -> None:
    path = tmp_path_factory.mktemp("arrays") / "file"
    write_arrays(path, arrays, {"said": [1, "a"]})
    read = ArrayFile(path)
    assert read.facts == {"said": [1, "a"]}
    assert list(read) == list(arrays)
    for name, array in arrays.items():
        assert np.array_equal(read[name], array, equal_nan=True)
        assert read[name].shape == array.shape
        assert not read[name].flags.writeable
    with pytest.raises(KeyError):
        read["no such array"]


def test_a_view_with_gaps_is_written_whole(tmp_path: Path) -> None:
    array = np.arange(24).reshape(4, 6)[::2, ::3]
    write_arrays(tmp_path / "file", {"a": array}, {})
    assert np.array_equal(ArrayFile(tmp_path / "file")["a"], array)


def test_a_failed_write_leaves_the_old_file(tmp_path: Path) -> None:
    write_arrays(tmp_path / "file", {"a": np.arange(3)}, {})
    with pytest.raises(ValueError, match="pattern"):
        write_arrays(tmp_path / "file", {"a": np.array(["text"])}, {})
    assert ArrayFile(tmp_path / "file")["a"].tolist() == [0, 1, 2]
    assert len(list(tmp_path.iterdir())) == 1


def forged(path: Path, entry: dict[str, object], content: bytes = bytes(64)) -> None:
    """A file with good checksums and one array that is described by `entry`."""
    whole = {"dtype": "<f4", "shape": [2], "start": 8, "crc": crc32(bytes(8)), **entry}
    directory = json.dumps({"facts": {}, "arrays": {"a": whole}}).encode()
    end = struct.pack("<QII8s", 8 + len(content), len(directory), crc32(directory), b"SLARRAY1")
    path.write_bytes(b"SLARRAY1" + content + directory + end)


def test_forged_as_it_should_be(tmp_path: Path) -> None:
    forged(tmp_path / "file", {})
    assert ArrayFile(tmp_path / "file")["a"].tolist() == [0.0, 0.0]


@pytest.mark.parametrize(
    "entry",
    [
        {"dtype": "|O8"},
        {"dtype": "("},
        {"dtype": "<f1"},
        {"dtype": 3},
        {"shape": [-1]},
        {"shape": [1 << 62, 1 << 62]},
        {"shape": [17]},
        {"shape": "x"},
        {"start": -8},
        {"start": 70},
        {"start": 1 << 70},
        {"crc": None},
    ],
)
def test_a_directory_that_makes_no_sense(tmp_path: Path, entry: dict[str, object]) -> None:
    forged(tmp_path / "file", entry)
    with pytest.raises(DamagedFile, match="makes no sense"):
        ArrayFile(tmp_path / "file")


@settings(max_examples=60)
@given(content=st.binary(max_size=200), head=st.booleans(), tail=st.booleans())
def test_anything_else(tmp_path_factory: pytest.TempPathFactory, content: bytes, head: bool, tail: bool) -> None:
    path = tmp_path_factory.mktemp("arrays") / "file"
    path.write_bytes((b"SLARRAY1" if head else b"") + content + (b"SLARRAY1" if tail else b""))
    with pytest.raises(DamagedFile, match="write it again"):
        ArrayFile(path)

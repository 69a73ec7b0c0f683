"""Opens `.npy` files memory-mapped, from any number of threads at once."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

_HEADER = re.compile(rb"\{'descr': '([<>|=a-zA-Z0-9]+)', 'fortran_order': False, 'shape': \(([0-9, ]*)\), \}")


def stored_array(path: Path) -> NDArray[Any]:
    """The array in `path` as `numpy.save` wrote it (C order, no objects), read-only and memory-mapped.

    `numpy.load` parses the header with `ast`, which in Python 3.11 raises SystemError when two threads do so at the
    same time.

    Raises: OSError; ValueError where the file is no such array.
    """
    with path.open("rb") as file:
        start = file.read(10)
        if start[:8] != b"\x93NUMPY\x01\x00":
            raise ValueError(f"{path.name} is not an array")
        length = int.from_bytes(start[8:10], "little")
        header = _HEADER.match(file.read(length))
    if not header:
        raise ValueError(f"{path.name} has a header that cannot be read")
    shape = tuple(int(part) for part in header[2].split(b",") if part.strip())
    dtype = np.dtype(header[1].decode())
    if 0 in shape:
        return np.empty(shape, dtype)
    # a plain view of it: numpy's own class for mapped files costs microseconds a slice
    return np.asarray(np.memmap(path, dtype, mode="r", offset=10 + length, shape=shape))

"""A numpy file that grows row by row, and is there whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

import numpy as np
from numpy.typing import NDArray

npy_format: Any = np.lib.format  # has no types


class GrowingArray:
    """Rows of `width` float32 written to `path` as they come; in memory stay only those being written.

    A context: the file takes its place, in the stead of an older one, when the block ends well; after an error nothing
    is left.
    """

    def __init__(self, path: Path, *, width: int) -> None:
        self.path = Path(path)
        self.count = 0
        self._width = width
        self._partial = self.path.with_name(f".{self.path.name}.{os.getpid()}.partial")
        self._file: IO[bytes] | None = None

    def __enter__(self) -> Self:
        self._file = self._partial.open("wb")
        self._header(self._file)
        return self

    def append(self, rows: NDArray[np.float32]) -> None:
        """Write rows [n, width]. Raises: OSError, ValueError where they have another width."""
        if self._file is None or rows.ndim != 2 or rows.shape[1] != self._width:
            raise ValueError(f"rows of shape {rows.shape} do not go into an open array of width {self._width}")
        self._file.write(np.ascontiguousarray(rows, "<f4").tobytes())
        self.count += len(rows)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if self._file is not None:
                with self._file as file:
                    if kind is None:
                        file.seek(0)
                        self._header(file)
            if kind is None:
                self._partial.replace(self.path)
        finally:
            self._partial.unlink(missing_ok=True)

    def _header(self, file: IO[bytes]) -> None:
        """numpy leaves room for the first axis to grow, so that it takes the same bytes however many rows there are."""
        header = {"descr": "<f4", "fortran_order": False, "shape": (self.count, self._width)}
        npy_format.write_array_header_1_0(file, header)

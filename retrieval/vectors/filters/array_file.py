"""Named arrays in one file: mapped into memory, opened at once, each compared with its checksum when first used."""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator, Mapping
from math import prod
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, NonNegativeInt

from retrieval.vectors.files import DamagedFile

_MAGIC = b"SLARRAY1"
_FOOTER = struct.Struct("<QII8s")  # where the directory starts, its bytes, its CRC-32, magic
_ALIGN = 64


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True)

    dtype: str = Field(pattern=r"^[<|][fiu][1248]$")
    shape: tuple[NonNegativeInt, ...]
    start: NonNegativeInt
    crc: int


class _Directory(BaseModel):
    model_config = ConfigDict(frozen=True)

    facts: dict[str, Any]
    arrays: dict[str, _Entry]


def write_arrays(path: Path, arrays: Mapping[str, NDArray[Any]], facts: Mapping[str, Any]) -> None:
    """Write `arrays`, and `facts` about them (JSON), to `path`, replacing what is there in one step.

    Whoever has the old file open goes on reading it. The same arrays and facts give the same bytes.
    """
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    entries = {}
    try:
        with partial.open("wb") as file:
            file.write(_MAGIC)
            for name, given in arrays.items():
                array = np.ascontiguousarray(given, given.dtype.newbyteorder("<"))
                file.write(bytes(-file.tell() % _ALIGN))
                content = array.reshape(-1).view(np.uint8).data
                entries[name] = _Entry(dtype=array.dtype.str, shape=array.shape, start=file.tell(), crc=crc32(content))
                file.write(content)
            directory = _Directory(facts=dict(facts), arrays=entries).model_dump_json().encode()
            start = file.tell()
            file.write(directory + _FOOTER.pack(start, len(directory), crc32(directory), _MAGIC))
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


class ArrayFile(Mapping[str, NDArray[Any]]):
    """The arrays that `write_arrays` wrote, read-only. Safe to use from several threads."""

    def __init__(self, path: Path) -> None:
        """Raises: FileNotFoundError; DamagedFile where the file was cut short or its directory was altered."""
        self.path = path
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            if size < len(_MAGIC) + _FOOTER.size:
                raise DamagedFile(f"{path} was cut short: it has {size} bytes; write it again")
            self._map = mmap(file.fileno(), 0, access=ACCESS_READ)
        start, length, crc, magic = _FOOTER.unpack(self._map[-_FOOTER.size :])
        if self._map[: len(_MAGIC)] != _MAGIC:
            raise DamagedFile(f"{path} is no file of arrays, or was altered; write it again")
        if magic != _MAGIC:
            raise DamagedFile(f"{path} was cut short or altered: its end is not there; write it again")
        said = self._map[start : start + length]
        if start + length + _FOOTER.size != size or crc32(said) != crc:
            raise DamagedFile(f"{path} was altered: its directory is not what was written; write it again")
        try:
            directory = _Directory.model_validate_json(said)
            self._arrays = {name: self._array(entry, start) for name, entry in directory.arrays.items()}
        except (ValueError, TypeError) as error:
            raise DamagedFile(f"{path} has a directory that makes no sense ({error}); write it again") from error
        self.facts: Mapping[str, Any] = directory.facts
        self._checks = {name: entry.crc for name, entry in directory.arrays.items()}
        self._good: set[str] = set()

    def __getitem__(self, name: str) -> NDArray[Any]:
        """The array, compared with its checksum if it was not yet. Raises: KeyError, DamagedFile."""
        array = self._arrays[name]
        if name not in self._good:
            if crc32(array.reshape(-1).view(np.uint8).data) != self._checks[name]:
                raise DamagedFile(f"{self.path} was altered: {name} is not what was written; write it again")
            self._good.add(name)
        return array

    def unverified(self, name: str) -> NDArray[Any]:
        """The array, for readers of parts of it that have checksums of their own. Raises: KeyError."""
        return self._arrays[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._arrays)

    def __len__(self) -> int:
        return len(self._arrays)

    def _array(self, entry: _Entry, end: int) -> NDArray[Any]:
        dtype = np.dtype(entry.dtype)
        count = prod(entry.shape)
        if entry.start + count * dtype.itemsize > end:
            raise ValueError("an array reaches beyond the end")
        return np.frombuffer(self._map, dtype, count, entry.start).reshape(entry.shape)

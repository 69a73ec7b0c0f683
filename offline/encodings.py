"""Vectors that need not be computed again: those of the snapshot before, and those of a build that was cut off."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from hashlib import blake2b
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel

from retrieval.snapshot import SnapshotError, current
from retrieval.vectors import stored_array
from retrieval.vectors.files import File, check

Hashes = NDArray[np.bytes_]  # of 16 bytes each
NOTHING = bytes(16)  # stands for "no text"; its vector is zeros
_HEADER = 128


def text_hash(text: str) -> bytes:
    """16 bytes that name a text."""
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()


class Stored:
    """Vectors by text hash. `hashes` [k] in any order, `vectors` [k, d], perhaps memory-mapped."""

    def __init__(self, hashes: Hashes, vectors: NDArray[np.float32]) -> None:
        self._order = np.argsort(hashes, kind="stable")
        self._sorted = np.asarray(hashes)[self._order]
        self._vectors = vectors

    def find(self, hashes: Hashes) -> NDArray[np.int64]:
        """[m] where each hash stands in `vectors`; -1 where it does not."""
        if not len(self._sorted):
            return np.full(len(hashes), -1, np.int64)
        at = np.minimum(np.searchsorted(self._sorted, hashes), len(self._sorted) - 1)
        return np.where(self._sorted[at] == hashes, self._order[at], -1)

    def take(self, at: NDArray[np.int64]) -> NDArray[np.float32]:
        """[m, d] vectors at places that `find` gave."""
        return np.asarray(self._vectors[at])


class _Made(BaseModel):
    """What a manifest of any format says of the vectors: by whom, and what their files must be."""

    encoder: str
    files: Mapping[str, File]


def stored_before(workspace: Path, *, encoder: str) -> list[Stored]:
    """Vectors of the snapshot being served; none where there is no sound one by the same encoder.

    Also of one in a format that is no longer served: a text's hash tells its vector, whatever lies around it.
    """
    others = ("hashes.npy", "headlines.npy", "headline_hashes.npy")
    try:
        served = current(workspace)
        if served is None:
            return []
        folder = workspace / "snapshots" / served
        made = _Made.model_validate_json((folder / "manifest.json").read_bytes())
        vectors = "vectors/vectors.npy" if "vectors/vectors.npy" in made.files else "vectors.npy"  # of formats to 3
        names = (vectors, *others)
        if made.encoder != encoder or not made.files.keys() >= set(names):
            return []
        check(folder, made.files, verify=True, only=names)  # a damaged vector must not live on in new snapshots
        found, hashes, headlines, headline_hashes = (stored_array(folder / name) for name in names)
        return [Stored(hashes, found), Stored(headline_hashes, headlines)]
    except (SnapshotError, OSError, ValueError):
        return []


class Journal:
    """An append-only file of finished encodings, so that a killed build costs seconds of encoding, not hours.

    A header names the encoder; each record is hash, vector and checksum. A torn end, or a file of another encoder, is
    dropped at opening. Removed when a build is published.
    """

    def __init__(self, path: Path, *, encoder: str, width: int) -> None:
        self._record = np.dtype([("hash", "S16"), ("vector", np.float32, (width,)), ("crc", np.uint32)])
        self._path = path
        self._width = width
        header = f"shortlist encodings 1 {encoder} {width}\n".encode().ljust(_HEADER, b" ")
        path.touch()
        self._file = path.open("r+b")
        if self._file.read(_HEADER) != header:
            self._file.seek(0)
            self._file.truncate()
            self._file.write(header)
        else:
            self._file.truncate(_HEADER + self._sound() * self._record.itemsize)
        self._file.seek(0, 2)
        self._file.flush()

    def _sound(self) -> int:
        """Number of whole, unaltered records at the start."""
        count = 0
        while len(block := self._file.read(self._record.itemsize)) == self._record.itemsize:
            if zlib.crc32(block[:-4]) != int.from_bytes(block[-4:], "little"):
                break
            count += 1
        return count

    def append(self, hashes: Sequence[bytes], vectors: NDArray[np.float32]) -> None:
        """Keep finished encodings; a kill right after loses none. Raises: OSError."""
        records = np.zeros(len(hashes), self._record)
        records["hash"] = hashes
        records["vector"] = vectors
        for place, record in enumerate(records):
            records["crc"][place] = zlib.crc32(record.tobytes()[:-4])
        self._file.write(records.tobytes())
        self._file.flush()

    def stored(self) -> Stored:
        """All records so far."""
        self._file.flush()
        count = (self._path.stat().st_size - _HEADER) // self._record.itemsize
        if not count:
            return Stored(np.empty(0, "S16"), np.empty((0, self._width), np.float32))
        records = np.memmap(self._path, self._record, "r", _HEADER, (count,))
        return Stored(records["hash"], records["vector"])

    def remove(self) -> None:
        """Delete the file; its vectors are in a published snapshot."""
        self._file.close()
        self._path.unlink(missing_ok=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

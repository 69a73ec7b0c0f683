"""The vectors of a build: those that are missing are encoded, the rest copied from where they are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from offline.encodings import NOTHING, Hashes, Journal, Stored
from offline.growing_array import GrowingArray
from offline.snapshot_writer import SnapshotWriter
from retrieval.encoder import TextEncoder
from retrieval.passage_vectors import BEST
from retrieval.vectors import VectorIndex

Progress = Callable[[str, int, int | None], None]
"""Told a stage, what is done of it and, where known, the total."""

ENCODE_AT_ONCE = 128
COPY_AT_ONCE = 8192


def distinct(writer: SnapshotWriter) -> Hashes:
    """Hashes of all texts of a build, each once, in order."""
    every: Hashes = np.unique(np.concatenate([writer.hashes, writer.headline_hashes]))
    some: Hashes = every[every != NOTHING]
    return some


def encode_missing(
    writer: SnapshotWriter, encoder: TextEncoder, kept: list[Stored], journal: Journal, progress: Progress
) -> int:
    """Encode every text that none of `kept` has, once, into the journal; how many these were."""
    missing = distinct(writer)
    for stored in kept:
        missing = missing[stored.find(missing) < 0]
    total = len(missing)
    progress("encoding", 0, total)
    if not total:
        return 0
    raw = missing.tobytes()  # not item by item: numpy drops trailing zero bytes of an item
    wanted = {raw[start : start + 16] for start in range(0, len(raw), 16)}
    texts = _wanted(writer.texts(_rows_with(writer, missing)), wanted)
    done = 0
    while batch := list(islice(texts, ENCODE_AT_ONCE)):
        vectors = encoder.encode([text for _, text in batch], side="profile")
        journal.append([key for key, _ in batch], vectors)
        done += len(batch)
        progress("encoding", done, total)
    return done


def _wanted(texts: Iterable[tuple[bytes, str]], wanted: set[bytes]) -> Iterator[tuple[bytes, str]]:
    for key, text in texts:
        if key in wanted:
            wanted.discard(key)
            yield key, text


def _rows_with(writer: SnapshotWriter, missing: Hashes) -> NDArray[np.int64]:
    """Rows that have a passage or a headline among `missing`, in order."""
    passages = np.flatnonzero(np.isin(writer.hashes, missing))
    rows = np.searchsorted(writer.offsets, passages, side="right") - 1
    return np.union1d(rows, np.flatnonzero(np.isin(writer.headline_hashes, missing)))


def write_index(folder: Path, writer: SnapshotWriter, kept: list[Stored], width: int, progress: Progress) -> None:
    """Write the index of the passages' vectors, with the codes that it is scanned by."""
    shape = (len(writer.hashes), width)
    VectorIndex.write(
        folder,
        _in_order(writer.hashes, kept, width),
        shape=shape,
        offsets=writer.offsets,
        best=BEST,
        progress=lambda done, total: progress("writing", done, total),
    )


def write_vectors(path: Path, hashes: Hashes, kept: list[Stored], width: int, progress: Progress) -> None:
    """Write the vectors of `hashes` in their order; zeros for `NOTHING`."""
    done = 0
    with GrowingArray(path, width=width) as array:
        for vectors in _in_order(hashes, kept, width):
            array.append(vectors)
            done += len(vectors)
            progress("writing", done, len(hashes))


def _in_order(hashes: Hashes, kept: list[Stored], width: int) -> Iterator[NDArray[np.float32]]:
    """The vectors of `hashes`, some at a time; zeros for `NOTHING`."""
    for start in range(0, len(hashes), COPY_AT_ONCE):
        part = hashes[start : start + COPY_AT_ONCE]
        vectors = np.zeros((len(part), width), np.float32)
        for stored in kept:
            at = stored.find(part)
            vectors[at >= 0] = stored.take(at[at >= 0])
        yield vectors

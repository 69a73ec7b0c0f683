"""Writes the files of a snapshot that need no encoder, profile by profile."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from offline.encodings import NOTHING, Hashes, text_hash
from retrieval.addressed import about, addressed
from retrieval.attributes import AttributesWriter
from retrieval.schema import Profile
from retrieval.serialisation import headline, passages
from retrieval.terms import TermWriter
from retrieval.text_index import TextIndexWriter

MAX_PASSAGES = 256
_BATCH_PROFILES = 512
_BATCH_BYTES = 32 << 20
_SCHEMA = pa.schema(
    [
        ("member_id", pa.string()),
        ("content_hash", pa.string()),
        ("profile", pa.binary()),
        ("addressed", pa.list_(pa.int32())),  # start, end, start, end ... of what speaks to the reader
    ]
)


class SnapshotWriter:
    """Takes profiles in the order of their rows. In memory stay a batch of profiles, the attributes' bitmaps and 32
    bytes a passage."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        self._folder = folder
        self._text = TextIndexWriter(folder / "text")
        self._terms = TermWriter(folder / "terms")
        self._attributes = AttributesWriter()
        self._sink = pa.OSFile(str(folder / "profiles.arrow"), "wb")
        self._profiles = pa.ipc.new_file(self._sink, _SCHEMA)
        self._batch: list[tuple[str, str, bytes, list[int]]] = []
        self._bytes = 0
        self._offsets = array("q", [0])
        self._spans = array("q")
        self._hashes = bytearray()
        self._headlines = bytearray()
        self.count = 0
        self.synthetic = 0

    def add(self, profile: Profile) -> bool:
        """Append one profile; false where its text is longer than what gets vectors (`MAX_PASSAGES` passages).

        Raises: UnicodeEncodeError, before anything is written, for text that is not Unicode. OSError.
        """
        ends = [end for span in addressed(profile.text) for end in (span.start, span.end)]
        record = (profile.member_id, profile.content_hash, profile.model_dump_json().encode(), ends)
        profile = about(profile)  # kept whole, searched without what is addressed to the reader
        found = passages(profile)
        for passage in found[:MAX_PASSAGES]:
            self._spans.extend((passage.span.start, passage.span.end))
            self._hashes += text_hash(passage.text)
        self._offsets.append(len(self._spans) // 2)
        named = headline(profile)
        self._headlines += text_hash(named) if named else NOTHING
        self._text.add(self.count, profile)
        self._terms.add(profile.text)
        self._attributes.add(self.count, profile)
        self._batch.append(record)
        self._bytes += len(record[2])
        if len(self._batch) >= _BATCH_PROFILES or self._bytes >= _BATCH_BYTES:
            self._flush()
        self.count += 1
        self.synthetic += profile.synthetic
        return len(found) <= MAX_PASSAGES

    def _flush(self) -> None:
        if self._batch:
            columns = [
                pa.array(list(column), field.type)
                for column, field in zip(zip(*self._batch, strict=True), _SCHEMA, strict=True)
            ]
            self._profiles.write_batch(pa.record_batch(columns, schema=_SCHEMA))
        self._batch.clear()
        self._bytes = 0

    def close(self) -> None:
        """Write all files out. Raises: OSError."""
        self._flush()
        self._profiles.close()
        self._sink.close()
        self._text.close()
        self._terms.close()
        self._attributes.close(self._folder)
        np.save(self._folder / "spans.npy", np.frombuffer(self._spans, np.int64).reshape(-1, 2))
        np.save(self._folder / "hashes.npy", self.hashes)
        np.save(self._folder / "headline_hashes.npy", self.headline_hashes)

    def abandon(self) -> None:
        """Let go of all files, so that the folder can be removed."""
        self._text.abandon()
        with suppress(OSError, ValueError):
            self._terms.close()
        self._sink.close()

    @property
    def offsets(self) -> NDArray[np.int64]:
        """[n + 1]"""
        return np.frombuffer(self._offsets, np.int64)

    @property
    def hashes(self) -> Hashes:
        """[p] text hashes of the passages."""
        return np.frombuffer(bytes(self._hashes), "S16")

    @property
    def headline_hashes(self) -> Hashes:
        """[n] text hashes of the headlines; `NOTHING` where there is none."""
        return np.frombuffer(bytes(self._headlines), "S16")

    def texts(self, rows: NDArray[np.int64]) -> Iterator[tuple[bytes, str]]:
        """(hash, text) of every passage and headline of some rows, read back after `close`."""
        with pa.memory_map(str(self._folder / "profiles.arrow")) as source:
            profiles = pa.ipc.open_file(source).read_all()["profile"]
        for row in rows.tolist():
            profile = about(Profile.model_validate_json(profiles[row].as_py()))
            texts = [passage.text for passage in passages(profile)[:MAX_PASSAGES]]
            for text in filter(None, (*texts, headline(profile))):
                yield text_hash(text), text

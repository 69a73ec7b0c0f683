"""A vector index as a folder of arrays that are mapped into memory, with a manifest that tells what each must be."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from retrieval.vectors.building import Codes, Progress, encode
from retrieval.vectors.files import DamagedFile, File, check, described
from retrieval.vectors.members import check_offsets
from retrieval.vectors.quantisation import BitCodes, Int8Codes
from retrieval.vectors.quantisation.bit_codes import record_bytes
from retrieval.vectors.quantisation.int8_codes import stride
from retrieval.vectors.stored_array import stored_array

FORMAT = 1
npy_format: Any = np.lib.format  # has no types
MANIFEST = "vectors.json"


class Int8Facts(BaseModel):
    """See `Int8Codes`."""

    model_config = ConfigDict(frozen=True)

    scale: float
    error: float
    longest: float


class VectorManifest(BaseModel):
    """What an index is: members, vectors, numbers a vector, numbers that bits are of, best vectors that score."""

    model_config = ConfigDict(frozen=True)

    format: int = FORMAT
    count: int
    vectors: int
    width: int
    scan_width: int
    best: int
    int8: Int8Facts
    files: Mapping[str, File]


class Folder:
    """Arrays by name, as `.npy` files."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def create(self, name: str, shape: tuple[int, ...], dtype: str) -> NDArray[Any]:
        """An array to be filled, on the disk."""
        if 0 in shape:
            np.save(self.path / f"{name}.npy", np.empty(shape, dtype))
            return np.empty(shape, dtype)
        created: NDArray[Any] = npy_format.open_memmap(
            self.path / f"{name}.npy", mode="w+", dtype=np.dtype(dtype), shape=shape
        )
        return created

    def open(self, name: str) -> NDArray[Any]:
        """The array, mapped, read-only. Raises: DamagedFile."""
        try:
            return stored_array(self.path / f"{name}.npy")
        except (OSError, ValueError) as error:
            raise DamagedFile(f"{self.path / name}.npy cannot be read ({error})") from error


@contextmanager
def writing(folder: Path) -> Iterator[Path]:
    """A folder to write into, which becomes `folder` when all went well; after an error nothing is left of it.

    Raises: FileExistsError where there is one: an index that somebody may be reading is not written over.
    """
    if folder.exists():
        raise FileExistsError(f"{folder} exists; write the index into a new folder, or remove that one first")
    partial = folder.with_name(f".{folder.name}.{os.getpid()}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    try:
        yield partial
        partial.rename(folder)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


@dataclass(frozen=True, kw_only=True)
class Parts:
    """What an index is made of; see `VectorIndex`."""

    vectors: NDArray[np.float32]
    codes: Codes
    offsets: NDArray[np.int64] | None
    ids: NDArray[np.int64] | None
    best: int


def write(
    folder: Path,
    parts: Iterable[NDArray[np.float32]],
    *,
    shape: tuple[int, int],
    offsets: NDArray[np.int64] | None,
    ids: NDArray[np.int64] | None,
    best: int,
    scan_width: int,
    progress: Progress | None,
) -> None:
    """Write an index of the vectors in `parts`, which come to `shape` [v, d], as the new folder `folder`.

    In memory is no more than a chunk at a time. Raises: ValueError, FileExistsError, OSError.
    """
    with writing(folder) as partial:
        store = Folder(partial)
        vectors = store.create("vectors", shape, "<f4")
        done = 0
        for part in parts:
            vectors[done : done + len(part)] = part
            done += len(part)
        if done != shape[0]:
            raise ValueError(f"{done} vectors came where {shape[0]} were announced")
        codes = encode(vectors, store=store, scan_width=scan_width, progress=progress)
        for name, array in (("offsets", offsets), ("ids", ids)):
            if array is not None:
                np.save(partial / f"{name}.npy", array)
        facts = codes.int8
        manifest = VectorManifest(
            count=len(vectors) if offsets is None else len(offsets) - 1,
            vectors=shape[0],
            width=shape[1],
            scan_width=scan_width,
            best=best,
            int8=Int8Facts(scale=facts.scale, error=facts.error, longest=facts.longest),
            files=described(partial, [path.name for path in partial.glob("*.npy")]),
        )
        (partial / MANIFEST).write_text(manifest.model_dump_json(indent=1) + "\n", encoding="utf-8")


def read(folder: Path, *, verify: bool) -> Parts:
    """The index in `folder`, mapped into memory; sizes are checked, with `verify` contents too.

    Raises: FileNotFoundError where there is none, DamagedFile.
    """
    manifest = _manifest(folder, verify=verify)
    files = Folder(folder)

    def perhaps(name: str) -> NDArray[Any] | None:
        # by the manifest, not by what lies there: somebody may be removing it
        return files.open(name) if f"{name}.npy" in manifest.files else None

    vectors = files.open("vectors")
    rotation = files.open("rotation")
    facts = manifest.int8
    found = Parts(
        vectors=vectors,
        codes=Codes(
            rotation=rotation,
            bit_rotation=rotation if manifest.scan_width == manifest.width else files.open("bit_rotation"),
            int8=Int8Codes(
                codes=files.open("int8"),
                width=manifest.width,
                scale=facts.scale,
                error=facts.error,
                longest=facts.longest,
                outliers=files.open("int8_outliers"),
            ),
            bits=BitCodes(records=files.open("bits"), width=manifest.scan_width, centroids=files.open("centroids")),
        ),
        offsets=perhaps("offsets"),
        ids=perhaps("ids"),
        best=manifest.best,
    )
    _fits(folder, found, manifest)
    return found


def _fits(folder: Path, parts: Parts, manifest: VectorManifest) -> None:
    """The kernels trust shapes; a folder put together from others' files must not get to them."""
    codes, total, width, narrow = parts.codes, manifest.vectors, manifest.width, manifest.scan_width
    expected: list[tuple[str, NDArray[Any] | None, str, tuple[int, ...]]] = [
        ("vectors", parts.vectors, "<f4", (total, width)),
        ("rotation", codes.rotation, "<f4", (width, width)),
        ("bit_rotation", codes.bit_rotation, "<f4", (narrow, narrow)),
        ("int8", codes.int8.codes, "|u1", (total, stride(width))),
        ("bits", codes.bits.records, "|u1", (total, record_bytes(narrow))),
        ("offsets", parts.offsets, "<i8", (manifest.count + 1,)),
        ("ids", parts.ids, "<i8", (manifest.count,)),
    ]
    for name, array, kind, shape in expected:
        if array is not None and (array.dtype.str != kind or array.shape != shape):
            raise DamagedFile(
                f"{folder / name}.npy holds {array.dtype} {array.shape}, the manifest says {kind} {shape}"
            )
    if codes.int8.outliers.size and int(codes.int8.outliers[-1]) >= total:
        raise DamagedFile(f"{folder / 'int8_outliers'}.npy names vectors that there are not")
    if parts.offsets is not None:
        try:
            check_offsets(parts.offsets, total)
        except ValueError as error:
            raise DamagedFile(f"{folder / 'offsets'}.npy is damaged: {error}") from None


def _manifest(folder: Path, *, verify: bool) -> VectorManifest:
    path = folder / MANIFEST
    try:
        said = json.loads(path.read_bytes())
        if said.get("format") != FORMAT:
            raise DamagedFile(f"{path} has format {said.get('format')}, this version reads {FORMAT}; build it again")
        manifest = VectorManifest.model_validate(said)
    except FileNotFoundError:
        raise FileNotFoundError(f"there is no vector index in {folder} (no {MANIFEST})") from None
    except DamagedFile:
        raise
    except (OSError, ValueError, AttributeError) as error:
        raise DamagedFile(f"{path} is damaged; build the index again") from error
    check(folder, manifest.files, verify=verify)
    return manifest

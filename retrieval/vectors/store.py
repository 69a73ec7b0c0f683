"""A folder that holds an index and its changes, version by version: readers see one version whole."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

import numpy as np
from filelock import FileLock
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from retrieval.vectors.building import Progress
from retrieval.vectors.files import DamagedFile, File, check, described
from retrieval.vectors.index import VectorIndex
from retrieval.vectors.members import Members
from retrieval.vectors.overlay import Changes, OverlaidIndex

_POINTER = "current.json"
_AT_ONCE = 8192


class _Current(BaseModel):
    """The version that is served: a folder with an index, a file with changes, and what that file must be."""

    model_config = ConfigDict(frozen=True)

    version: int
    index: str
    changes: str | None = None
    file: File | None = None


class VectorStore:
    """An index that takes changes. One writer at a time (a lock sees to it), any number of readers.

    Every change writes a new file and moves one pointer over both index and changes, atomically: whoever opens the
    store sees all of a version or all of the one before, and who has it open goes on reading what they opened.
    """

    def __init__(self, folder: Path) -> None:
        """Of a folder that `create` made."""
        self.folder = Path(folder)

    @classmethod
    def create(
        cls,
        folder: Path,
        vectors: NDArray[np.float32],
        *,
        ids: NDArray[np.int64],
        offsets: NDArray[np.int64] | None = None,
        best: int = 1,
        progress: Progress | None = None,
    ) -> Self:
        """A new store of `vectors`; see `VectorIndex.build`. Raises: ValueError, FileExistsError, OSError."""
        folder = Path(folder)
        if (folder / _POINTER).exists():
            raise FileExistsError(f"{folder} is a store already; change it, or remove it first")
        folder.mkdir(parents=True, exist_ok=True)
        store = cls(folder)
        with store._writing():
            VectorIndex.write(
                folder / "index-1",
                [vectors],
                shape=vectors.shape,
                ids=ids,
                offsets=offsets,
                best=best,
                progress=progress,
            )
            store._point(_Current(version=1, index="index-1"))
        return store

    def open(self, *, verify: bool = False) -> OverlaidIndex:
        """The version that is current now. Raises: FileNotFoundError, DamagedFile."""
        while True:
            current = self._current()
            try:
                index = VectorIndex.open(self.folder / current.index, verify=verify)
                return OverlaidIndex(index, self._changes(current, index.width))
            except (FileNotFoundError, DamagedFile):
                if self._current() == current:  # else it was replaced and removed under our hands
                    raise

    def change(self, changes: Changes) -> None:
        """Put `changes` on top of what there is. Raises: ValueError, DamagedFile, OSError."""
        with self._writing():
            current = self._current()
            width = VectorIndex.open(self.folder / current.index).width
            total = self._changes(current, width).then(changes)
            version = current.version + 1
            name = f"changes-{version}.npz"
            with (self.folder / name).open("wb") as file:
                np.savez(file, ids=total.ids, vectors=total.vectors, offsets=total.offsets, removed=total.removed)
            written = described(self.folder, [name])[name]
            self._point(_Current(version=version, index=current.index, changes=name, file=written))

    def fold(self, *, progress: Progress | None = None) -> None:
        """Build the changes into a new index: what was removed is in no file any more.

        Raises: DamagedFile, OSError.
        """
        with self._writing():
            current = self._current()
            index = VectorIndex.open(self.folder / current.index)
            overlaid = OverlaidIndex(index, self._changes(current, index.width))
            version = current.version + 1
            name = f"index-{version}"
            fold(overlaid, self.folder / name, progress=progress)
            self._point(_Current(version=version, index=name))

    def _current(self) -> _Current:
        path = self.folder / _POINTER
        try:
            return _Current.model_validate_json(path.read_bytes())
        except FileNotFoundError:
            raise FileNotFoundError(f"there is no vector store in {self.folder}") from None
        except (OSError, ValueError) as error:
            raise DamagedFile(f"{path} is damaged") from error

    def _changes(self, current: _Current, width: int) -> Changes:
        if current.changes is None or current.file is None:
            return Changes.none(width)
        check(self.folder, {current.changes: current.file}, verify=True)
        with np.load(self.folder / current.changes, allow_pickle=False) as stored:
            return Changes(**{name: stored[name] for name in ("ids", "vectors", "offsets", "removed")})

    def _point(self, current: _Current) -> None:
        """Make `current` what readers see, then remove what none of it is."""
        fresh = self.folder / f"{_POINTER}.new"
        with fresh.open("w", encoding="utf-8") as file:
            file.write(current.model_dump_json())
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self.folder / _POINTER)
        for path in self.folder.iterdir():
            if path.name.startswith(("index-", "changes-")) and path.name not in (current.index, current.changes):
                shutil.rmtree(path) if path.is_dir() else path.unlink()

    @contextmanager
    def _writing(self) -> Iterator[None]:
        with FileLock(self.folder / "writer.lock"):
            yield


def fold(overlaid: OverlaidIndex, folder: Path, *, progress: Progress | None = None) -> None:
    """Write the members that are alive, those of the index first, as a new index in `folder`. Raises: OSError."""
    index, changes = overlaid.index, overlaid.changes
    kept = np.setdiff1d(np.arange(index.count, dtype=np.uint32), np.asarray(overlaid.dead.to_array(), np.uint32))
    old = Members(count=index.count, offsets=index.offsets, best=1)
    own = np.arange(index.count, dtype=np.int64) if index.ids is None else index.ids
    counts = np.ones(len(kept), np.int64) if index.offsets is None else np.diff(index.offsets)[kept]
    sizes = np.concatenate([counts, np.diff(changes.offsets)])
    single = index.offsets is None and bool((sizes == 1).all())

    def vectors() -> Iterator[NDArray[np.float32]]:
        for start in range(0, len(kept), _AT_ONCE):
            numbers, _ = old.vectors_of(kept[start : start + _AT_ONCE])
            yield index.vectors[numbers]
        yield changes.vectors

    VectorIndex.write(
        folder,
        vectors(),
        shape=(int(sizes.sum()), index.width),
        offsets=None if single else np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
        ids=np.concatenate([own[kept], changes.ids]),
        best=index.best,
        scan_width=len(index.codes.bit_rotation),
        progress=progress,
    )

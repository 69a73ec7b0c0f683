"""Makes a finished build the one that is served: all of it or nothing."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from retrieval.snapshot import SnapshotError, current, tombstones


class IndexBusy(RuntimeError):
    """Another process is indexing into the same workspace."""


class NotAWorkspace(RuntimeError):
    """The workspace cannot be a folder."""


@contextmanager
def indexing(workspace: Path) -> Iterator[None]:
    """Hold the workspace for one build. The system lets go of the lock even where the process is killed.

    Raises: IndexBusy at once where somebody else holds it; NotAWorkspace; OSError.
    """
    if workspace.exists() and not workspace.is_dir():
        raise NotAWorkspace(f"{workspace} is a file; give the folder that is to hold the snapshot")
    workspace.mkdir(parents=True, exist_ok=True)
    lock = FileLock(workspace / "index.lock", timeout=0)
    try:
        lock.acquire()
    except Timeout:
        raise IndexBusy(
            f"another process is indexing into {workspace}; wait until it is done, or index into another workspace"
        ) from None
    try:
        yield
    finally:
        lock.release()


def publish(staging: Path, *, workspace: Path, id: str) -> None:
    """Move the finished folder `staging` to `snapshots/ID` and point `current` at it; keep the one before, no others.

    Everything is on the disk before the pointer moves, and moving it is one atomic rename, so that a reader sees the
    old snapshot or the new one. Where a step fails the old one keeps serving and nothing of the new one stays.

    Raises: OSError.
    """
    snapshots = workspace / "snapshots"
    target = snapshots / id
    before = _served(workspace)
    pointer = workspace / "current.new"
    try:
        _sync_tree(staging)
        staging.rename(target)
        _sync(snapshots)
        pointer.write_text(id + "\n")
        _sync(pointer)
        pointer.replace(workspace / "current")
    except BaseException:
        pointer.unlink(missing_ok=True)
        shutil.rmtree(target, ignore_errors=True)
        raise
    _sync(workspace)
    prune(workspace, keep={id, before} if before else {id})


def bury(workspace: Path, member: str) -> None:
    """Write a member's tombstone: shown by no search from now on, and left out of every later build.

    Raises: SnapshotCorrupt where the list there is cannot be read; OSError.
    """
    path = workspace / "tombstones.json"
    with FileLock(workspace / "tombstones.lock"):
        buried = tombstones(workspace)
        if member in buried:
            return
        fresh = path.with_suffix(".new")
        fresh.write_text(json.dumps(sorted({*buried, member})), encoding="utf-8")
        _sync(fresh)
        fresh.replace(path)
        _sync(workspace)


def prune(workspace: Path, *, keep: set[str]) -> None:
    """Remove all snapshots and abandoned builds but those in `keep`. Readers that opened one go on reading it."""
    for folder in (workspace / "snapshots").iterdir():
        if folder.name not in keep:
            shutil.rmtree(folder, ignore_errors=True)


def _served(workspace: Path) -> str | None:
    with suppress(SnapshotError):
        return current(workspace)
    return None


def _sync_tree(folder: Path) -> None:
    for path in sorted(folder.rglob("*")):
        _sync(path)
    _sync(folder)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

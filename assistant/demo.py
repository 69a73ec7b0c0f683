"""The demo's population: invented once, then reused."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from assistant.console import stderr
from assistant.indexing import index
from assistant.progress import meter
from offline.synthetic import write
from retrieval.encoder import TextEncoder
from retrieval.snapshot import Snapshot, SnapshotError, SnapshotMissing


class NotADemo(ValueError):
    """A workspace with real people; the demo would replace them."""


class Made(BaseModel):
    """What the workspace was made from."""

    model_config = ConfigDict(frozen=True)

    size: int
    seed: int


def prepare(workspace: Path, *, size: int, seed: int, encoder: TextEncoder | None = None) -> None:
    """Leave `workspace` with a snapshot of `size` invented people; a second call with the same numbers does nothing.

    Raises:
        NotADemo: where the workspace serves people that are not invented.
    """
    wanted = Made(size=size, seed=seed)
    note = workspace / "demo.json"
    try:
        snapshot = Snapshot.open(workspace, encoder=encoder)
    except SnapshotMissing:
        pass
    except SnapshotError as error:
        stderr().print(f"{error}; making the demo again", markup=False)
    else:
        if snapshot.synthetic < snapshot.count:
            raise NotADemo(f"{workspace} holds real people; choose another folder for the demo with --workspace DIR")
        if _made(note) == wanted:
            return
    people = workspace / "people"
    for old in people.glob("profiles-*.parquet"):
        old.unlink()
    with meter() as advance:
        write(people, size=size, seed=seed, progress=lambda done: advance("inventing people", done, size))
    index(people, workspace, encoder=encoder)
    note.write_text(wanted.model_dump_json(), encoding="utf-8")


def _made(note: Path) -> Made | None:
    try:
        return Made.model_validate_json(note.read_text(encoding="utf-8"))
    except (OSError, ValidationError):
        return None

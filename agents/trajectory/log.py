"""The folder of trajectories: JSON Lines, a file a day, added to by several processes, erasable by member."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from agents.trajectory.schema import Liking, Trajectory

BUSY_SECONDS = 2.0
NAME = "searches-{day}.jsonl"
PATTERN = "searches-*.jsonl"


class TrajectoryNotKept(OSError):
    """A record could not be added; the message says why."""


@dataclass(frozen=True, kw_only=True)
class TrajectoryLog:
    """Adds records. A day's file takes `most_bytes`, and files of the last `days` days are kept.

    A record is one line, written in one go: a crash may cost the last one, never those before.
    """

    folder: Path
    most_bytes: int = 64 << 20
    days: int = 90

    def append(self, record: Trajectory | Liking, *, now: datetime | None = None) -> None:
        """Add a record to the day's file.

        Raises:
            TrajectoryNotKept: the disk, another process, or the day's limit is in the way.
        """
        line = record.model_dump_json(exclude_defaults=False).encode("utf-8", "replace") + b"\n"
        try:
            with self._turn():
                path = self.folder / NAME.format(day=(now or datetime.now(UTC)).strftime("%Y-%m-%d"))
                if not path.exists():
                    self._clear(keep=self.days - 1)
                self._add(path, line)
        except (OSError, Timeout) as error:
            if isinstance(error, TrajectoryNotKept):
                raise
            raise TrajectoryNotKept(f"{self.folder} cannot be written ({error})") from error

    def forget(self, member_id: str) -> int:
        """Erase a member's id from every record; returns how many records had it. Likings of the member go whole."""
        if not self.folder.is_dir():
            return 0
        with self._turn():
            return sum(_rewrite(path, lambda line: _without(line, member_id)) for path in self._files())

    def _add(self, path: Path, line: bytes) -> None:
        descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            size = os.fstat(descriptor).st_size
            if size + len(line) > self.most_bytes:
                raise TrajectoryNotKept(f"{path.name} has reached the day's limit of {self.most_bytes:,} bytes")
            # what a crash left half written ends here, so that it spoils no line but its own
            torn = size and os.pread(descriptor, 1, size - 1) != b"\n"
            os.write(descriptor, b"\n" + line if torn else line)
        finally:
            os.close(descriptor)

    def _clear(self, *, keep: int) -> None:
        for path in self._files()[: -keep or None]:
            path.unlink(missing_ok=True)

    def _files(self) -> list[Path]:
        return sorted(self.folder.glob(PATTERN))

    @contextmanager
    def _turn(self) -> Iterator[None]:
        self.folder.mkdir(parents=True, exist_ok=True)
        with FileLock(self.folder / ".lock", timeout=BUSY_SECONDS):
            yield


def _rewrite(path: Path, change: Callable[[bytes], bytes | None]) -> int:
    """Change the lines of a file, in one step; returns how many changed. None takes a line out."""
    lines = path.read_bytes().splitlines()
    changed = [change(line) for line in lines]
    count = sum(new != old for new, old in zip(changed, lines, strict=True))
    if count:
        beside = path.with_suffix(".new")
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.writelines(line + b"\n" for line in changed if line is not None)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    return count


def _without(line: bytes, member_id: str) -> bytes | None:
    """A line without the member; a line that cannot be read goes where it may name the member."""
    written = json.dumps(member_id, ensure_ascii=False).encode("utf-8", "replace")
    if written not in line:
        return line
    try:
        record = json.loads(line)
    except ValueError:
        return None
    if record.get("record") == "liking":
        return None if record.get("member_id") == member_id else line
    cleaned = {**record, "steps": _cleaned(record.get("steps"), member_id)}
    return json.dumps(cleaned, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def _cleaned(value: Any, member_id: str, key: str = "") -> Any:
    """Ids stand in lists of members, as keys of grades, and as the profile that others repeat."""
    if key == "nearly_the_same" and value == member_id:
        return None
    if isinstance(value, dict):
        ids = key == "grades"
        kept = ((name, item) for name, item in value.items() if not (ids and name == member_id))
        return {name: _cleaned(item, member_id, name) for name, item in kept}
    if isinstance(value, list):
        ids = key in {"members", "ranked"}
        return [_cleaned(item, member_id) for item in value if not (ids and item == member_id)]
    return value

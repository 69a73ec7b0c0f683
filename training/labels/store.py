"""The folder that a labelling run writes, so that a run that is killed goes on where it was.

`part-00000.parquet`, ...: labels. `journal.jsonl`: labels that wait for their part, one a line, written as they come.
`requests.jsonl`, `plan.jsonl`: what is asked. `failures.jsonl`: what the last run could not label, and why.
`card.json`: how the labels came about, and how far the teacher agrees with itself.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO

from filelock import FileLock, Timeout
from pydantic import ValidationError

from training.labels.label import Label, Task
from training.labels.parts import ids_of, parts, write_part

PART = 1000
"""Labels in one part."""
JOURNAL, FAILURES, PLAN, REQUESTS, CARD, LOCK = (
    "journal.jsonl",
    "failures.jsonl",
    "plan.jsonl",
    "requests.jsonl",
    "card.json",
    "labels.lock",
)


class LabelsBusy(RuntimeError):
    """Another process writes into the folder."""


class LabelsDamaged(ValueError):
    """A file of the folder cannot be read; the message names it."""


@dataclass(frozen=True, kw_only=True)
class Failure:
    """A pair that got no label."""

    task: Task
    reason: str


class LabelStore:
    """Labels that are kept the moment they are there. One process at a time.

    Use it as a context manager; leaving it gathers what is in the journal into a part.

    Raises:
        LabelsBusy: another process holds the folder.
        LabelsDamaged: a line of the journal, other than an unfinished last one, is no label.
    """

    def __init__(self, folder: Path, *, part: int = PART) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self._part = part
        self._held = held(folder)
        self._waiting: dict[str, Label] = {}
        self._journal: IO[str] | None = None
        self._failed: IO[str] | None = None
        self.done: set[str] = set()

    def __enter__(self) -> LabelStore:
        self._held.__enter__()
        try:
            remove_unfinished(self.folder)
            self.done = {label_id for path in parts(self.folder) for label_id in ids_of(path)}
            # Killed between a part and the end of its journal: the same labels stand in both.
            waiting = [label for label in read_journal(self.folder) if label.label_id not in self.done]
            self._waiting = {label.label_id: label for label in waiting}
            self.done |= self._waiting.keys()
            self._rewrite_journal()
            self._failed = (self.folder / FAILURES).open("w", encoding="utf-8")
        except BaseException:
            self._held.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._gather()
        finally:
            for file in (self._journal, self._failed):
                if file is not None:
                    file.close()
            self._held.__exit__(kind, error, trace)

    def add(self, label: Label) -> None:
        """Keep a label; when this returns, killing the process does not lose it."""
        assert self._journal is not None  # noqa: S101 - entered
        self._journal.write(label.model_dump_json() + "\n")
        self._journal.flush()
        self._waiting[label.label_id] = label
        self.done.add(label.label_id)
        if len(self._waiting) >= self._part:
            self._gather()

    def fail(self, failure: Failure) -> None:
        """Note a pair that got no label; it is not done, so the next run asks again."""
        assert self._failed is not None  # noqa: S101 - entered
        line = {**failure.task.model_dump(mode="json"), "reason": failure.reason}
        self._failed.write(json.dumps(line, ensure_ascii=False) + "\n")
        self._failed.flush()

    def _gather(self) -> None:
        """Make a part of what waits."""
        if self._waiting:
            numbers = [int(path.stem.removeprefix("part-")) for path in parts(self.folder)]
            path = self.folder / f"part-{max(numbers, default=-1) + 1:05}.parquet"
            write_part(path, list(self._waiting.values()))
            self._waiting = {}
        self._rewrite_journal()

    def _rewrite_journal(self) -> None:
        """The journal with exactly what waits, open for more."""
        if self._journal is not None:
            self._journal.close()
        path = self.folder / JOURNAL
        replace_lines(path, (label.model_dump_json() for label in self._waiting.values()))
        self._journal = path.open("a", encoding="utf-8")


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Hold the folder alone. Raises: LabelsBusy."""
    lock = FileLock(folder / LOCK)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise LabelsBusy(f"another process writes labels into {folder}; wait for it, or give another folder") from None
    try:
        yield
    finally:
        lock.release()


def read_journal(folder: Path) -> list[Label]:
    """The labels that wait for their part. An unfinished last line is what a kill left of one; it is passed over."""
    path = folder / JOURNAL
    if not path.is_file():
        return []
    *lines, rest = path.read_text(encoding="utf-8").split("\n")
    del rest  # empty, or a line without its end
    labels = []
    for number, line in enumerate(lines, 1):
        try:
            labels.append(Label.model_validate_json(line))
        except ValidationError:
            raise LabelsDamaged(
                f"{path}, line {number}, is no label; remove the line to have the pair asked again"
            ) from None
    return labels


def remove_unfinished(folder: Path) -> None:
    """Remove what a kill left of a file that was being written; what it would have held is in the journal."""
    for path in folder.glob("*.unfinished"):
        path.unlink()


def replace_lines(path: Path, lines: Iterable[str]) -> None:
    """Write a file of lines; it is the old one or the new one, never half of it."""
    unfinished = path.with_suffix(".unfinished")
    unfinished.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    unfinished.replace(path)

"""What could not be read, said so that the owner of the file can mend it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One file or record left out, or put in with a remark.

    `file` is relative to the source; `record` counts from 1 inside the file, `None` means all of it. No profile text.
    """

    file: str
    record: int | None = None
    reason: str

    def __str__(self) -> str:
        where = self.file if self.record is None else f"{self.file}, record {self.record}"
        return f"{where}: {self.reason}"


class UnreadableError(ValueError):
    """A file or a record that cannot be taken in; the message is the reason and the fix."""


class EmptySourceError(ValueError):
    """There is nothing to read at all: no such path, or a folder without a file of a known kind."""

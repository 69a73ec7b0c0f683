"""Answers of models, kept on disk so that the same question is not paid for twice."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import TypeVar

from agents.models.config import JOBS
from agents.models.runs import current
from agents.models.usage import Usage

FILE = "answers.sqlite"
"""The cache's name in a workspace."""

SCHEMA = 1
BUSY_SECONDS = 2.0
KEPT_AFTER_CLEARING = 0.9

TABLES = """
CREATE TABLE IF NOT EXISTS answers (
    key TEXT PRIMARY KEY, job TEXT NOT NULL, subject TEXT, answer TEXT NOT NULL, bytes INTEGER NOT NULL,
    used REAL NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS by_subject ON answers (subject);
CREATE INDEX IF NOT EXISTS by_used ON answers (used, bytes);
CREATE TABLE IF NOT EXISTS size (bytes INTEGER NOT NULL);
INSERT INTO size SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM size);
CREATE TRIGGER IF NOT EXISTS added AFTER INSERT ON answers BEGIN UPDATE size SET bytes = bytes + NEW.bytes; END;
CREATE TRIGGER IF NOT EXISTS removed AFTER DELETE ON answers BEGIN UPDATE size SET bytes = bytes - OLD.bytes; END;
"""
CLEARING = """
DELETE FROM answers WHERE key IN (
    SELECT key FROM (SELECT key, SUM(bytes) OVER (ORDER BY used, key) - bytes AS before FROM answers)
    WHERE before < (SELECT bytes FROM size) - :kept)
"""

Result = TypeVar("Result")


class AnswerCache:
    """Answers by key, shared by threads and processes. The least recently used leave when there are too many.

    What is kept may quote profiles: `forget` erases a member from the file itself. No call fails for the file: a
    damaged one is thrown away and begun again, one that cannot be used keeps nothing, and `notes` says so.
    """

    def __init__(self, path: Path, *, most_bytes: int = 256 << 20) -> None:
        self.path = path
        self.notes: tuple[str, ...] = ()
        self._most_bytes = most_bytes
        self._turn = threading.RLock()
        self._opened: tuple[int, sqlite3.Connection] | None = None

    def get(self, key: str) -> str | None:
        """The kept answer; the run under way is told that a call was saved."""
        row = self._do(
            lambda store: store.execute(
                "UPDATE answers SET used = ? WHERE key = ? RETURNING job, answer", (time.time(), key)
            ).fetchone()
        )
        if row is None:
            return None
        job, answer = row
        if job in JOBS and (run := current()) is not None:
            run.add(job, Usage(cache_hits=1))
        return str(answer)

    def put(self, key: str, *, job: str, subject: str | None, answer: str) -> None:
        """Keep an answer; `subject` is the member it is about, by whom it can be forgotten."""
        size = len(key) + len(job) + len(subject or "") + len(answer.encode())
        if size > self._most_bytes:
            return

        def put(store: sqlite3.Connection) -> None:
            # Not "or replace", which would not run the trigger that keeps count.
            store.execute("DELETE FROM answers WHERE key = ?", (key,))
            store.execute(
                "INSERT INTO answers VALUES (?, ?, ?, ?, ?, ?)", (key, job, subject, answer, size, time.time())
            )
            if self._size(store) > self._most_bytes:
                store.execute(CLEARING, {"kept": int(self._most_bytes * KEPT_AFTER_CLEARING)})

        self._do(put)

    def forget(self, member_id: str) -> int:
        """Erase what is kept about a member, from the file as well; returns how many answers it was."""
        if not self.path.exists():
            return 0

        def forget(store: sqlite3.Connection) -> int:
            return store.execute("DELETE FROM answers WHERE subject = ?", (member_id,)).rowcount

        erased = self._do(forget) or 0
        self._do(lambda store: store.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone())
        return erased

    def size(self) -> int:
        """Bytes of the answers that are kept."""
        return (self._do(self._size) or 0) if self.path.exists() else 0

    def close(self) -> None:
        """Close the file; the next call opens it again."""
        with self._turn:
            if self._opened is not None and self._opened[0] == os.getpid():
                self._opened[1].close()
            self._opened = None

    @staticmethod
    def _size(store: sqlite3.Connection) -> int:
        return int(store.execute("SELECT bytes FROM size").fetchone()[0])

    def _do(self, act: Callable[[sqlite3.Connection], Result]) -> Result | None:
        """What `act` returns, in one transaction; None where the file cannot be used."""
        with self._turn:
            for _ in range(2):
                try:
                    store = self._store()
                    with store:
                        return act(store)
                except sqlite3.OperationalError as error:  # locked, read-only, full: the file itself is sound
                    self._tell(f"answers of models are not kept: {self.path}: {error}")
                    return None
                except sqlite3.DatabaseError:
                    self._start_again()
                except OSError as error:
                    self._tell(f"answers of models are not kept: {self.path}: {error.strerror}")
                    return None
        return None

    def _store(self) -> sqlite3.Connection:
        if self._opened is not None and self._opened[0] == os.getpid():
            return self._opened[1]  # a connection does not survive a fork
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.touch(mode=0o600)
        store = sqlite3.connect(self.path, timeout=BUSY_SECONDS, check_same_thread=False)
        try:
            store.execute("PRAGMA journal_mode = WAL")
            store.execute("PRAGMA synchronous = NORMAL")
            store.execute("PRAGMA secure_delete = ON")
            if store.execute("PRAGMA user_version").fetchone()[0] not in {0, SCHEMA}:
                raise sqlite3.DatabaseError("another version wrote it")
            store.executescript(TABLES)
            store.execute(f"PRAGMA user_version = {SCHEMA}")
        except BaseException:
            store.close()
            raise
        self._opened = (os.getpid(), store)
        return store

    def _start_again(self) -> None:
        """Throw the file away; no copy is kept, since nobody could be erased from it."""
        self.close()
        try:
            for tail in ("", "-wal", "-shm"):
                self.path.with_name(self.path.name + tail).unlink(missing_ok=True)
        except OSError as error:
            self._tell(f"answers of models are not kept: {self.path} is damaged, and stays: {error.strerror}")
            return
        self._tell(f"the kept answers of models could not be read and are begun again ({self.path.name})")

    def _tell(self, note: str) -> None:
        if note not in self.notes:
            self.notes = (*self.notes, note)


def key_of(job: str, *parts: str) -> str:
    """sha256 of everything that an answer depends on: role, profile content, constitution as rendered, model ...

    Each part goes in with its length, so that no two lists of parts read the same.
    """
    whole = sha256()
    for part in (job, *parts):
        data = part.encode("utf-8", "surrogatepass")
        whole.update(b"%d:" % len(data))
        whole.update(data)
    return whole.hexdigest()

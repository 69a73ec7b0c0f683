"""The ledger's file: sqlite, one row a deed, every row of one recruiter."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter

from agents.memory.evidence import RoleSeen
from agents.role_changes import RoleChange
from retrieval.schema import Preference

MOST_ROLES = 50
"""Of a long history the newest roles count."""
LIKED, PASSED = "liked", "passed"

TABLES = """
CREATE TABLE IF NOT EXISTS recruiters (recruiter TEXT PRIMARY KEY, turn INTEGER NOT NULL, stale INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS roles (recruiter TEXT NOT NULL, role TEXT NOT NULL, text TEXT NOT NULL,
    turn INTEGER NOT NULL, PRIMARY KEY (recruiter, role));
CREATE TABLE IF NOT EXISTS opinions (recruiter TEXT NOT NULL, member_id TEXT NOT NULL, opinion TEXT NOT NULL,
    role TEXT, turn INTEGER NOT NULL, PRIMARY KEY (recruiter, member_id));
CREATE TABLE IF NOT EXISTS shown (recruiter TEXT NOT NULL, role TEXT NOT NULL, member_id TEXT NOT NULL,
    turn INTEGER NOT NULL, PRIMARY KEY (recruiter, role, member_id));
CREATE TABLE IF NOT EXISTS edits (recruiter TEXT NOT NULL, role TEXT NOT NULL, change TEXT NOT NULL,
    turn INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS removed (recruiter TEXT NOT NULL, id TEXT NOT NULL, turn INTEGER NOT NULL,
    PRIMARY KEY (recruiter, id));
CREATE TABLE IF NOT EXISTS learned (recruiter TEXT PRIMARY KEY, snapshot TEXT NOT NULL, entries TEXT NOT NULL);
"""
_ENTRIES = TypeAdapter(tuple[Preference, ...])


class LedgerUnreadable(ValueError):
    """The ledger's file cannot be opened or is damaged; the message names it and the fix."""


@dataclass(frozen=True, kw_only=True)
class Store:
    """Opens the file for one piece of work: all of it is written, or nothing."""

    path: Path

    @property
    def there(self) -> bool:
        """False before anything was recorded: reading makes no file."""
        return self.path.exists()

    @contextmanager
    def open(self) -> Iterator[sqlite3.Connection]:
        """A connection to the file, with all tables.

        Raises:
            LedgerUnreadable: it cannot be used.
        """
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            store = sqlite3.connect(self.path, timeout=10)
            try:
                with store:
                    store.execute("PRAGMA secure_delete = ON")  # what is erased leaves no bytes behind
                    store.executescript(TABLES)
                    yield store
            finally:
                store.close()
        except sqlite3.Error as error:
            raise LedgerUnreadable(
                f"{self.path} cannot be used ({error}); free the disk, or move the file away to start anew"
            ) from error

    @contextmanager
    def deed(self, recruiter: str, *, teaches: bool = False) -> Iterator[tuple[sqlite3.Connection, int]]:
        """A connection and the recruiter's next turn; a deed that `teaches` has their entries learned anew."""
        with self.open() as store:
            turn = store.execute(
                "INSERT INTO recruiters VALUES (?, 1, ?) ON CONFLICT (recruiter) DO UPDATE "
                "SET turn = turn + 1, stale = MAX(stale, excluded.stale) RETURNING turn",
                (recruiter, int(teaches)),
            ).fetchone()[0]
            yield store, int(turn)


def roles_of(store: sqlite3.Connection, recruiter: str, *, after: int = 0) -> tuple[RoleSeen, ...]:
    """The recruiter's roles, oldest first, with the opinions and edits that are later than a turn."""

    def by_role(query: str, since: int) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for role, value in store.execute(query, (recruiter, since)):
            found.setdefault(role, []).append(value)
        return found

    opinions = "SELECT role, member_id FROM opinions WHERE recruiter = ? AND turn > ? AND opinion = '{}' ORDER BY turn"
    shown = by_role("SELECT role, member_id FROM shown WHERE recruiter = ? AND turn > ? ORDER BY turn, rowid", 0)
    liked, passed = by_role(opinions.format(LIKED), after), by_role(opinions.format(PASSED), after)
    edits = by_role("SELECT role, change FROM edits WHERE recruiter = ? AND turn > ? ORDER BY turn, rowid", after)
    texts = store.execute("SELECT role, text FROM roles WHERE recruiter = ? ORDER BY turn", (recruiter,)).fetchall()
    return tuple(
        RoleSeen(
            key=key,
            text=text,
            liked=tuple(liked.get(key, ())),
            passed=tuple(passed.get(key, ())),
            shown=tuple(shown.get(key, ())),
            edits=tuple(RoleChange.model_validate_json(change) for change in edits.get(key, ())),
        )
        for key, text in texts[-MOST_ROLES:]
    )


def kept(store: sqlite3.Connection, recruiter: str) -> tuple[tuple[Preference, ...], str]:
    """What was learned last of a recruiter, and over which snapshot."""
    row = store.execute("SELECT entries, snapshot FROM learned WHERE recruiter = ?", (recruiter,)).fetchone()
    return (_ENTRIES.validate_json(row[0]), str(row[1])) if row else ((), "")


def keep(store: sqlite3.Connection, recruiter: str, entries: Sequence[Preference], *, snapshot: str) -> None:
    """Replace what was learned of a recruiter."""
    document = _ENTRIES.dump_json(tuple(entries)).decode()
    store.execute("INSERT OR REPLACE INTO learned VALUES (?, ?, ?)", (recruiter, snapshot, document))

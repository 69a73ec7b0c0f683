"""What each recruiter liked, passed and asked for before; kept in the workspace, feeds the personalized strategy."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from retrieval.schema import Feedback

MOST_MEMBERS = 200
MOST_ROLES = 50
LIKED, PASSED = "liked", "passed"

TABLES = """
CREATE TABLE IF NOT EXISTS opinions (
    recruiter TEXT NOT NULL, member_id TEXT NOT NULL, opinion TEXT NOT NULL, turn INTEGER NOT NULL,
    PRIMARY KEY (recruiter, member_id));
CREATE TABLE IF NOT EXISTS roles (recruiter TEXT NOT NULL, text TEXT NOT NULL, turn INTEGER NOT NULL,
    PRIMARY KEY (recruiter, text));
"""


class FeedbackUnreadable(ValueError):
    """The feedback file cannot be opened or is damaged; the message names it and the fix."""


class FeedbackStore:
    """Opinions and past roles by recruiter. A later opinion on the same member replaces the earlier one."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def like(self, recruiter: str, member_id: str) -> None:
        """Remember that the recruiter wants people like this one."""
        self._judge(recruiter, member_id, LIKED)

    def pass_over(self, recruiter: str, member_id: str) -> None:
        """Remember that the recruiter does not want this one."""
        self._judge(recruiter, member_id, PASSED)

    def remember_role(self, recruiter: str, text: str) -> None:
        """Remember a role's text; the same text again moves it to the end."""
        with self._open() as store:
            store.execute(
                "INSERT OR REPLACE INTO roles VALUES (?, ?, (SELECT COALESCE(MAX(turn), 0) + 1 FROM roles))",
                (recruiter, text),
            )

    def forget(self, member_id: str) -> None:
        """Erase every opinion on a member."""
        if self._path.exists():
            with self._open() as store:
                store.execute("DELETE FROM opinions WHERE member_id = ?", (member_id,))

    def feedback(self, recruiter: str) -> Feedback:
        """What is known of one recruiter, newest last, bounded; empty where there is nothing."""
        if not self._path.exists():
            return Feedback()
        with self._open() as store:
            opinions = store.execute(
                "SELECT member_id, opinion FROM opinions WHERE recruiter = ? ORDER BY turn", (recruiter,)
            ).fetchall()
            roles = store.execute("SELECT text FROM roles WHERE recruiter = ? ORDER BY turn", (recruiter,)).fetchall()
        return Feedback(
            liked=tuple(member for member, opinion in opinions if opinion == LIKED)[-MOST_MEMBERS:],
            passed=tuple(member for member, opinion in opinions if opinion == PASSED)[-MOST_MEMBERS:],
            past_roles=tuple(text for (text,) in roles)[-MOST_ROLES:],
        )

    def _judge(self, recruiter: str, member_id: str, opinion: str) -> None:
        with self._open() as store:
            store.execute(
                "INSERT OR REPLACE INTO opinions VALUES (?, ?, ?, (SELECT COALESCE(MAX(turn), 0) + 1 FROM opinions))",
                (recruiter, member_id, opinion),
            )

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            store = sqlite3.connect(self._path, timeout=10)
            try:
                with store:
                    store.executescript(TABLES)
                    yield store
            finally:
                store.close()
        except sqlite3.Error as error:
            raise FeedbackUnreadable(
                f"{self._path} cannot be used ({error}); free the disk, or move the file away to start anew"
            ) from error

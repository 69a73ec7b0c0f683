"""The ledger: what each recruiter did, and what was learned from it."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING

from agents.memory.evidence import RoleSeen
from agents.memory.store import LIKED, MOST_ROLES, PASSED, Store, keep, kept, roles_of
from agents.role_changes import RoleChange
from retrieval.schema import Context, Feedback, Preference

if TYPE_CHECKING:
    from agents.project.answer import ProjectAnswer
    from agents.shortlist import Shortlist
    from retrieval.snapshot import Snapshot

MOST_MEMBERS = 200
"""Of a long history the newest opinions count."""


class UnknownPreference(ValueError):
    """The recruiter has no entry of this id."""


class Ledger:
    """What recruiters did, and what was learned of each. Several processes may use one file.

    Entries are learned over `snapshot`, when they are asked for and something new was done; without one the ledger only
    records, and tells what was learned last. No method reads or changes rows of a recruiter it was not given, but
    `forget`, which erases a member. It keeps member ids, screened texts of roles, and edits: no text of profiles.

    Every method raises `LedgerUnreadable` where the file cannot be used.
    """

    def __init__(self, path: Path, *, snapshot: Snapshot | None = None) -> None:
        self._store = Store(path=path)
        self._snapshot = snapshot

    def answered(self, recruiter: str, answer: Shortlist | ProjectAnswer) -> None:
        """Record what a request was answered with: each role, whom it showed, and what the message edited."""
        from agents.shortlist import Shortlist  # noqa: PLC0415  # the ledger is opened before the engines are

        for found in [answer] if isinstance(answer, Shortlist) else [part.shortlist for part in answer.parts]:
            if found is not None:
                role = role_key(found)
                self.asked(recruiter, found.role.text, role=role)
                self.shown(recruiter, [one.member_id for one in found.candidates], role=role)
                self.edited(recruiter, found.diff, role=role)

    def asked(self, recruiter: str, text: str, *, role: str) -> None:
        """Record the text of the role called `role`; an edited one takes the place of what it was before."""
        if text.strip():
            with self._store.deed(recruiter) as (store, turn):
                store.execute("INSERT OR REPLACE INTO roles VALUES (?, ?, ?, ?)", (recruiter, role, text, turn))

    def shown(self, recruiter: str, members: Sequence[str], *, role: str) -> None:
        """Record who was shown for a role."""
        with self._store.deed(recruiter) as (store, turn):
            store.executemany(
                "INSERT OR IGNORE INTO shown VALUES (?, ?, ?, ?)", [(recruiter, role, each, turn) for each in members]
            )

    def edited(self, recruiter: str, changes: Sequence[RoleChange], *, role: str) -> None:
        """Record what an edit changed in a role."""
        if changes:
            with self._store.deed(recruiter, teaches=True) as (store, turn):
                store.executemany(
                    "INSERT INTO edits VALUES (?, ?, ?, ?)",
                    [(recruiter, role, change.model_dump_json(), turn) for change in changes],
                )

    def like(self, recruiter: str, member_id: str, *, role: str | None = None) -> None:
        """Record that the recruiter wants people like this one, for `role` or else the last that showed the member."""
        self._judge(recruiter, member_id, LIKED, role)

    def passed(self, recruiter: str, member_id: str, *, role: str | None = None) -> None:
        """Record that the recruiter does not want this one, for `role` or else the last that showed the member."""
        self._judge(recruiter, member_id, PASSED, role)

    def context(self, recruiter: str, *, seeds: Sequence[str] = (), boolean: str | None = None) -> Context:
        """What a search is to know of one recruiter."""
        return Context(
            recruiter=recruiter,
            feedback=self.feedback(recruiter),
            preferences=self.learned(recruiter),
            seeds=tuple(seeds),
            boolean=boolean,
        )

    def feedback(self, recruiter: str) -> Feedback:
        """Likes, passes and past roles of one recruiter, newest last, bounded."""
        if not self._store.there:
            return Feedback(complete=True)
        with self._store.open() as store:
            opinions = store.execute(
                "SELECT member_id, opinion FROM opinions WHERE recruiter = ? ORDER BY turn", (recruiter,)
            ).fetchall()
            roles = store.execute("SELECT text FROM roles WHERE recruiter = ? ORDER BY turn", (recruiter,)).fetchall()
        return Feedback(
            liked=tuple(member for member, opinion in opinions if opinion == LIKED)[-MOST_MEMBERS:],
            passed=tuple(member for member, opinion in opinions if opinion == PASSED)[-MOST_MEMBERS:],
            past_roles=tuple(text for (text,) in roles)[-MOST_ROLES:],
            complete=True,
        )

    def learned(self, recruiter: str) -> tuple[Preference, ...]:
        """The entries of one recruiter, kind of role by kind of role, the clearest first; learned anew where needed."""
        if not self._store.there:
            return ()
        with self._store.open() as store:
            known, over = kept(store, recruiter)
            row = store.execute("SELECT turn, stale FROM recruiters WHERE recruiter = ?", (recruiter,)).fetchone()
            if self._snapshot is None or row is None or (not row[1] and over == self._snapshot.id):
                return known
            removed = dict(store.execute("SELECT id, turn FROM removed WHERE recruiter = ?", (recruiter,)).fetchall())
            roles = {after: roles_of(store, recruiter, after=after) for after in {0, *removed.values()}}
        found = self._learn(recruiter, self._snapshot, roles, removed)
        earlier = {one.id: one for one in known}
        dated = tuple(_dated(one, earlier.get(one.id)) for one in found)
        with self._store.open() as store:
            # What was done while this was learning is learned next time, and a clearing meanwhile stays one.
            still = store.execute(
                "UPDATE recruiters SET stale = 0 WHERE recruiter = ? AND turn = ?", (recruiter, row[0])
            ).rowcount
            if still:
                keep(store, recruiter, dated, snapshot=self._snapshot.id)
        return dated

    def remove(self, recruiter: str, id: str) -> Preference:
        """Take one entry out. It stays away until deeds after this one alone would teach it.

        Raises:
            UnknownPreference: the recruiter has no such entry.
        """
        entry = next((one for one in self.learned(recruiter) if one.id == id), None)
        if entry is None:
            raise UnknownPreference(
                f"{recruiter!r} has no preference {id!r}; `shortlist memory list` shows those there are"
            )
        with self._store.deed(recruiter, teaches=True) as (store, turn):
            store.execute("INSERT OR REPLACE INTO removed VALUES (?, ?, ?)", (recruiter, id, turn))
            known, over = kept(store, recruiter)
            keep(store, recruiter, [one for one in known if one.id != id], snapshot=over)
        return entry

    def clear(self, recruiter: str) -> int:
        """Erase everything of one recruiter; how many opinions, roles and entries that were."""
        if not self._store.there:
            return 0
        with self._store.open() as store:
            gone = len(kept(store, recruiter)[0])
            gone += store.execute("DELETE FROM opinions WHERE recruiter = ?", (recruiter,)).rowcount
            gone += store.execute("DELETE FROM roles WHERE recruiter = ?", (recruiter,)).rowcount
            store.execute("DELETE FROM shown WHERE recruiter = ?", (recruiter,))
            store.execute("DELETE FROM edits WHERE recruiter = ?", (recruiter,))
            store.execute("DELETE FROM removed WHERE recruiter = ?", (recruiter,))
            store.execute("DELETE FROM learned WHERE recruiter = ?", (recruiter,))
            store.execute("DELETE FROM recruiters WHERE recruiter = ?", (recruiter,))
        return gone

    def forget(self, member_id: str) -> int:
        """Erase a member from what every recruiter did and from the evidence of entries; how many rows that were."""
        if not self._store.there:
            return 0
        with self._store.open() as store:
            who = store.execute(
                "SELECT recruiter FROM opinions WHERE member_id = ?1 UNION "
                "SELECT recruiter FROM shown WHERE member_id = ?1",
                (member_id,),
            ).fetchall()
            gone = store.execute("DELETE FROM opinions WHERE member_id = ?", (member_id,)).rowcount
            gone += store.execute("DELETE FROM shown WHERE member_id = ?", (member_id,)).rowcount
            for (recruiter,) in who:
                store.execute("UPDATE recruiters SET stale = 1, turn = turn + 1 WHERE recruiter = ?", (recruiter,))
                known, over = kept(store, recruiter)
                keep(store, recruiter, [_without(one, member_id) for one in known], snapshot=over)
        for (recruiter,) in who:
            self.learned(recruiter)
        return gone

    def _judge(self, recruiter: str, member_id: str, opinion: str, role: str | None) -> None:
        with self._store.deed(recruiter, teaches=True) as (store, turn):
            last = store.execute(
                "SELECT role FROM shown WHERE recruiter = ? AND member_id = ? ORDER BY turn DESC LIMIT 1",
                (recruiter, member_id),
            ).fetchone()
            # The same opinion again is no new evidence: it keeps its turn.
            store.execute(
                "INSERT INTO opinions VALUES (?, ?, ?, ?, ?) ON CONFLICT (recruiter, member_id) DO UPDATE "
                "SET opinion = excluded.opinion, role = excluded.role, turn = excluded.turn "
                "WHERE opinion <> excluded.opinion",
                (recruiter, member_id, opinion, role or (last[0] if last else None), turn),
            )

    def _learn(
        self, recruiter: str, snapshot: Snapshot, roles: dict[int, tuple[RoleSeen, ...]], removed: dict[str, int]
    ) -> list[Preference]:
        """Everything the deeds teach; what was removed only if those after the removal teach it."""
        from agents.memory.entries import entries  # noqa: PLC0415  # its lexicons take a while to load
        from agents.memory.nearness import families  # noqa: PLC0415

        grouped = families([one for one in roles[0] if one.liked or one.passed or one.edits], snapshot)
        found = entries(recruiter, grouped, snapshot)
        again = {
            after: {one.id for one in entries(recruiter, [family.of(roles[after]) for family in grouped], snapshot)}
            for after in {removed[one.id] for one in found if one.id in removed}
        }
        return [one for one in found if one.id not in removed or one.id in again[removed[one.id]]]


def role_key(shortlist: Shortlist) -> str:
    """What names a search's role: its conversation, or without one the words."""
    if shortlist.thread:
        return f"thread:{shortlist.thread}"
    return f"text:{blake2b(shortlist.role.text.casefold().encode(), digest_size=8).hexdigest()}"


def _without(entry: Preference, member_id: str) -> Preference:
    liked = tuple(one for one in entry.liked if one != member_id)
    passed = tuple(one for one in entry.passed if one != member_id)
    return entry.model_copy(update={"liked": liked, "passed": passed})


def _dated(entry: Preference, before: Preference | None) -> Preference:
    """An entry with the time it was first learned, and of its last change."""
    if before is None:
        return entry
    same = entry.model_copy(update={"created": before.created, "updated": before.updated})
    return same if same == before else same.model_copy(update={"updated": entry.updated})

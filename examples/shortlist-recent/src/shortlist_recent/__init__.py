"""A retriever for Shortlist: who does this work now, or did it most recently."""

from __future__ import annotations

from datetime import datetime

from pyroaring import BitMap

from retrieval.filters import Filter
from retrieval.schema import Context, Hit, Importance, Position, Profile, Retrieval, Role
from retrieval.snapshot import Snapshot
from retrieval.text_index import analyze

HALF_LIFE = 36
"""Months after which having done the work is worth half."""
MOST_READ = 1000
"""Profiles read for one request, at most; those who hold the title now are read first."""


class Recent:
    """Members with a wanted title, by how long ago they last held it; 1 for those who hold it now."""

    name = "recent"

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        # Not today's date: the same snapshot has to give the same answer tomorrow.
        made = datetime.fromisoformat(snapshot.manifest.created)
        self._now = made.year * 12 + made.month - 1

    def retrieve(self, *, role: Role, filter: Filter, context: Context, limit: int) -> Retrieval:  # noqa: ARG002 -- the protocol's
        """At most `limit` members that pass `filter`, the most recent first."""
        titles = [c.value for c in role.titles if c.importance is not Importance.EXCLUDE]
        if not titles:
            return Retrieval(notes=("recent: the role names no title",))
        found = []
        for row in self._to_read(titles, filter.rows & self._snapshot.alive):
            profile = self._snapshot.profile(row)
            held = [(self._months_ago(p), p) for p in profile.positions if _is_one_of(p, titles)]
            known = [(months, position) for months, position in held if months is not None]
            if known:
                months, position = min(known, key=lambda pair: pair[0])
                found.append((0.5 ** (months / HALF_LIFE), profile, months, position))
        # Ties by member id, so that the order of the rows does not show.
        found.sort(key=lambda item: (-item[0], item[1].member_id))
        return Retrieval(hits=tuple(self._hit(rank, *item) for rank, item in enumerate(found[: max(limit, 0)], 1)))

    def _to_read(self, titles: list[str], rows: BitMap) -> list[int]:
        attributes = self._snapshot.attributes
        present, ever = BitMap(), BitMap()
        for title in titles:
            present |= attributes.containing("current_title", title) & rows
            ever |= attributes.containing("title", title) & rows
        return [*present, *(ever - present)][:MOST_READ]

    def _months_ago(self, position: Position) -> int | None:
        """0 while the position is held; None where the profile does not say when it was."""
        last = position.end or (None if position.current else position.start)
        if last is None:
            return 0 if position.current else None
        return max(0, self._now - last.months)

    def _hit(self, rank: int, score: float, profile: Profile, months: int, position: Position) -> Hit:
        when = f"about {round(months / 12)} years ago" if months >= 12 else "within the last year" if months else "now"
        return Hit(
            member_id=profile.member_id,
            strategy=self.name,
            rank=rank,
            score=score,
            reason=f"{position.title}: {when}",
        )


def create(snapshot: Snapshot) -> Recent:
    """What the entry point names."""
    return Recent(snapshot)


def _is_one_of(position: Position, titles: list[str]) -> bool:
    """Whether all words of any title stand in the position's."""
    words = set(analyze(position.title or ""))
    return any(set(analyze(title)) <= words for title in titles)

"""Entries of the ledger: what was learned, in sentences, each with a name that stays."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from hashlib import blake2b

from agents.memory.asking import Habit, habits
from agents.memory.evidence import Family
from agents.memory.learning import Lesson, lessons
from retrieval.schema import Preference
from retrieval.snapshot import Snapshot

SCOPE = 5
"""Texts of roles that an entry keeps, the newest."""


def entries(recruiter: str, grouped: Sequence[Family], snapshot: Snapshot) -> tuple[Preference, ...]:
    """Everything learned from what a recruiter did for roles in families; the same deeds give the same entries."""
    now = datetime.now(UTC)
    return tuple(entry for family in grouped for entry in _of_family(recruiter, family, snapshot, now))


def _of_family(recruiter: str, family: Family, snapshot: Snapshot, now: datetime) -> Iterator[Preference]:
    scope = tuple(role.text for role in family.roles)[-SCOPE:]
    asked = habits(family)
    for habit in asked:
        yield Preference(
            id=_id(recruiter, family, habit, "edits"),
            recruiter=recruiter,
            trait=habit.valued[0],
            value=habit.valued[1],
            wanted=habit.wanted,
            strength=habit.strength,
            sentence=_habit(habit),
            source="edits",
            roles=scope,
            created=now,
            updated=now,
        )
    for lesson in lessons(family, snapshot):
        if lesson.valued in {habit.valued for habit in asked}:
            continue
        entry = Preference(
            id=_id(recruiter, family, lesson, "opinions"),
            recruiter=recruiter,
            trait=lesson.valued[0],
            value=lesson.valued[1],
            wanted=lesson.wanted,
            strength=lesson.strength,
            sentence="-",
            source="opinions",
            liked=lesson.liked,
            passed=lesson.passed,
            roles=scope,
            created=now,
            updated=now,
        )
        yield entry.model_copy(update={"sentence": _lesson(lesson, entry.label)})


def _id(recruiter: str, family: Family, learned: Lesson | Habit, source: str) -> str:
    said = "\0".join((recruiter, family.key, *learned.valued, str(learned.wanted), source))
    return blake2b(said.encode(), digest_size=4).hexdigest()


def _lesson(lesson: Lesson, label: str) -> str:
    does = "prefers people with" if lesson.wanted else "tends to pass on people with"
    share = f"{100 * lesson.with_it / lesson.n_shown:.0f} % of the {lesson.n_shown} shown"
    liked = f"{len(lesson.liked)} of {lesson.n_liked} liked"
    passed = f"{len(lesson.passed)} of {lesson.n_passed} passed"
    counts = (liked, passed) if lesson.wanted else (passed, liked)
    return f"{does} {label}: {', '.join(counts)}, {share}"


def _habit(habit: Habit) -> str:
    does = "usually asks for" if habit.wanted else "usually rules out"
    return f'{does} "{habit.said}" in such roles: added to {len(habit.roles)} of {habit.of} that were edited'

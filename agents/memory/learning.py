"""What likes and passes say: values that those liked have, and those shown beside them have not."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from agents.memory.evidence import Family
from agents.memory.permitted import permitted
from agents.memory.traits import Valued, rows_with, telling, traits_of
from retrieval.snapshot import Snapshot, UnknownMember

FEWEST_FOR, FEWEST_AGAINST = 3, 4
"""Members that must speak for a preference, and for an aversion."""
SHARE = 0.5
"""Share of those liked (or passed) that must have it."""
CHANCE = 0.03
"""Most likely that so clear a difference came by chance (Fisher's exact test, one-sided)."""
IGNORED = 0.25
"""Weight of somebody shown and neither liked nor passed, in the share of the others."""
PRIOR = 2.0
"""People of whom the share among all shown is taken to be known before, when shares are compared."""
MOST = 5
"""Entries a family of roles may have; the clearest are kept."""
ALIKE = 0.5
"""Overlap in the population from which two values say the same, and only the clearer is kept."""


@dataclass(frozen=True, kw_only=True)
class Lesson:
    """One thing that opinions on a family's people say. Counts are people; `chance` is of so clear a difference."""

    valued: Valued
    wanted: bool
    strength: float
    chance: float
    liked: tuple[str, ...]
    passed: tuple[str, ...]
    n_liked: int
    n_passed: int
    n_shown: int
    with_it: int


def lessons(family: Family, snapshot: Snapshot) -> tuple[Lesson, ...]:
    """The clearest lessons first, at most `MOST`; the same deeds over the same snapshot give the same."""
    traits = {member: _traits(member, snapshot) for member in (*family.shown, *family.liked, *family.passed)}
    known = {member: found for member, found in traits.items() if found is not None}
    liked = [member for member in family.liked if member in known]
    passed = [member for member in family.passed if member in known]
    for_it = Counter(valued for member in liked for valued in known[member])
    against = Counter(valued for member in passed for valued in known[member])
    found = [
        lesson
        for wanted, counts, fewest in ((True, for_it, FEWEST_FOR), (False, against, FEWEST_AGAINST))
        for valued, count in counts.items()
        # Less of a level or of years is never held against anybody: it would stand for age.
        if count >= fewest and (wanted or valued[0] not in {"years", "education", "seniority"})
        if telling(valued, snapshot)
        if (lesson := _lesson(valued, wanted, known=known, liked=liked, passed=passed)) is not None
        if permitted(*valued)
    ]
    found.sort(key=lambda one: (one.chance, -one.strength, one.valued))
    return _unlike(found, snapshot)


def _lesson(
    valued: Valued,
    wanted: bool,
    *,
    known: dict[str, Collection[Valued]],
    liked: Sequence[str],
    passed: Sequence[str],
) -> Lesson | None:
    """What a value says, or None where it does not say it clearly."""

    def having(members: Iterable[str]) -> tuple[str, ...]:
        return tuple(member for member in members if valued in known[member])

    judged = {*liked, *passed}
    ignored = [member for member in known if member not in judged]
    own, others = (liked, passed) if wanted else (passed, liked)
    own_with, others_with, ignored_with = having(own), having(others), having(ignored)
    if len(own_with) < SHARE * len(own):
        return None
    # Against those judged the other way, or against everybody else shown: whichever tells more.
    chance = min(
        tail(len(own_with), len(own), len(others_with), len(others)),
        tail(len(own_with), len(own), len(others_with) + len(ignored_with), len(others) + len(ignored)),
    )
    if chance > CHANCE:
        return None
    among = (len(own_with) + len(others_with) + len(ignored_with)) / len(known)
    p_own = (len(own_with) + PRIOR * among) / (len(own) + PRIOR)
    p_others = (len(others_with) + IGNORED * len(ignored_with) + PRIOR * among) / (
        len(others) + IGNORED * len(ignored) + PRIOR
    )
    strength = math.tanh(max(0.0, math.log(p_own / p_others)) / 2)
    return Lesson(
        valued=valued,
        wanted=wanted,
        strength=round(strength, 3),
        chance=chance,
        liked=having(liked),
        passed=having(passed),
        n_liked=len(liked),
        n_passed=len(passed),
        n_shown=len(known),
        with_it=len(own_with) + len(others_with) + len(ignored_with),
    )


def tail(own_with: int, own: int, others_with: int, others: int) -> float:
    """Chance that of `own` people drawn from all, at least `own_with` would have it (hypergeometric)."""
    having, everybody = own_with + others_with, own + others
    ways = sum(
        math.comb(having, k) * math.comb(everybody - having, own - k) for k in range(own_with, min(own, having) + 1)
    )
    return ways / math.comb(everybody, own)


def _unlike(found: Sequence[Lesson], snapshot: Snapshot) -> tuple[Lesson, ...]:
    """The first `MOST` that say different things: "cpa" and "certified public accountant" are one preference."""
    kept: list[Lesson] = []
    for lesson in found:
        if not any(_same(one.valued, lesson.valued, snapshot) for one in kept):
            kept.append(lesson)
        if len(kept) == MOST:
            break
    return tuple(kept)


def _same(one: Valued, other: Valued, snapshot: Snapshot) -> bool:
    if one[0] == other[0] in {"years", "education"}:
        return True
    own, others = rows_with(one, snapshot), rows_with(other, snapshot)
    return len(own & others) >= ALIKE * min(len(own), len(others))


def _traits(member_id: str, snapshot: Snapshot) -> Collection[Valued] | None:
    """None for somebody who is no longer there."""
    try:
        row = snapshot.row(member_id)
    except UnknownMember:
        return None
    return traits_of(snapshot.profile(row)) if row in snapshot.alive else None

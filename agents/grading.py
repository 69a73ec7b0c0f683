"""The overall grade from the marks, by a rule that can be read."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise

from agents.verdict import Mark, MarkValue
from retrieval.schema import Importance, Kind

VALUES = {MarkValue.MET: 1.0, MarkValue.PARTLY: 0.5, MarkValue.NOT_SHOWN: 0.0, MarkValue.NOT_MET: 0.0}
MUST_WEIGHT, NICE_WEIGHT = 1.0, 0.4
TITLE_SHARE = 0.5  # the line of work tells as much as all else together
# Shares of the weighted requirements from which grades 1, 2, 3 and 4 begin.
STEPS = (0.2, 0.45, 0.65, 0.85)
NOTHING_ASKED = 2.0  # a role without requirements, or with exclusions only, says neither good nor bad
TRUST = 0.7  # weight of a ranker's expectation beside the marks
# Levels from which grades 1 to 4 begin where a ranker had its say. It predicts towards the middle, so these share out
# the grades as experts did (2,233 grades, the ranker's from requests it had not seen): kappa .64 rounded, .68 so.
EXPECTED_STEPS = (0.82, 1.59, 2.27, 2.96)


def grade(marks: Sequence[Mark], expected: float | None = None) -> int:
    """0-4 by the share of requirements shown, then capped by what the marks forbid.

    `expected` is what a ranker trained on expert grades predicts (0-4). It moves the grade between the caps, and
    cannot lift it over them: words that are not in the profile stay not shown.
    """
    level = _level(share(marks)) if any(_weight(mark) for mark in marks) else NOTHING_ASKED
    if expected is None:
        return max(0, min(int(level + 0.5), cap(marks)))
    level = TRUST * min(4.0, max(0.0, expected)) + (1 - TRUST) * level
    return min(bisect_right(EXPECTED_STEPS, level), cap(marks))


def share(marks: Sequence[Mark]) -> float:
    """How much of what was asked for is shown, 0-1: half of it by the title, where one is asked for.

    Exclusions do not count.
    """
    title = _mean([mark for mark in marks if mark.qualification.kind is Kind.TITLE])
    rest = _mean([mark for mark in marks if mark.qualification.kind is not Kind.TITLE])
    if title is None or rest is None:
        return title or rest or 0.0
    return TITLE_SHARE * title + (1 - TITLE_SHARE) * rest


def _mean(marks: Sequence[Mark]) -> float | None:
    total = sum(_weight(mark) for mark in marks)
    return sum(_weight(mark) * VALUES[mark.value] for mark in marks) / total if total else None


def cap(marks: Sequence[Mark]) -> int:
    """The best grade that the marks allow.

    1 where an excluded thing is found or no requirement is shown at all, 2 where a must is contradicted, 3 where a
    must has nothing to show: nobody is called highly relevant over something that was not found.
    """
    if any(_found_excluded(mark) for mark in marks):
        return 1
    wanted = [mark for mark in marks if mark.qualification.importance is not Importance.EXCLUDE]
    if wanted and all(VALUES[mark.value] == 0.0 for mark in wanted):
        return 1
    musts = [mark for mark in marks if mark.qualification.importance is Importance.MUST]
    if any(mark.value is MarkValue.NOT_MET for mark in musts):
        return 2
    return 3 if any(mark.value is MarkValue.NOT_SHOWN for mark in musts) else 4


def _level(shown: float) -> float:
    """The share on the scale of grades, so that grade g begins where its step does."""
    points = ((0.0, 0.0), *((step, index + 0.5) for index, step in enumerate(STEPS)), (1.0, 4.0))
    for (low, below), (high, above) in pairwise(points):
        if shown <= high:
            return below + (above - below) * (shown - low) / (high - low)
    return 4.0


def _weight(mark: Mark) -> float:
    weights = {Importance.MUST: MUST_WEIGHT, Importance.NICE: NICE_WEIGHT, Importance.EXCLUDE: 0.0}
    return weights[mark.qualification.importance]


def _found_excluded(mark: Mark) -> bool:
    return mark.qualification.importance is Importance.EXCLUDE and mark.value is MarkValue.MET

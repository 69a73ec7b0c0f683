"""What each criterion of a role costs: how many people remain with it, and how many would remain without it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pydantic import BaseModel, ConfigDict, Field
from pyroaring import BitMap

from agents.embedded.requirements import says_something
from retrieval.filters import Filter, FilterStep, compile_filter
from retrieval.schema import Importance, Kind, Qualification, Role
from retrieval.snapshot import Snapshot

MOST_WORDS = 4
"""A wish of more words that say something is not looked for in profiles: hardly anybody words it so."""

_ALTERNATIVES = (Kind.TITLE, Kind.SENIORITY, Kind.LOCATION)
_WORD = re.compile(r"[^\W_][\w+#.'&/-]*")


class CriterionCost(BaseModel):
    """One requirement of `Role.requirements()`. Counts are people of the snapshot.

    A hard criterion keeps people out: `without` says how many would pass all the others. A soft one keeps nobody out;
    it only counts in the order of people, and `shown` says how many profiles mention it.
    """

    model_config = ConfigDict(frozen=True)

    kind: Kind
    value: str = Field(min_length=1)
    importance: Importance = Importance.MUST
    hard: bool
    remaining: int = Field(ge=0, description="people that pass every hard criterion of the role")
    without: int = Field(ge=0, description="how many would pass without this one; as `remaining` for a soft one")
    shown: int | None = Field(
        default=None, ge=0, description="profiles with all the words of a soft one; None where it has too many to look"
    )


def costs(role: Role, snapshot: Snapshot, *, compiled: Filter | None = None) -> tuple[CriterionCost, ...]:
    """A cost a requirement, in the order of `role.requirements()`.

    `compiled` is `compile_filter(role, snapshot)` where that is at hand. Bitmaps are met once from either side, so the
    time grows with the number of criteria and not with its square.
    """
    passing = compiled or compile_filter(role, snapshot)
    asked = role.requirements()
    steps = [_steps(one, passing) for one in asked]
    # Steps are met a requirement at a time: what excludes three titles is one wish.
    own = [BitMap.intersection(*(step.rows for step in several)) if several else None for several in steps]
    before, after = _meetings(own), _meetings(own[::-1])[::-1]
    remaining = len(passing.rows)
    found = []
    for number, one in enumerate(asked):
        hard = own[number] is not None
        others = _met(before[number], after[number + 1]) if hard else None
        without = remaining if not hard else len(snapshot.alive if others is None else others)
        found.append(
            CriterionCost(
                kind=one.kind,
                value=one.value,
                importance=one.importance,
                hard=hard,
                remaining=remaining,
                without=without,
                shown=None if hard else _shown(one, role, snapshot),
            )
        )
    return tuple(found)


def _meetings(own: Sequence[BitMap | None]) -> list[BitMap | None]:
    """[n + 1] who passes the first 0, 1, ... n of them."""
    met: list[BitMap | None] = [None]
    for rows in own:
        met.append(_met(met[-1], rows))
    return met


def _met(first: BitMap | None, second: BitMap | None) -> BitMap | None:
    """Both; None stands for everybody."""
    if first is None or second is None:
        return second if first is None else first
    return first & second


def _steps(asked: Qualification, filter: Filter) -> list[FilterStep]:
    """The steps of the filter that a requirement stands for: all of its kind where its values are alternatives."""
    same = [step for step in filter.steps if (step.kind, step.importance) == (asked.kind, asked.importance)]
    if asked.kind in _ALTERNATIVES:
        return same
    named = asked.value if asked.importance is not Importance.EXCLUDE else f"not {asked.value}"
    return [step for step in same if step.criterion == named]


def _shown(asked: Qualification, role: Role, snapshot: Snapshot) -> int | None:
    alternatives = [asked.value]
    if asked.kind is Kind.TITLE:
        titles = [title.value for title in role.titles if title.importance is asked.importance]
        alternatives = titles or alternatives
    elif asked.kind in _ALTERNATIVES or asked.kind is Kind.YEARS:
        return None  # a level, a place or a number is seldom said in the recruiter's words
    words = [list(_words(value)) for value in alternatives]
    if not all(0 < len(said) <= MOST_WORDS for said in words):
        return None
    field = "title" if asked.kind is Kind.TITLE else "text"
    return snapshot.text.mentions(*(" ".join(said) for said in words), field=field)


def _words(value: str) -> Iterator[str]:
    return (match.group() for match in _WORD.finditer(value) if says_something(match.group()))

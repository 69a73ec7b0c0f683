"""Occupations with all that a person in them does and knows."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import cache

from offline.synthetic.dice import Choice
from offline.synthetic.families import Family, families, members
from offline.synthetic.likeness import affinity, fitting_skills, nearest
from offline.synthetic.sources import occupation_tasks
from offline.synthetic.tasks import Task, parse
from offline.synthetic.titles import usual_titles
from offline.synthetic.vocabulary import words

_RARE = 1 / 3  # weight of an occupation that its family does not list as common
_ELSEWHERE = 2  # so few occupations of a family share a word that it names them
_LEADS = re.compile(r"^First-Line Supervisors|Supervisors$|^Helpers--|Teaching Assistants, Postsecondary")
_TELLING = re.compile(r"[a-z]{4,}")
_GENERIC = frozenset(words("generic"))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Occupation:
    """An O*NET occupation with what is usual in it; choices carry weights."""

    name: str
    code: str
    family: Family
    titles: Choice[str]
    tasks: tuple[Task, ...]
    skills: Choice[str]
    technologies: Choice[str]
    specialties: Choice[str]
    certifications: Choice[str]
    fields: Choice[str]
    industries: Choice[str]


@cache
def occupation(name: str) -> Occupation:
    """The occupation that O*NET calls `name`."""
    family = families()[members()[name]]
    titles = usual_titles(name)
    return Occupation(
        name=name,
        code=re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-"),
        family=family,
        titles=Choice((title, (place + 1) ** -0.7) for place, title in enumerate(titles)),
        tasks=tuple(task for words in occupation_tasks()[name] if (task := parse(words))),
        skills=Choice(
            _fitting(name, family.skills, elsewhere=0.3)
            | {skill[0].upper() + skill[1:]: 0.3 for skill in fitting_skills(name, 8)}
        ),
        technologies=Choice(_fitting(name, family.technologies, elsewhere=0.5)),
        specialties=Choice(_fitting(name, family.specialties, elsewhere=0.2)),
        certifications=Choice(_fitting(name, family.certifications, elsewhere=0.03)),
        industries=Choice(
            (industry, weight * family.industries[industry])
            for industry, weight in _fitting(name, tuple(family.industries), elsewhere=1.0, pull=6.0).items()
        ),
        fields=Choice(_fitting(name, family.fields, elsewhere=0.15)),
    )


def _fitting(name: str, items: tuple[str, ...], *, elsewhere: float, pull: float = 4.0) -> dict[str, float]:
    """Weights for what the family shares: more for what the occupation's own words name, `elsewhere` for what
    names another occupation of the family (a plumber's licence at an electrician's)."""
    own = _marks(" ".join((name, *usual_titles(name))))
    others = _family_marks(members()[name]) - own
    weights = {}
    for item in items:
        marks = _marks(item)
        if marks & own:
            weights[item] = 1 + pull
        elif marks & others:
            weights[item] = elsewhere
        else:
            weights[item] = 1 + pull * affinity(name, item)
    return weights


def _marks(words: str) -> frozenset[str]:
    """The beginnings of the telling words: `Plumbing License` and `Plumbers` share `plumb`."""
    return frozenset(word[:5] for word in _TELLING.findall(words.lower())) - _GENERIC


@cache
def _family_marks(family: str) -> frozenset[str]:
    spread = Counter(mark for name, other in members().items() if other == family for mark in _marks(name))
    return frozenset(mark for mark, count in spread.items() if count <= _ELSEWHERE)


@cache
def trades(family: str) -> Choice[str]:
    """The occupations of a family that a career can be made in: no supervisors, managers, helpers."""
    entry = families()[family]
    kept_out = {*entry.managers, *entry.executives} | {m for other in families().values() for m in other.managers}
    return Choice(
        (name, entry.common.get(name, _RARE))
        for name, member in members().items()
        if member == family and name not in kept_out and not _LEADS.search(name)
    )


@cache
def next_trades(name: str) -> Choice[str]:
    """Where people go from an occupation: the nearest of the family by what is done there, and the usual ones."""
    family = families()[members()[name]]
    near = nearest(name, trades(family.name).items, limit=6)
    return Choice(
        {other: (0.02 + cosine) * family.common.get(other, _RARE) ** 0.5 for other, cosine in near} or {name: 1}
    )


@cache
def lead_trade(name: str) -> str:
    """The O*NET occupation of those who manage people of this one."""
    managers = families()[members()[name]].managers
    return nearest(name, managers, limit=1)[0][0] if name not in managers else name

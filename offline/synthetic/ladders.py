"""How a career rises: the levels of a ladder, when they are reached, and the titles they carry."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from random import Random

from offline.synthetic.dice import Choice, one
from offline.synthetic.families import Family
from offline.synthetic.occupations import Occupation, lead_trade, occupation
from offline.synthetic.titles import subject_of, usual_titles
from offline.synthetic.vocabulary import read
from retrieval.schema import Seniority

_DROPPED = ("Staff ", "Certified ", "Professional ")  # a base title loses these under another prefix


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A level, the years of work before it, and title patterns (`Senior {t}`)."""

    level: Seniority
    years: float
    titles: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ladder:
    """Steps in rising order; `peak` is where careers end, given enough years."""

    steps: tuple[Step, ...]
    peak: Choice[Seniority]

    def reached(self, years: float, *, peak: Seniority) -> Step:
        """The highest step that `years` of work lead to, at most `peak`.

        Who goes on to manage does not stop as a lead first.
        """
        reached = self.steps[0]
        for step in self.steps:
            skipped = step.level is Seniority.LEAD and peak > Seniority.LEAD
            if step.years <= years and step.level <= peak and not skipped:
                reached = step
        return reached


@cache
def ladder(name: str) -> Ladder:
    """The ladder that families name."""
    entry = dict(read("ladders")[name])
    peak = entry.pop("peak")
    steps = [
        Step(level=Seniority[level.upper()], years=step["years"], titles=tuple(step["titles"]))
        for level, step in entry.items()
    ]
    return Ladder(
        steps=tuple(sorted(steps, key=lambda step: step.level)),
        peak=Choice({Seniority[level.upper()]: share for level, share in peak.items()}),
    )


def title(chance: Random, *, step: Step, base: str, trade: Occupation) -> str:
    """A title of the step for somebody whose plain title is `base`."""
    family = trade.family
    for _ in range(6):
        pattern = one(chance, step.titles)
        words = pattern.format(
            t=_bare(base) if not pattern.startswith("{t}") else base,
            f=one(chance, family.function),
            m=_manager(chance, family, trade),
            x=one(chance, family.executive),
            s=subject_of(trade.name) or base,
        )
        said = words.replace(",", "").lower().split()
        if len(set(said)) == len(said):
            return words
    return base


def _bare(base: str) -> str:
    for word in _DROPPED:
        base = base.removeprefix(word)
    return base


def _manager(chance: Random, family: Family, trade: Occupation) -> str:
    if family.manager_titles:
        return one(chance, family.manager_titles)
    return one(chance, usual_titles(occupation(lead_trade(trade.name)).name))

"""What the marks say: how much of the role is shown, how strongly, and what speaks against it.

Years and level count only against a wish for them: of themselves they would stand in for age.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from functools import partial

import numpy as np

from agents.embedded.grader.case import Case
from agents.embedded.grader.features.feature import Feature
from agents.embedded.marks.sheet import FACTS, Shown
from agents.grading import MUST_WEIGHT, NICE_WEIGHT, VALUES, cap, share
from agents.verdict import Mark, MarkValue
from retrieval.schema import Importance, Kind

_AGAINST = -0.5  # the words show the contrary, which is worse than showing nothing
_WEIGHTS = {Importance.MUST: MUST_WEIGHT, Importance.NICE: NICE_WEIGHT}
_UNKNOWN = math.nan


def _wanted(case: Case) -> list[Mark]:
    return [one for one in case.sheet.marks if one.qualification.importance is not Importance.EXCLUDE]


def _text(case: Case, importance: Importance | None = None) -> list[Mark]:
    """Marks of requirements that only the text can answer."""
    return [
        one
        for one in _wanted(case)
        if one.qualification.kind not in FACTS | {Kind.TITLE} and importance in (None, one.qualification.importance)
    ]


def _value(mark: Mark) -> float:
    return VALUES[mark.value]


def _mean(values: Iterable[float], weights: Iterable[float] | None = None) -> float:
    listed = list(values)
    if not listed:
        return _UNKNOWN
    return float(np.average(listed, weights=list(weights) if weights is not None else None))


def _title(case: Case) -> float:
    return _mean([_value(one) for one in _wanted(case) if one.qualification.kind is Kind.TITLE][:1])


def _rest(case: Case) -> float:
    marks = _text(case)
    return _mean(map(_value, marks), [_WEIGHTS[one.qualification.importance] for one in marks])


def _musts(case: Case, *, of: MarkValue) -> float:
    return _mean(one.value is of for one in _text(case, Importance.MUST))


def _missing(case: Case) -> float:
    return float(sum(_value(one) == 0 for one in _text(case, Importance.MUST)))


def _nice(case: Case) -> float:
    return _mean(map(_value, _text(case, Importance.NICE)))


def _facts(case: Case) -> float:
    musts = [one for one in _wanted(case) if one.qualification.importance is Importance.MUST]
    return _mean(_value(one) for one in musts if one.qualification.kind in FACTS)


def _contradicted(case: Case) -> float:
    musts = [one for one in case.sheet.marks if one.qualification.importance is Importance.MUST]
    return float(sum(one.value is MarkValue.NOT_MET for one in musts))


def _excluded(case: Case) -> float:
    return float(
        any(
            one.value is MarkValue.MET for one in case.sheet.marks if one.qualification.importance is Importance.EXCLUDE
        )
    )


def _kind(case: Case, *, kind: Kind) -> float:
    marks = [one for one in _wanted(case) if one.qualification.kind is kind]
    return _mean([_AGAINST if one.value is MarkValue.NOT_MET else _value(one) for one in marks][:1])


def _must_kind(case: Case, *, kind: Kind) -> float:
    return _mean(_value(one) for one in _text(case, Importance.MUST) if one.qualification.kind is kind)


def _strength(case: Case, *, of: Callable[[Shown], float], least: bool = False) -> float:
    shown = case.sheet.shown
    if not shown:
        return _UNKNOWN
    values = [of(one) for one in shown]
    return min(values) if least else _mean(values, [_WEIGHTS[one.mark.qualification.importance] for one in shown])


def _words(one: Shown) -> float:
    return one.words.strength


def _meaning(one: Shown) -> float:
    return one.surprise


def _either(one: Shown) -> float:
    """By words, or by meaning where five deviations are as good as all words."""
    return max(one.words.strength, min(1.0, one.surprise / 5))


def _things(case: Case, *, fully: bool) -> float:
    """Single things wanted, weighted by how rare their words are."""
    found = [
        (item.strength, item.weight * _WEIGHTS[one.mark.qualification.importance])
        for one in case.sheet.shown
        for item in one.words.found
    ]
    weights = [weight for _, weight in found]
    if not sum(weights):
        return _UNKNOWN
    return _mean([float(strength > 0.7) if fully else strength for strength, _ in found], weights)


def _held(case: Case, *, recent: bool) -> float:
    if case.sheet.title is None:
        return _UNKNOWN
    return max((one.same for one in case.sheet.held if one.recent or not recent), default=0.0)


def _title_shown(case: Case, *, of: Callable[[Shown], float]) -> float:
    return of(case.sheet.title) if case.sheet.title else _UNKNOWN


def _years_over(case: Case) -> float:
    wanted, known = case.sheet.role.years, case.sheet.profile.years_experience
    if wanted is None or wanted.minimum is None or known is None:
        return _UNKNOWN
    return float(np.clip(known - wanted.minimum, -10, 10))


def level_gap(case: Case) -> float:
    """Steps by which the person's level lies above the nearest one asked for."""
    wanted = [one.level for one in case.sheet.role.seniority if one.importance is not Importance.EXCLUDE]
    level = case.sheet.profile.seniority
    if level is None or not wanted:
        return _UNKNOWN
    return float(min((int(level) - int(one) for one in wanted), key=abs))


_SHOWN = (
    ("share", "how much of what was asked for is shown", lambda case: share(case.sheet.marks)),
    ("cap", "the best grade that the marks allow", lambda case: float(cap(case.sheet.marks))),
    ("title", "the title's mark", _title),
    ("rest", "marks of what only the text can answer, averaged", _rest),
    ("musts_met", "share of such musts that are met", partial(_musts, of=MarkValue.MET)),
    ("nice", "marks of what is nice to have, averaged", _nice),
    ("facts", "marks of musts that fields answer, averaged", _facts),
    ("skill", "marks of skills that are musts, averaged", partial(_must_kind, kind=Kind.SKILL)),
    ("experience", "marks of experience that is a must, averaged", partial(_must_kind, kind=Kind.EXPERIENCE)),
    ("strength", "strength of the words of each requirement, averaged", partial(_strength, of=_words)),
    ("strength_least", "strength of the requirement shown least", partial(_strength, of=_words, least=True)),
    ("things", "strength of each single thing wanted, by rarity", partial(_things, fully=False)),
    ("things_whole", "share of such things that are wholly there", partial(_things, fully=True)),
    ("either", "words or meaning of each requirement, averaged", partial(_strength, of=_either)),
    ("either_least", "the same of the requirement shown least", partial(_strength, of=_either, least=True)),
    ("held_recently", "words of the title in a recent one", partial(_held, recent=True)),
    ("held_ever", "words of the title in any held", partial(_held, recent=False)),
    ("title_text", "words of the title anywhere", partial(_title_shown, of=_words)),
)
_MEANT = (
    ("meant", "surprise of the passage nearest to each requirement, averaged", partial(_strength, of=_meaning)),
    ("meant_least", "the same of the requirement shown least", partial(_strength, of=_meaning, least=True)),
    ("title_meant", "surprise of the passage nearest to the title", partial(_title_shown, of=_meaning)),
    (
        "title_near",
        "cosine of the title with the three nearest passages",
        partial(_title_shown, of=lambda one: one.near.mean if one.near else 0.0),
    ),
)
_KINDS = (Kind.YEARS, Kind.SENIORITY, Kind.EDUCATION, Kind.INDUSTRY, Kind.CERTIFICATION, Kind.LOCATION)

FEATURES = (
    *(Feature(name=f"shown_{name}", says=says, compute=compute, trend=1) for name, says, compute in _SHOWN),
    *(Feature(name=f"shown_{name}", says=says, compute=compute) for name, says, compute in _MEANT),
    *(
        Feature(
            name=f"shown_{kind.value}", says=f"the mark for {kind.value}", compute=partial(_kind, kind=kind), trend=1
        )
        for kind in _KINDS
    ),
    Feature(
        name="musts_not_shown",
        says="share of musts that nothing is shown of",
        compute=partial(_musts, of=MarkValue.NOT_SHOWN),
        trend=-1,
    ),
    Feature(name="musts_missing", says="how many musts nothing is shown of", compute=_missing, trend=-1),
    Feature(name="contradicted", says="how many musts are contradicted", compute=_contradicted, trend=-1),
    Feature(name="excluded", says="whether something excluded is found", compute=_excluded, trend=-1),
    Feature(name="years_over", says="years of experience beyond the minimum asked for", compute=_years_over),
    Feature(name="level_over", says="levels above the nearest one asked for", compute=level_gap),
    Feature(
        name="asked",
        says="how many requirements only the text can answer",
        compute=lambda case: float(len(case.sheet.shown)),
    ),
    Feature(
        name="request_words",
        says="how many words the request has",
        compute=lambda case: float(len(case.sheet.role.text.split())),
    ),
)

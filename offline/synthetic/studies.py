"""What people studied, where and when."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from random import Random

from pydantic import BaseModel, ConfigDict

from offline.synthetic.dice import one
from offline.synthetic.employers import school
from offline.synthetic.occupations import Occupation
from offline.synthetic.titles import subject_of
from offline.synthetic.vocabulary import read, words
from retrieval.schema import EducationLevel

_DOCTORATES = {
    "Medicine": "Doctor of Medicine (MD)",
    "Law": "Juris Doctor (JD)",
    "Pharmacy": "Doctor of Pharmacy (PharmD)",
    "Dentistry": "Doctor of Dental Surgery (DDS)",
    "Optometry": "Doctor of Optometry (OD)",
    "Veterinary Medicine": "Doctor of Veterinary Medicine (DVM)",
    "Physical Therapy": "Doctor of Physical Therapy (DPT)",
    "Nursing": "Doctor of Nursing Practice (DNP)",
}
_BEFORE = {"Medicine": "Biology", "Law": "Political Science", "Dentistry": "Biology", "Optometry": "Biology",
           "Veterinary Medicine": "Animal Science", "Pharmacy": "Chemistry"}  # fmt: skip
_ARTS = frozenset(words("arts"))
_PATTERNS = {
    EducationLevel.ASSOCIATE: ("Associate of Applied Science in {}", "Associate Degree in {}", "A.A.S. in {}",
                               "Associate of Science, {}"),
    EducationLevel.BACHELOR: ("Bachelor of {kind} in {}", "Bachelor's degree in {}", "B{k} in {}", "B.{k}. in {}",
                              "Bachelor of {kind}, {}"),
    EducationLevel.MASTER: ("Master of {kind} in {}", "Master's degree in {}", "M{k} in {}", "M.{k}. in {}"),
    EducationLevel.DOCTORATE: ("Ph.D. in {}", "PhD, {}", "Doctor of Philosophy in {}"),
}  # fmt: skip


class Requirement(BaseModel):
    """The degrees usual in an occupation, and its own field of study where it has one."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    words: str = ""
    least: EducationLevel = EducationLevel.SECONDARY
    most: EducationLevel = EducationLevel.DOCTORATE
    field: str | None = None

    def allows(self, level: EducationLevel) -> bool:
        """Whether somebody with `level` works there."""
        return self.least <= level <= self.most


@cache
def requirement(occupation: str) -> Requirement:
    """What the occupation that O*NET calls so asks for."""
    rules = [Requirement(**rule) for rule in read("education")["rule"]]
    return next((rule for rule in rules if re.search(rule.words, occupation)), Requirement())


@dataclass(frozen=True, slots=True, kw_only=True)
class Study:
    """A course of study; months as in `career`. `field` is `None` for school."""

    school: str
    degree: str
    level: EducationLevel
    field: str | None
    start: int
    end: int


def studies(chance: Random, *, trade: Occupation, level: EducationLevel, work_from: int, today: int) -> list[Study]:
    """All degrees up to `level`, oldest first. The first ends before work begins; a later master's may run beside."""
    field = requirement(trade.name).field or subject_of(trade.name) or trade.fields.draw(chance)
    if level is EducationLevel.SECONDARY:
        end = _june(work_from - int(chance.random() * 12))
        return [Study(school=school(chance, level), degree="High School Diploma", level=level, field=None,
                      start=end - 45, end=end)]  # fmt: skip
    ladder = {
        EducationLevel.ASSOCIATE: [EducationLevel.ASSOCIATE],
        EducationLevel.BACHELOR: [EducationLevel.BACHELOR],
        EducationLevel.MASTER: [EducationLevel.MASTER, EducationLevel.BACHELOR],
        EducationLevel.DOCTORATE: [EducationLevel.DOCTORATE, EducationLevel.BACHELOR],
    }[level]
    if level is EducationLevel.DOCTORATE and field not in _BEFORE and chance.random() < 0.5:
        ladder.insert(1, EducationLevel.MASTER)
    learned: list[Study] = []
    end = _june(work_from)
    if level is EducationLevel.MASTER and today - work_from > 84 and chance.random() < 0.4:
        late = _june(work_from + 36 + int(chance.random() * 36))
        learned.append(_study(chance, EducationLevel.MASTER, field, late - 21, late))
        ladder = ladder[1:]
    for step in ladder:
        subject = _BEFORE.get(field, field) if step < level else field
        start = end - {1: 21, 2: 45, 3: 21, 4: 45}[int(step)]
        learned.append(_study(chance, step, subject, start, end))
        end = start - 3 - (12 if chance.random() < 0.15 else 0)
    return sorted(learned, key=lambda study: study.end)


def _june(month: int) -> int:
    """The last month of May at or before `month`."""
    return month - (month - 4) % 12


def _study(chance: Random, level: EducationLevel, field: str, start: int, end: int) -> Study:
    return Study(
        school=school(chance, level),
        degree=_degree(chance, level, field),
        level=level,
        field=field,
        start=start,
        end=end,
    )


def _degree(chance: Random, level: EducationLevel, field: str) -> str:
    if level is EducationLevel.DOCTORATE and field in _DOCTORATES:
        return _DOCTORATES[field]
    if level is EducationLevel.MASTER and field == "Business Administration":
        return one(chance, ("Master of Business Administration (MBA)", "MBA"))
    if field == "Nursing" and chance.random() < 0.6:
        return {1: "Associate Degree in Nursing (ADN)", 2: "Bachelor of Science in Nursing (BSN)",
                3: "Master of Science in Nursing (MSN)"}[int(level)]  # fmt: skip
    arts = field in _ARTS or field.endswith(("Arts", "Design", "Studies"))
    return one(chance, _PATTERNS[level]).format(field, kind="Arts" if arts else "Science", k="A" if arts else "S")

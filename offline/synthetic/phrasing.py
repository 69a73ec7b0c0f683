"""Sentences for one person: templates whose slots are filled from what is true of them."""

from __future__ import annotations

import re
from functools import cache
from random import Random
from typing import Any

from offline.synthetic.career import Job
from offline.synthetic.dice import one
from offline.synthetic.person import Person
from offline.synthetic.style import Style, slip
from offline.synthetic.tasks import Task, deed
from offline.synthetic.vocabulary import read, words
from retrieval.schema import Seniority

_NUMBERED = re.compile(r" I+$| Trainee$")
# At a desk tools can be named with any work; elsewhere only where something is written or worked out.
_DESK = frozenset({"professional", "engineering", "science", "legal"})
_WRITTEN = frozenset(words("written"))


@cache
def phrases() -> dict[str, Any]:
    """The templates."""
    return read("phrases")


class Slots(dict[str, str]):
    """What templates may ask for, made up when asked."""

    def __init__(self, chance: Random, person: Person, *, years: float | None, job: Job | None = None) -> None:
        super().__init__()
        self._chance = chance
        self._person = person
        self._worked = years
        self._job = job or person.career.jobs[-1]
        # "Known for handle complaints" reads badly: skills worded as deeds stay in the list of skills.
        nouns = [skill for skill in person.skills if not deed(skill)] or person.skills
        self._skills = chance.sample(nouns, min(3, len(nouns)))

    def __missing__(self, slot: str) -> str:
        words: str = getattr(self, f"_{slot}")()
        self[slot] = words
        return words

    def _title(self) -> str:
        return _NUMBERED.sub("", self._job.title)

    def _a(self) -> str:
        return "an" if self._job.title[0] in "AEIO" else "a"

    def _company(self) -> str:
        return self._job.employer.name

    def _Industry(self) -> str:  # noqa: N802  the slot {Industry} keeps its capital
        return self._job.employer.industry

    def _industry(self) -> str:
        return self._job.employer.industry.lower()

    def _city(self) -> str:
        return self._person.career.city.name

    def _specialty(self) -> str:
        return one(self._chance, self._person.specialties)

    def _Skill(self) -> str:  # noqa: N802
        return self._skills[0]

    def _Skill2(self) -> str:  # noqa: N802
        return self._skills[1 % len(self._skills)]

    def _skill(self) -> str:
        return _mid(self._skills[0])

    def _skill2(self) -> str:
        return _mid(self._skills[1 % len(self._skills)])

    def _skill3(self) -> str:
        return _mid(self._skills[2 % len(self._skills)])

    def _tech(self) -> str:
        return one(self._chance, self._person.technologies)

    def _tech2(self) -> str:
        return next(tool for tool in reversed(self._person.technologies) if tool != self["tech"])

    def _task(self) -> str:
        return _mid(one(self._chance, self._person.strengths).tell(self._chance, tense="gerund"))

    def _team(self) -> str:
        rise = max(0, self._job.level - Seniority.SENIOR)
        return str(3 + int(self._chance.random() ** 2 * (4 + 9 * rise)))

    def _few(self) -> str:
        return one(self._chance, ("2", "3", "4", "5", "two", "three", "a few", "several"))

    def _money(self) -> str:
        return _money(self._chance, self._job.level)

    def _years(self) -> str:
        whole = int(self._worked or 0)
        if whole < 2:
            return "over a year" if whole else "some months"
        return one(
            self._chance, (f"{whole} years", f"{whole}+ years", f"over {whole} years", f"more than {whole} years")
        )


def _mid(words: str) -> str:
    """Inside a sentence: lower case, but for names and acronyms."""
    if any(c.isupper() for c in words[1:]):
        return words
    return words[0].lower() + words[1:]


def _money(chance: Random, level: Seniority) -> str:
    millions = round(0.2 + chance.random() ** 2 * (1 + 2.5 ** max(0, level - Seniority.MID)), 1)
    return f"${millions:g}M" if millions >= 1 else f"${round(millions * 1000, -1):.0f}K"


def fill(template: str, slots: Slots) -> str:
    """The template with its slots filled, its first letter a capital."""
    words = template.format_map(slots)
    return words[0].upper() + words[1:]


def metric(chance: Random, job: Job) -> str:
    """A figure that goes with the family's work: `cutting scrap by 12%`."""
    return one(chance, job.trade.family.metrics).format(
        p=3 + int(chance.random() ** 1.5 * 38),
        n=_round(4 + chance.random() ** 2 * 116),
        s=2 + int(chance.random() * 9),
        d=2 + int(chance.random() * 7),
        g=f"{_round(120 * 10 ** (chance.random() * 2.3)):,}",
        q=95 + int(chance.random() * 45),
        r=84 + int(chance.random() * 15),
        t=26 + int(chance.random() * 7),
        m=_money(chance, max(job.level, Seniority.MID)),
    )


def _round(number: float) -> int:
    size = 10 ** max(0, len(str(int(number))) - 2)
    return int(number // size * size)


def duties(chance: Random, person: Person, style: Style, job: Job, count: int, told: set[str]) -> list[str]:
    """What the person did in a job, as sentences without full stops; `told` are tasks told already, and grows."""
    tense = style.present if job.current and not style.prose else "past"
    tasks = [task for task in job.trade.tasks if task.words not in told] or list(job.trade.tasks)
    chosen = chance.sample(tasks, min(count, len(tasks)))
    told.update(task.words for task in chosen)
    at_home = job.trade.family is person.career.family
    lines: list[str] = []
    for task in chosen:
        words = task.tell(chance, tense=tense)
        throw = chance.random()
        if throw < 0.18 and "," not in words[-40:] and len(words) < 110:
            words = f"{words}, {metric(chance, job)}"
        elif throw < 0.32 and at_home and _with_tool(task, person, words):
            words = f"{words} using {one(chance, person.technologies)}"
        lines.append(words)
    if at_home and count > 1 and (template := _extra(chance, person, job)):
        lines[-1] = fill(template, Slots(chance, person, years=None, job=job))
    return [slip(chance, line) if style.slips and chance.random() < style.slips else line for line in lines]


def _with_tool(task: Task, person: Person, words: str) -> bool:
    return bool(person.technologies) and task.verbs[0] in _WRITTEN and " us" not in words and len(words) < 90


def _extra(chance: Random, person: Person, job: Job) -> str | None:
    """A line of another kind: people led, tools, skills."""
    throw = chance.random()
    kind = None
    if job.level >= Seniority.MANAGER and throw < 0.6:
        kind = "team_bullets"
    elif job.level >= Seniority.SENIOR and throw < 0.3:
        kind = "lead_bullets"
    elif throw > 0.84:
        kind = "skill_bullets"
    elif throw > 0.74 and len(person.technologies) > 1:
        kind = "tool_bullets" if person.career.family.ladder in _DESK else "tool_mentions"
    return str(one(chance, phrases()[kind])) if kind else None


def _overlap(slots: Slots, template: str) -> bool:
    """`embedded software and software` sounds odd."""
    both = "{specialty}" in template and "{industry}" in template
    return both and bool({*slots["specialty"].split()} & {*slots["industry"].split()})


def summary(chance: Random, person: Person, style: Style, years: float | None) -> str:
    """A few sentences about the person."""
    told = phrases()
    job = person.career.jobs[-1]
    slots = Slots(chance, person, years=years)
    lines = [one(chance, told["openers"] if (years or 0) >= 2 else told["fresh"])]
    lines[0] = one(chance, told["plain_openers"]) if _overlap(slots, lines[0]) else lines[0]
    middles = chance.sample(
        told["middles"], {"sparse": 0, "normal": 1, "rich": 2}[style.length] + (chance.random() < 0.4)
    )
    tasks = [line for line in middles if "{task}" in line]
    lines += [line for line in middles if line not in tasks[1:]]
    if "ounder" in job.title:
        lines.append(one(chance, told["founding"]))
    elif job.level >= Seniority.MANAGER and chance.random() < 0.6:
        lines.append(one(chance, told["leading"]))
    if chance.random() < 0.3:
        lines.append(one(chance, told["closers"]))
    written = " ".join(fill(line, slots) for line in lines)
    return slip(chance, written) if style.slips and chance.random() < style.slips else written

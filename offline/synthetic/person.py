"""An invented person: a career, and what was learned in it."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from offline.synthetic.career import Career, live
from offline.synthetic.dice import Choice, one
from offline.synthetic.places import countries
from offline.synthetic.tasks import Task
from retrieval.schema import Seniority

_LEVELS = ("fluent", "professional", "conversational", "basic")


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """All that is true of somebody who does not exist; what of it gets written is decided later."""

    career: Career
    skills: tuple[str, ...]
    technologies: tuple[str, ...]
    specialties: tuple[str, ...]
    certifications: tuple[str, ...]
    languages: tuple[tuple[str, str], ...]
    strengths: tuple[Task, ...]


def invent(chance: Random) -> Person:
    """Throw a person."""
    career = live(chance)
    trades = list(dict.fromkeys(job.trade for job in reversed(career.jobs)))
    # Who manages keeps the knowledge of the trade they came from.
    craft = next((trade for trade in trades if trade.family is career.family and trade.skills.items), trades[0])
    grown = min(1.0, career.months / 120)
    named = " ".join(job.title for job in career.jobs)
    technologies = [t for t in craft.technologies.items if _named(t, named)]
    technologies += _draws(chance, craft.technologies, 2 + int((1 + 5 * grown) * chance.random()))
    skills = [s for s in craft.skills.items if _named(s, named)]
    skills += _draws(chance, craft.skills, 5 + int((3 + 6 * grown) * chance.random()))
    for other in trades[:3]:
        if other is not craft:
            skills += _draws(chance, other.skills, 2)
    strengths = _strengths(chance, career)
    return Person(
        career=career,
        skills=tuple(dict.fromkeys(skills)),
        technologies=tuple(dict.fromkeys(technologies)),
        specialties=tuple(_draws(chance, craft.specialties, 1 + (chance.random() < 0.5))),
        certifications=_certifications(chance, career),
        languages=_languages(chance, career.city.country),
        strengths=strengths,
    )


def _named(item: str, titles: str) -> bool:
    """A Java developer knows Java."""
    return f" {item} " in f" {titles} "


def _draws(chance: Random, choice: Choice[str], count: int) -> list[str]:
    drawn: dict[str, None] = {}
    for _ in range(count * 3):
        if len(drawn) >= count:
            break
        drawn[choice.draw(chance)] = None
    return list(drawn)


def _strengths(chance: Random, career: Career) -> tuple[Task, ...]:
    tasks = [task for job in career.jobs[-2:] for task in job.trade.tasks]
    return tuple(dict.fromkeys(one(chance, tasks) for _ in range(5))) if tasks else ()


def _certifications(chance: Random, career: Career) -> tuple[str, ...]:
    trade = next((job.trade for job in reversed(career.jobs) if job.trade.family is career.family), career.trade)
    required = trade.family.license
    held = [required] if required and career.level > Seniority.INTERN and "Practical" not in trade.name else []
    if chance.random() < 0.42 + (0.2 if required else 0.0):
        held += _draws(chance, trade.certifications, 1 + int(chance.random() * 1.8))
    return tuple(dict.fromkeys(held))


def _languages(chance: Random, country: str) -> tuple[tuple[str, str], ...]:
    spoken = [(name, share) for name, share in countries()[country].languages.items() if chance.random() < share]
    return tuple(
        (name, "fluent" if share > chance.uniform(0.6, 0.95) else one(chance, _LEVELS)) for name, share in spoken
    )

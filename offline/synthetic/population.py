"""The population: person `i` of seed `s` is the same whoever asks, and wherever."""

from __future__ import annotations

from collections.abc import Iterator

from offline.synthetic.dice import dice
from offline.synthetic.person import Person, invent
from offline.synthetic.resume import Resume, education_level
from offline.synthetic.truth import Truth
from retrieval.schema import Profile

VERSION = "1"  # raise it whenever the same seed gives other people


def person(seed: int, index: int) -> tuple[Profile, Truth]:
    """Person number `index` of the population of `seed`; depends on nothing else.

    Raises:
        ValueError: `index` is negative.
    """
    if index < 0:
        raise ValueError(f"people are numbered from 0, not {index}")
    chance = dice("person", VERSION, seed, index)
    someone = invent(chance)
    profile = Resume(chance, someone, f"s-{index + 1:012d}").write()
    return profile, _truth(someone, profile)


def generate(*, size: int, seed: int, start: int = 0) -> Iterator[tuple[Profile, Truth]]:
    """People `start` to `start + size` of the population of `seed`, one at a time."""
    for index in range(start, start + size):
        yield person(seed, index)


def _truth(someone: Person, profile: Profile) -> Truth:
    career = someone.career
    skills = (*someone.technologies, *someone.skills)
    text = profile.text.lower()
    degree = max(career.studies, key=lambda study: (study.level, study.end))
    return Truth(
        member_id=profile.member_id,
        occupation=career.trade.name,
        occupation_code=career.trade.code,
        family=career.family.name,
        level=career.level,
        years=round(career.months / 12, 2),
        skills=skills,
        unwritten=tuple(skill for skill in skills if skill.lower() not in text),
        strengths=tuple(task.words for task in someone.strengths),
        occupations=tuple(dict.fromkeys(job.trade.name for job in reversed(career.jobs))),
        industries=tuple(dict.fromkeys(job.employer.industry for job in reversed(career.jobs))),
        education=education_level(someone),
        field=degree.field,
        city=career.city.name,
        region=career.city.region,
        country=career.city.country,
    )

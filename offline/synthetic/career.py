"""A working life, simulated month by month. Months count from year 0, as `PartialDate.months` does."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from math import exp
from random import Random

from offline.synthetic.dice import Choice, one
from offline.synthetic.employers import Employer
from offline.synthetic.employers import employer as hire
from offline.synthetic.families import Family, families
from offline.synthetic.ladders import Step, ladder, title
from offline.synthetic.occupations import Occupation, lead_trade, next_trades, occupation, trades
from offline.synthetic.places import City, home, move
from offline.synthetic.studies import Study, requirement, studies
from retrieval.schema import EducationLevel, Seniority

REFERENCE = 2026 * 12 + 5  # June 2026: the population's today, fixed so that it does not depend on the clock
_OLDEST = 67  # years; nobody works longer
_STEADY = frozenset({"academic", "physician", "teaching"})  # people there stay longer


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One position. `end` is the month in which it ended; of the present job, the month of the profile."""

    trade: Occupation
    title: str
    level: Seniority
    employer: Employer
    city: City
    start: int
    end: int
    current: bool

    @property
    def months(self) -> int:
        """How long it lasted."""
        return self.end - self.start


@dataclass(frozen=True, slots=True, kw_only=True)
class Career:
    """A life as far as a resume goes; jobs and studies oldest first. `today` is the month the profile is of."""

    family: Family
    trade: Occupation
    level: Seniority
    jobs: tuple[Job, ...]
    studies: tuple[Study, ...]
    city: City
    today: int

    @property
    def months(self) -> int:
        """Months worked; jobs do not overlap, except that the next may start in the month in which one ends."""
        return sum(job.months for job in self.jobs)


@cache
def _by_family() -> Choice[Family]:
    return Choice((family, family.weight) for family in families().values())


@cache
def _first_jobs() -> Choice[str]:
    """Families that people leave for another after a few years."""
    return Choice({"retail": 5, "kitchen": 4, "office": 3, "customer-service": 4, "warehouse": 3, "hospitality": 2})


def live(chance: Random) -> Career:
    """A working life up to some month before the reference date."""
    family = _by_family().draw(chance)
    trade = occupation(trades(family.name).draw(chance))
    peak = ladder(family.ladder).peak.draw(chance)
    city = home(chance)
    today = REFERENCE - int(chance.random() ** 1.5 * 16)
    level = _schooling(chance, trade, peak)
    school_years = (0, 2, 4, 6, 9)[level] + chance.random() * 1.5
    years = min(0.4 + chance.betavariate(1.25, 2.3) * 40, _OLDEST - 18 - school_years)
    start = today - max(4, round(years * 12))
    learned = studies(chance, trade=trade, level=level, work_from=start, today=today)
    jobs = _Path(chance, trade=trade, peak=peak, city=city, schooling=level).walk(start, today)
    first = learned[0]
    if level >= EducationLevel.BACHELOR and family.ladder in {"professional", "engineering", "science"}:
        jobs = _internship(chance, trade, first, city) + jobs
    last = jobs[-1]
    return Career(
        family=family,
        trade=last.trade,
        level=last.level,
        jobs=tuple(jobs),
        studies=tuple(learned),
        city=last.city,
        today=today,
    )


@cache
def _levels(family: str) -> Choice[EducationLevel]:
    return Choice((level, share) for level, share in zip(EducationLevel, families()[family].education, strict=True))


def _schooling(chance: Random, trade: Occupation, peak: Seniority) -> EducationLevel:
    levels, asked = _levels(trade.family.name), requirement(trade.name)
    level = levels.draw(chance)
    for _ in range(2):
        if peak >= Seniority.DIRECTOR and level < EducationLevel.BACHELOR:
            level = max(level, levels.draw(chance))
    for _ in range(4):
        if not asked.allows(level):
            level = levels.draw(chance)
    return min(max(level, asked.least), asked.most)


def _internship(chance: Random, trade: Occupation, degree: Study, city: City) -> list[Job]:
    if chance.random() > 0.2:
        return []
    length = 3 + int(chance.random() * 5)
    start = degree.end - 4 - length - int(chance.random() * 10)
    return [
        Job(
            trade=trade,
            title=f"{trade.titles.items[0]} Intern",
            level=Seniority.INTERN,
            employer=hire(chance, trade.industries.draw(chance)),
            city=city,
            start=start,
            end=start + length,
            current=False,
        )
    ]


class _Path:
    """Job after job: where somebody stands while the life is being thrown."""

    def __init__(
        self, chance: Random, *, trade: Occupation, peak: Seniority, city: City, schooling: EducationLevel
    ) -> None:
        self.chance = chance
        self.trade = trade
        self.peak = peak
        self.city = city
        self.schooling = schooling
        self.head_start = (0, 0, 0, 0.5, 2.5)[schooling]
        self.pace = exp(chance.gauss(0.0, 0.2))
        self.industry = trade.industries.draw(chance)
        self.base = trade.titles.draw(chance)
        self.level = Seniority.ENTRY
        self.last: Job | None = None

    def walk(self, start: int, today: int) -> list[Job]:
        """All jobs from month `start` to month `today`."""
        chance = self.chance
        jobs: list[Job] = []
        month = start
        if today - start > 60 and chance.random() < 0.06:
            month = self._detour(jobs, month, month + 12 + int(chance.random() * 36))
            start = month
        while month < today - 2:
            worked = (month - start) / 12
            middle = 24 + 10 * min(worked, 20) ** 0.5 + (14 if self.trade.family.ladder in _STEADY else 0)
            months = max(6, min(170, round(exp(chance.gauss(0.0, 0.55)) * middle)))
            end = month + months
            current = end > today - (10 if chance.random() < 0.8 else 3)
            if current and today - month > 8 and chance.random() < 0.05:  # between jobs
                end, current = today - 1 - int(chance.random() * 5), False
            end = today if current else min(end, today)
            jobs += self._stay(worked, month, end, current=current)
            if current or end >= today - 8:
                break
            gap = chance.random()
            month = end + (
                0 if gap < 0.45 else 1 if gap < 0.8 else 2 + int(chance.random() * (4 if gap < 0.95 else 14))
            )
        return jobs or self._stay(0.0, month, today, current=True)

    def _stay(self, worked: float, start: int, end: int, *, current: bool) -> list[Job]:
        """Time at one employer: one job, or two where it was long enough to rise."""
        steps = ladder(self.trade.family.ladder)
        before, half = self._years(worked), self._years(worked + (end - start) / 24)
        rises = steps.reached(half, peak=self.peak).level > max(self.level, steps.reached(before, peak=self.peak).level)
        if end - start < 22 or not rises:
            return [self._job(before, start, end, current=current)]
        middle = (start + end) // 2
        first = self._job(before, start, middle, current=False)
        return [first, self._job(half, middle, end, current=current, employer=first.employer)]

    def _years(self, worked: float) -> float:
        """Years of work as the ladder counts them: some rise faster, and study counts a little."""
        return worked * self.pace + self.head_start

    def _detour(self, jobs: list[Job], start: int, end: int) -> int:
        chance = self.chance
        trade = occupation(trades(_first_jobs().draw(chance)).draw(chance))
        if trade.family.name == self.trade.family.name:
            return start
        jobs.append(
            Job(
                trade=trade,
                title=trade.titles.draw(chance),
                level=Seniority.ENTRY,
                employer=hire(chance, trade.industries.draw(chance)),
                city=self.city,
                start=start,
                end=end,
                current=False,
            )
        )
        return end + 1 + int(chance.random() * 3)

    def _job(self, years: float, start: int, end: int, *, current: bool, employer: Employer | None = None) -> Job:
        chance = self.chance
        family = self.trade.family
        step = ladder(family.ladder).reached(years, peak=self.peak)
        rises = step.level > self.level
        if employer is None and rises and self.last is not None and self.last.trade.family is family:
            employer = self.last.employer if chance.random() < 0.25 else None  # promoted in the same house
        if self.last is not None and employer is None:
            self._change(chance)
        self.level = max(self.level, step.level)
        words, trade = self._title(step, inside=employer is not None)
        place = employer or self._employer(words)
        self.last = Job(
            trade=trade,
            title=words,
            level=self.level,
            employer=place,
            city=self.city,
            start=start,
            end=end,
            current=current,
        )
        return self.last

    def _change(self, chance: Random) -> None:
        """Another employer; sometimes another town, industry or occupation of the family."""
        if chance.random() < 0.18:
            self.city = move(chance, self.city)
        if chance.random() < 0.4:
            self.industry = self.trade.industries.draw(chance)
        if self.level < Seniority.MANAGER and chance.random() < 0.14:
            other = next_trades(self.trade.name).draw(chance)
            if requirement(other).allows(self.schooling):
                self.trade = occupation(other)
                self.base = self.trade.titles.draw(chance)
        elif chance.random() < 0.15:
            self.base = self.trade.titles.draw(chance)

    def _title(self, step: Step, *, inside: bool) -> tuple[str, Occupation]:
        """The title, and the occupation whose tasks go with it: who manages does what managers do."""
        if self.last is not None and self.last.level is self.level and self.level >= Seniority.VP:
            return self.last.title, self.last.trade
        words = title(self.chance, step=step, base=self.base, trade=self.trade)
        for _ in range(4):
            if inside and self.last is not None and words == self.last.title:
                words = title(self.chance, step=step, base=self.base, trade=self.trade)
        if self.level < Seniority.MANAGER or self.trade.family.ladder in {"academic", "physician"}:
            return words, self.trade
        top = self.trade.family.executives
        if self.level is Seniority.EXECUTIVE and top:
            return words, occupation(one(self.chance, top))
        return words, occupation(lead_trade(self.trade.name))

    def _employer(self, words: str) -> Employer:
        chosen = hire(self.chance, self.industry)
        if "Founder" in words or words == "Owner":
            for _ in range(8):
                if chosen.employees <= 150:
                    break
                chosen = hire(self.chance, self.industry)
        return chosen

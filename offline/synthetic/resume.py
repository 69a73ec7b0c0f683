"""Writes an invented person down: a profile whose every field stands in its text."""

from __future__ import annotations

from datetime import UTC, datetime
from random import Random
from typing import Any

from offline.synthetic.career import Job
from offline.synthetic.dice import one
from offline.synthetic.page import Page
from offline.synthetic.person import Person
from offline.synthetic.phrasing import Slots, duties, fill, phrases, summary
from offline.synthetic.studies import Study
from offline.synthetic.style import Style, draw_style
from retrieval.ingest.experience import years_of
from retrieval.lexicon.seniority import seniority_of
from retrieval.schema import (
    Certification,
    Education,
    EducationLevel,
    Industry,
    Language,
    Location,
    PartialDate,
    Position,
    Profile,
    Skill,
    Span,
)

NOTICE = "Synthetic profile: this person is invented."
_COUNTS = {"sparse": (1, 0), "normal": (2, 1, 1, 0), "rich": (4, 2, 1, 1, 0)}  # duties told a job, latest first


class Resume:
    """One person's page while it is being written."""

    def __init__(self, chance: Random, person: Person, member_id: str) -> None:
        self.chance = chance
        self.person = person
        self.style: Style = draw_style(chance)
        self.page = Page()
        self.member_id = member_id
        self.bare = self._bare()
        self.years = years_of(self.bare, as_of=self._date(person.career.today))
        self.fields: dict[str, Any] = {}
        self.industries: dict[str, Industry] = {}
        self.told: set[str] = set()

    def write(self) -> Profile:
        """The whole profile."""
        person, page, chance = self.person, self.page, self.chance
        job = person.career.jobs[-1]
        headline = fill(one(chance, phrases()["headlines"]), Slots(chance, person, years=self.years))
        headline_span = page.add(headline)
        page.gap()
        where = person.career.city.written(chance)
        if chance.random() < 0.15:
            page.put("Location: ")
        city = person.career.city
        location = Location(
            text=where, span=page.add(where), city=city.name, region=city.region, country=city.country,
            latitude=city.latitude, longitude=city.longitude,
        )  # fmt: skip
        for section in self.style.order:
            getattr(self, f"_{section}")()
        page.gap(2)
        page.put(NOTICE)
        today = person.career.today
        updated = datetime(
            today // 12, today % 12 + 1, 1 + int(chance.random() * 28), int(chance.random() * 24), tzinfo=UTC
        )
        return Profile(
            member_id=self.member_id,
            text=page.text,
            headline=headline,
            headline_span=headline_span,
            locations=(location,),
            years_experience=self.years,
            seniority=seniority_of(job.title),
            industries=tuple(self.industries.values()),
            synthetic=True,
            updated_at=updated,
            **self.fields,
        )

    def _date(self, month: int) -> PartialDate:
        year, number = divmod(month, 12)
        return PartialDate(year=year, month=None if self.style.dates == 3 else number + 1)

    def _bare(self) -> list[Position]:
        """The positions as dated, most recent first: what the years are counted from."""
        return [
            Position(start=self._date(job.start), end=None if job.current else self._date(job.end), current=job.current)
            for job in reversed(self.person.career.jobs)
        ]

    def _heading(self, name: str) -> None:
        self.page.gap(2)
        self.page.put(self.style.head(one(self.chance, phrases()["headings"][name])))
        self.page.gap()

    def _summary(self) -> None:
        if self.style.length == "sparse" and self.chance.random() < 0.5:
            return
        if self.chance.random() < 0.75:
            self._heading("summary")
        else:
            self.page.gap(2)
        self.fields["summary"] = self.page.add(summary(self.chance, self.person, self.style, self.years))

    def _experience(self) -> None:
        self._heading("experience")
        counts = _COUNTS[self.style.length]
        positions = []
        for number, (job, bare) in enumerate(zip(reversed(self.person.career.jobs), self.bare, strict=True)):
            if number:
                self.page.gap(2 if self.style.length != "sparse" else 1)
            positions.append(self._position(job, bare, counts[min(number, len(counts) - 1)]))
        self.fields["positions"] = tuple(positions)

    def _position(self, job: Job, bare: Position, count: int) -> Position:
        page, style = self.page, self.style
        start = page.length
        until = style.now if job.current else style.date(job.end)
        since = style.date(job.start)
        dates = since if since == until else f"{since}{style.until}{until}"
        town = job.city.written(self.chance) if style.says_town else None
        entry = style.entry
        if entry == 0:  # Title, Company, Town | dates
            page.put(f"{job.title}, {job.employer.name}")
            self._town(", ", town)
            page.put(f" | {dates}")
        elif entry == 1:  # Company - Town / Title / dates
            page.put(job.employer.name)
            self._town(" - ", town)
            page.put(f"\n{job.title}\n{dates}")
        elif entry == 2:  # dates Title / Company, Town
            page.put(f"{dates}  {job.title}\n{job.employer.name}")
            self._town(", ", town)
        elif entry == 3:  # Title at Company (dates)
            page.put(f"{job.title} at {job.employer.name} ({dates})")
            self._town(", ", town)
        elif entry == 4:  # Title / Company | Town | dates
            page.put(f"{job.title}\n{job.employer.name}")
            self._town(" | ", town)
            page.put(f" | {dates}")
        else:  # Company, Town, dates / Title
            page.put(job.employer.name)
            self._town(", ", town)
            page.put(f", {dates}\n{job.title}")
        industry = self._industry(job)
        details = self._details(job, count) if count else None
        return bare.model_copy(
            update={
                "title": job.title,
                "company": job.employer.name,
                "industry": industry,
                "location": town,
                "span": page.since(start),
                "details": details,
            }
        )

    def _town(self, before: str, town: str | None) -> None:
        if town:
            self.page.put(f"{before}{town}")

    def _industry(self, job: Job) -> str | None:
        """The employer's trade, where this hand gives it; the words that name it are the person's industry."""
        if not self.style.says_industry:
            return None
        page, name = self.page, job.employer.industry
        described = job.employer.described(self.chance)
        page.gap()
        span = page.add(described)
        if name not in self.industries:
            start = span.start + described.index(name)
            self.industries[name] = Industry(name=name, span=Span(start=start, end=start + len(name)))
        return name

    def _details(self, job: Job, count: int) -> Span | None:
        lines = duties(self.chance, self.person, self.style, job, count, self.told)
        if not lines:
            return None
        page, style = self.page, self.style
        page.gap()
        if style.prose:
            return page.add(" ".join(f"{line}." for line in lines))
        stop = "." if style.bullet in {"* ", ""} else ""
        return page.add("\n".join(f"{style.bullet}{line}{stop}" for line in lines))

    def _education(self) -> None:
        self._heading("education")
        shown = list(reversed(self.person.career.studies))
        pattern = int(self.chance.random() * 4)
        dated = self.chance.random()
        learned = []
        for number, study in enumerate(shown):
            if number:
                self.page.gap()
            learned.append(self._study(study, pattern, dated))
        self.fields["education"] = tuple(learned)

    def _study(self, study: Study, pattern: int, dated: float) -> Education:
        first, last = study.start // 12, study.end // 12
        when = f"{first} - {last}" if dated < 0.45 else str(last) if dated < 0.85 else ""
        words = (
            f"{study.degree}, {study.school}{', ' if when else ''}{when}",
            f"{study.school}\n{study.degree}{' (' if when else ''}{when}{')' if when else ''}",
            f"{study.degree} - {study.school}{' | ' if when else ''}{when}",
            f"{when}{': ' if when else ''}{study.degree}, {study.school}",
        )[pattern]
        return Education(
            school=study.school,
            degree=study.degree,
            level=study.level,
            field=study.field if study.field and study.field in study.degree else None,
            start=PartialDate(year=first) if dated < 0.45 else None,
            end=PartialDate(year=last) if when else None,
            span=self.page.add(words),
        )

    def _skills(self) -> None:
        person, chance = self.person, self.chance
        kept = {"sparse": 0.45, "normal": 0.75, "rich": 0.9}[self.style.length]
        named = [name for name in (*person.technologies, *person.skills) if chance.random() < kept]
        if (self.style.length == "sparse" and chance.random() < 0.35) or not named:
            return
        if chance.random() < 0.5:
            chance.shuffle(named)
        self._heading("skills")
        self.fields["skills"] = tuple(Skill(name=name, span=span) for name, span in self._listed(named))

    def _languages(self) -> None:
        spoken = list(self.person.languages)
        if len(spoken) < 2 and not (spoken and self.chance.random() < 0.07):
            return
        self._heading("languages")
        graded = self.chance.random() < 0.7
        written = []
        for number, (name, level) in enumerate(spoken):
            if number:
                self.page.put(", ")
            span = self.page.add(name)
            if graded:
                self.page.put(f" ({level})")
            written.append(Language(name=name, level=level if graded else None, span=span))
        self.fields["languages"] = tuple(written)

    def _certifications(self) -> None:
        held = list(self.person.certifications)
        if not held or (self.style.length == "sparse" and self.chance.random() < 0.3):
            return
        self._heading("certifications")
        self.fields["certifications"] = tuple(Certification(name=name, span=span) for name, span in self._listed(held))

    def _listed(self, names: list[str]) -> list[tuple[str, Span]]:
        listed = []
        for number, name in enumerate(names):
            if number:
                self.page.put(self.style.separator)
            listed.append((name, self.page.add(name)))
        return listed


def education_level(person: Person) -> EducationLevel:
    """The highest degree."""
    return max(study.level for study in person.career.studies)

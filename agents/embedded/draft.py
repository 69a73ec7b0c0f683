"""Criteria as they are found in a request, clause by clause, and the reading they make."""

from __future__ import annotations

from dataclasses import dataclass, field

from agents.embedded import requirements
from agents.embedded.facts import Fact, FactKind
from agents.embedded.grammar import expression, words
from agents.embedded.ranges import Range
from agents.embedded.titles import Level, Named
from agents.embedded.vocabulary import Vocabulary
from agents.reading import (
    EducationWish,
    LanguageWish,
    LocationWish,
    Reading,
    RequirementWish,
    SeniorityWish,
    TitleWish,
    Wish,
    YearsWish,
)
from retrieval.schema import Importance, Kind

_INDUSTRY = expression("draft.industry")
_INDUSTRY_BARE = expression("draft.industry_bare")
_INDUSTRY_ARTICLE = expression("draft.industry_article")
_GENERIC = words("draft.generic")


@dataclass(kw_only=True)
class Draft:
    """What has been found in `text` so far."""

    text: str
    vocabulary: Vocabulary
    titles: list[TitleWish] = field(default_factory=list)
    seniority: list[SeniorityWish] = field(default_factory=list)
    locations: list[LocationWish] = field(default_factory=list)
    years: YearsWish | None = None
    skills: list[Wish] = field(default_factory=list)
    industries: list[Wish] = field(default_factory=list)
    education: list[EducationWish] = field(default_factory=list)
    languages: list[LanguageWish] = field(default_factory=list)
    companies: list[Wish] = field(default_factory=list)
    requirements: list[RequirementWish] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def opening(self) -> bool:
        """True until something is asked for that can stand only behind a title."""
        wanted = (*self.titles, *self.requirements, *self.skills)
        return not any(wish.importance is Importance.MUST for wish in wanted)

    def fact(self, fact: Fact, importance: Importance) -> None:
        """Add a hard fact; of several years of experience the first one given counts."""
        said = {"words": self.text[slice(*fact.value)], "start": fact.first, "importance": importance}
        match fact.kind:
            case FactKind.YEARS:
                self.years = self.years or YearsWish(**said, minimum=fact.minimum, maximum=fact.maximum)
            case FactKind.LOCATION:
                known = {(wish.words.lower().strip("."), wish.importance) for wish in self.locations}
                if (str(said["words"]).lower().strip("."), importance) not in known:
                    self.locations.append(LocationWish(**said))
            case FactKind.LANGUAGE:
                self.languages.append(LanguageWish(**said, name=fact.name or str(said["words"])))
            case FactKind.EDUCATION:
                self.education.append(EducationWish(**said, level=fact.level, field=fact.name))
            case FactKind.SCHOOL:
                self.education.append(EducationWish(**said, school=fact.name))
            case FactKind.COMPANY:
                self.companies.append(Wish(**said))

    def named(self, named: Named, importance: Importance) -> None:
        """Add titles and their levels."""
        for title in named.titles:
            words_ = self.text[title.start : title.end]
            full = None if title.title == words_ else title.title
            self.titles.append(TitleWish(words=words_, start=title.start, importance=importance, title=full))
        for level in named.levels:
            self.level(level, importance)

    def level(self, level: Level, importance: Importance) -> None:
        """Add a level."""
        words_ = self.text[level.start : level.end]
        self.seniority.append(SeniorityWish(words=words_, start=level.start, importance=importance, level=level.level))

    def requirement(self, start: int, end: int, importance: Importance) -> None:
        """Add what `text[start:end]` asks for: skills and industry that it names, and all of it unless they are it."""
        skills = self.vocabulary.skills_in(self.text, start, end)
        if importance is not Importance.EXCLUDE or skills == [(start, end)]:
            known = {(skill.words.lower(), skill.importance) for skill in self.skills}
            for span in skills:
                words_ = self.text[slice(*span)]
                if (words_.lower(), importance) not in known:
                    self.skills.append(Wish(words=words_, start=span[0], importance=importance))
        industry = self._industry(start, end)
        if industry:
            words_ = self.text[slice(*industry)]
            self.industries.append(Wish(words=words_, start=industry[0], importance=importance))
            if not requirements.says_something(self.text[start : industry[0]] + " " + self.text[industry[1] : end]):
                return
        said = self.text[start:end]
        kind = requirements.kind_of(said, [self.text[slice(*span)] for span in skills])
        if skills != [(start, end)] or kind is Kind.CERTIFICATION:
            self.requirements.append(RequirementWish(words=said, start=start, importance=importance, kind=kind))

    def _industry(self, start: int, end: int) -> Range | None:
        """The line of business named in a range: said to be one, or known as one to the population."""
        match = _INDUSTRY.search(self.text, start, end)
        if match:
            group = "words" if match["words"] else "plain"
            if match[group].lower().split()[0] not in _GENERIC:
                return match.span(group)
        if self.text[start:end].lower() in self.vocabulary.industries:
            return start, end
        bare = _INDUSTRY_BARE.search(self.text, start, end)
        if bare and bare["words"].lower() in self.vocabulary.industries:
            return bare.span("words")
        article = _INDUSTRY_ARTICLE.search(self.text, start, end)
        return article.span("words") if article and article.end() == end else None

    def reading(self) -> Reading:
        """All that was found."""
        return Reading(
            titles=tuple(self.titles),
            seniority=tuple(self.seniority),
            locations=tuple(self.locations),
            years=self.years,
            skills=tuple(self.skills),
            industries=tuple(self.industries),
            education=tuple(self.education),
            languages=tuple(self.languages),
            companies=tuple(self.companies),
            requirements=tuple(self.requirements),
            notes=tuple(self.notes),
        )

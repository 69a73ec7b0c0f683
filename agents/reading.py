"""What a model reads from a request: criteria that point at the request's words. Code turns it into a role."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from retrieval.schema import EducationLevel, Importance, Kind, Seniority


class Wish(BaseModel):
    """One criterion. `words` are copied from the request, character for character."""

    model_config = ConfigDict(frozen=True)

    words: str = Field(min_length=1, description="the words of the request that say it, copied exactly")
    start: int | None = Field(default=None, ge=0, description="where `words` start in the request, if known")
    importance: Importance = Importance.MUST


class TitleWish(Wish):
    """A job title without its level; several are alternatives."""

    title: str | None = Field(
        default=None,
        description="the title where words are shared: 'help desk technician' of 'help desk / IT technician'",
    )


class SeniorityWish(Wish):
    """A level; several are alternatives."""

    level: Seniority


class LocationWish(Wish):
    """A place where the person should live; several are alternatives."""


class YearsWish(Wish):
    """Years of experience in all."""

    minimum: float | None = Field(default=None, ge=0, le=80)
    maximum: float | None = Field(default=None, ge=0, le=80)


class EducationWish(Wish):
    """A degree of at least `level`, in `field`, from `school`."""

    level: EducationLevel | None = None
    field: str | None = None
    school: str | None = None


class LanguageWish(Wish):
    """A human language, `name` in English."""

    name: str = Field(min_length=1)


class RequirementWish(Wish):
    """Anything else that the request asks of the person; short, and faithful."""

    kind: Kind = Kind.EXPERIENCE


class Drop(BaseModel):
    """A criterion of the previous role that the request takes back or replaces."""

    model_config = ConfigDict(frozen=True)

    kind: Kind
    value: str = Field(min_length=1, description="the criterion's value, exactly as the previous role has it")


LISTS = (
    "titles",
    "seniority",
    "locations",
    "skills",
    "industries",
    "education",
    "languages",
    "companies",
    "requirements",
)
"""The fields of a `Reading` that list criteria: all but the years."""


class Reading(BaseModel):
    """A request, read. With a previous role: only what the request adds, and in `drop` what it takes back."""

    model_config = ConfigDict(frozen=True)

    starts_over: bool = Field(
        default=True, description="true for a new request, false for an edit of the previous role"
    )
    titles: tuple[TitleWish, ...] = ()
    seniority: tuple[SeniorityWish, ...] = ()
    locations: tuple[LocationWish, ...] = ()
    years: YearsWish | None = None
    skills: tuple[Wish, ...] = ()
    industries: tuple[Wish, ...] = ()
    education: tuple[EducationWish, ...] = ()
    languages: tuple[LanguageWish, ...] = ()
    companies: tuple[Wish, ...] = ()
    requirements: tuple[RequirementWish, ...] = ()
    drop: tuple[Drop, ...] = ()
    notes: tuple[str, ...] = Field(default=(), description="remarks for the recruiter, one sentence each")

    @property
    def empty(self) -> bool:
        """True where nothing was asked for."""
        return not self.drop and self.years is None and not any(self.wishes())

    def wishes(self) -> tuple[Wish, ...]:
        """Every criterion but the years."""
        return tuple(wish for name in LISTS for wish in getattr(self, name))

    def everything(self) -> tuple[tuple[str, Wish], ...]:
        """Every criterion with the field that holds it, the years last."""
        listed = [(name, wish) for name in LISTS for wish in getattr(self, name)]
        return (*listed, *([("years", self.years)] if self.years else []))

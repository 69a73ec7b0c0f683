"""Families of occupations: who belongs together, what they know, study and earn, and where they work."""

from __future__ import annotations

from functools import cache

from pydantic import BaseModel, ConfigDict, Field

from offline.synthetic.sources import occupation_tasks
from offline.synthetic.vocabulary import read

SECTORS = ("business", "technology", "health", "public", "service")
# Never synthesised: the title alone would speak of a protected attribute, or of an elected office.
LEFT_OUT = frozenset(
    {
        "Legislators",
        "Clergy",
        "Directors, Religious Activities and Education",
        "Philosophy and Religion Teachers, Postsecondary",
        "Area, Ethnic, and Cultural Studies Teachers, Postsecondary",
    }
)


class Family(BaseModel):
    """Occupations among which people move, and what is usual there. Weights are relative."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    weight: float = Field(gt=0)
    ladder: str
    function: tuple[str, ...] = Field(description="what a manager manages: `Accounting` Manager")
    occupations: tuple[str, ...] = Field(description="O*NET names; `A .. B` is a range in the order of SOC codes")
    common: dict[str, float] = Field(description="weights of usual occupations; the others have 1/3")
    managers: tuple[str, ...]
    executives: tuple[str, ...] = ()
    executive: tuple[str, ...] = Field(description="titles at the top")
    manager_titles: tuple[str, ...] = ()
    education: tuple[float, float, float, float, float] = Field(description="shares by `EducationLevel`")
    fields: tuple[str, ...]
    technologies: tuple[str, ...]
    skills: tuple[str, ...]
    specialties: tuple[str, ...]
    license: str | None = None
    certifications: tuple[str, ...]
    metrics: tuple[str, ...]
    industries: dict[str, float]


@cache
def families() -> dict[str, Family]:
    """All families by name."""
    return {
        name: Family(name=name, **entry) for sector in SECTORS for name, entry in read(f"families-{sector}").items()
    }


@cache
def members() -> dict[str, str]:
    """O*NET occupation -> its family. An occupation named by itself counts before one inside a range."""
    order = list(occupation_tasks())
    place = {name: number for number, name in enumerate(order)}
    named: dict[str, str] = {}
    ranged: dict[str, str] = {}
    for family in families().values():
        for entry in (*family.occupations, *family.executives):
            first, dots, last = entry.partition(" .. ")
            if dots:
                ranged |= dict.fromkeys(order[place[first] : place[last] + 1], family.name)
            else:
                named[first] = family.name
        for manager in family.managers:
            ranged.setdefault(manager, family.name)
    return {name: (ranged | named)[name] for name in order if name not in LEFT_OUT}

"""Invented employers and schools. Employer `k` of an industry is the same for every person of every population."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from random import Random

from pydantic import BaseModel, ConfigDict

from offline.synthetic.dice import Choice, dice, one
from offline.synthetic.vocabulary import read
from retrieval.schema import EducationLevel

_POOL = "employers-1"  # change it with the grammar, so that names change once and for all
_SIZES = (15, 25, 40, 60, 90, 150, 220, 350, 500, 800, 1_200, 2_000, 3_500, 6_000, 11_000, 25_000, 60_000)
_SCHOOLS = 420
_PUBLIC = frozenset(
    {"Arts and Culture", "Education", "Government", "Healthcare", "Higher Education", "Nonprofit", "Public Safety"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Employer:
    """A company, agency or school that does not exist. `employees` is rounded; `startup` is venture-backed."""

    name: str
    industry: str
    employees: int
    startup: bool

    def described(self, chance: Random) -> str:
        """`Healthcare, 1,200 employees` or the like; always names the industry in its own words."""
        size = f"{self.employees:,} employees"
        if self.startup:
            return one(
                chance,
                (
                    f"{self.industry} startup, {size}",
                    f"venture-backed {self.industry} startup",
                    f"venture-backed {self.industry} company, {size}",
                ),
            )
        kind = "organization" if self.industry in _PUBLIC else "company"
        return one(chance, (f"{self.industry}, {size}", self.industry, f"{self.industry} {kind} with {size}"))


class _Trade(BaseModel):
    """How the employers of an industry are called."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    names: tuple[str, ...]
    count: int
    start: float = 0.0
    largest: int = 60_000


@cache
def _grammar() -> dict[str, _Trade]:
    return {industry: _Trade(**entry) for industry, entry in read("employers")["industries"].items()}


@cache
def _roots() -> dict[str, list[str]]:
    roots: dict[str, list[str]] = read("employers")["roots"]
    return roots


def _place_like(chance: Random) -> str:
    roots = _roots()
    first, last = one(chance, roots["first"]), one(chance, roots["last"])
    return _place_like(chance) if first[-1] == last[0] or first.lower() == last else first + last


def _coined(chance: Random) -> str:
    roots = _roots()
    first, middle, last = (one(chance, roots[part]) for part in ("coined_first", "coined_middle", "coined_last"))
    return f"{first}{middle if first[-1] in 'aeiouy' else ''}{last}"


def industries() -> tuple[str, ...]:
    """All industries that employers are in."""
    return tuple(_grammar())


@cache
def _employer(industry: str, number: int) -> Employer:
    trade = _grammar()[industry]
    chance = dice(_POOL, industry, number)
    name = one(chance, trade.names).format(r=_place_like(chance), q=_place_like(chance), c=_coined(chance))
    # The first numbers are drawn most often, so they are the large ones.
    sizes = [size for size in _SIZES if size <= trade.largest]
    place = (1 - number / trade.count) ** 1.8 * (len(sizes) - 1) + chance.uniform(-2.5, 2.5)
    startup = chance.random() < trade.start * (1.3 if number > trade.count // 3 else 0.4)
    place = min(place, 7) if startup else place
    employees = sizes[max(0, min(round(place), len(sizes) - 1))]
    return Employer(name=name, industry=industry, employees=employees, startup=startup)


@cache
def _numbers(industry: str) -> Choice[int]:
    return Choice((number, (number + 4) ** -0.7) for number in range(_grammar()[industry].count))


def employer(chance: Random, industry: str) -> Employer:
    """An employer of `industry`; large ones come up most."""
    return _employer(industry, _numbers(industry).draw(chance))


@cache
def _school(number: int) -> str:
    chance = dice(_POOL, "school", number)
    return one(
        chance,
        ("{} University", "{} State University", "University of {}", "{} College", "{} Institute of Technology",
         "{} Polytechnic University"),
    ).format(_place_like(chance))  # fmt: skip


@cache
def _schools() -> Choice[int]:
    return Choice((number, (number + 6) ** -0.6) for number in range(_SCHOOLS))


def school(chance: Random, level: EducationLevel) -> str:
    """Where a degree of `level` was taken."""
    name = _school(_schools().draw(chance))
    if level is EducationLevel.SECONDARY:
        return f"{_first_word(name)} High School"
    if level is EducationLevel.ASSOCIATE and chance.random() < 0.8:
        return f"{_first_word(name)} {one(chance, ('Community College', 'Technical College'))}"
    return name


def _first_word(school_name: str) -> str:
    return school_name.removeprefix("University of ").split()[0]

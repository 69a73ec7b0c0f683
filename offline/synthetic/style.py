"""How somebody writes a resume: drawn once a person, so that a page looks as if one hand wrote it."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from offline.synthetic.dice import Choice, one

_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
           "December")  # fmt: skip
_LENGTHS = Choice({"sparse": 0.22, "normal": 0.6, "rich": 0.18})
_ORDERS = Choice(
    {
        ("summary", "experience", "education", "skills", "languages", "certifications"): 4.0,
        ("summary", "skills", "experience", "education", "certifications", "languages"): 4.0,
        ("summary", "experience", "skills", "education", "certifications", "languages"): 2.0,
        ("summary", "skills", "experience", "certifications", "education", "languages"): 1.5,
        ("summary", "education", "experience", "certifications", "skills", "languages"): 1.5,
        ("experience", "education", "skills", "certifications", "languages"): 1.2,
        ("education", "skills", "experience", "languages", "certifications"): 0.8,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """Habits of one writer. `dates`: 0 `Mar 2019`, 1 `March 2019`, 2 `03/2019`, 3 years only, 4 `2019-03`."""

    length: str
    order: tuple[str, ...]
    heading: str
    bullet: str
    prose: bool
    dates: int
    until: str
    now: str
    entry: int
    says_industry: bool
    says_town: bool
    present: str
    separator: str
    slips: float

    def head(self, words: str) -> str:
        """A heading in this hand."""
        return {"upper": words.upper(), "colon": f"{words}:"}.get(self.heading, words)

    def date(self, month: int) -> str:
        """A month as this hand writes it."""
        year, number = divmod(month, 12)
        return (f"{_MONTHS[number][:3]} {year}", f"{_MONTHS[number]} {year}", f"{number + 1:02}/{year}", f"{year}",
                f"{year}-{number + 1:02}")[self.dates]  # fmt: skip


def draw_style(chance: Random) -> Style:
    """Habits for one person."""
    dates = one(chance, (0, 0, 0, 1, 1, 2, 2, 3, 4))
    return Style(
        length=_LENGTHS.draw(chance),
        order=_ORDERS.draw(chance),
        heading=one(chance, ("upper", "plain", "plain", "colon")),
        bullet=one(chance, ("- ", "* ", "\u2022 ", "- ", "")),
        prose=chance.random() < 0.22,
        dates=dates,
        until=one(chance, (" - ", " - ", " to ", " to " if dates == 4 else "-")),
        now=one(chance, ("Present", "Present", "Current", "present", "now")),
        entry=int(chance.random() * 6),
        says_industry=chance.random() < 0.55,
        says_town=chance.random() < 0.6,
        present=one(chance, ("present", "present", "past", "gerund")),
        separator=one(chance, (", ", ", ", ", ", " | ", "; ", "\n")),
        slips=0.25 if chance.random() < 0.12 else 0.0,
    )


def slip(chance: Random, words: str) -> str:
    """A typing slip: two letters of a longer word change places, or one is lost."""
    at = [
        i for i in range(1, len(words) - 2) if words[i].isalpha() and words[i + 1].isalpha() and words[i - 1].isalpha()
    ]
    if len(at) < 12:
        return words
    i = one(chance, at)
    if chance.random() < 0.6:
        return words[:i] + words[i + 1] + words[i] + words[i + 2 :]
    return words[:i] + words[i + 1 :]

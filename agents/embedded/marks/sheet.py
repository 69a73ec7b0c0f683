"""One profile marked for one role, and how strongly each requirement is shown."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from agents.embedded.marks.brief import Asked
from agents.embedded.marks.evidence import Reading
from agents.embedded.marks.matching import Match, Rarity, match
from agents.embedded.marks.nearness import Nearest, Passages
from agents.embedded.marks.titles import Held, held_titles
from agents.verdict import Mark
from retrieval.schema import Importance, Kind, Profile, Role

FACTS = frozenset({Kind.YEARS, Kind.SENIORITY, Kind.LOCATION, Kind.EDUCATION, Kind.LANGUAGE, Kind.COMPANY})
"""Kinds of requirements that structured fields answer."""


@dataclass(frozen=True, kw_only=True)
class Shown:
    """How far one requirement is shown: its mark, its words, and the passages nearest to it in meaning."""

    mark: Mark
    words: Match
    near: Nearest | None

    @property
    def surprise(self) -> float:
        """Deviations by which the nearest passage's cosine lies above the usual one; 0 without vectors."""
        return self.near.surprise if self.near else 0.0


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """`marks` stand in the order of `asked`."""

    role: Role
    profile: Profile
    reading: Reading
    asked: tuple[Asked, ...]
    passages: Passages
    marks: tuple[Mark, ...]
    rarity: Rarity

    @cached_property
    def shown(self) -> tuple[Shown, ...]:
        """The wanted requirements that only the text can answer: titles apart, facts apart, exclusions apart."""
        return tuple(
            self._shown(one, mark) for one, mark in self._wanted() if mark.qualification.kind is not Kind.TITLE
        )

    @cached_property
    def title(self) -> Shown | None:
        """The wanted title; `None` where none is asked for."""
        titles = [self._shown(one, mark) for one, mark in self._wanted() if mark.qualification.kind is Kind.TITLE]
        return titles[0] if titles else None

    @cached_property
    def held(self) -> tuple[Held, ...]:
        """What the person is and was called, against the wanted title; empty where none is asked for."""
        for one, mark in self._wanted():
            if mark.qualification.kind is Kind.TITLE:
                return held_titles(one, self.profile, self.reading, self.rarity)
        return ()

    def _wanted(self) -> list[tuple[Asked, Mark]]:
        pairs = zip(self.asked, self.marks, strict=True)
        return [
            (one, mark)
            for one, mark in pairs
            if mark.qualification.importance is not Importance.EXCLUDE and mark.qualification.kind not in FACTS
        ]

    def _shown(self, one: Asked, mark: Mark) -> Shown:
        return Shown(mark=mark, words=match(one.need, self.reading, self.rarity), near=self.passages.nearest(one))

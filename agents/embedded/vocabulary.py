"""Which words are titles, skills, industries, companies: the population's own values first, then the lexicon."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol

from agents.embedded.grammar import expression, words
from retrieval.lexicon import find_languages, skill_names
from retrieval.lexicon.titles import singular, title_nouns

WORD = re.compile(r"[^\W_](?:[^\s,;:()\"!?<>\[\]{}|*\u2022]*[^\W_]|[+#]+)?[+#]*|\.NET\b|&", re.IGNORECASE)
_LONGEST = 6
# Single words in small letters that name no skill by themselves, whatever a list says.
_PLAIN = words("vocabulary.plain")


class Facets(Protocol):
    """What a snapshot's attributes offer: the values of a facet with how many people have each."""

    def values(self, facet: str) -> Mapping[str, int]:
        """Normalised value -> count."""
        ...


@dataclass(frozen=True)
class Vocabulary:
    """Values of the population by facet, lower-cased, with counts; all empty where no snapshot is open."""

    titles: Mapping[str, int] = field(default_factory=dict)
    skills: Mapping[str, int] = field(default_factory=dict)
    industries: Mapping[str, int] = field(default_factory=dict)
    companies: Mapping[str, int] = field(default_factory=dict)
    schools: Mapping[str, int] = field(default_factory=dict)
    certifications: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, facets: Facets) -> Vocabulary:
        """The vocabulary of one snapshot."""
        return cls(
            titles=facets.values("title"),
            skills=facets.values("skill"),
            industries=facets.values("industry"),
            companies=facets.values("company"),
            schools=facets.values("school"),
            certifications=facets.values("certification"),
        )

    @cached_property
    def nouns(self) -> frozenset[str]:
        """Nouns that titles end in: the lexicon's, and those that end three titles of the population or more."""
        ends: dict[str, int] = {}
        for title, count in self.titles.items():
            words = title.split()
            if 2 <= len(words) <= 5 and words[-1].isalpha() and len(words[-1]) > 3:
                ends[words[-1]] = ends.get(words[-1], 0) + count
        agents = {
            word
            for word, count in ends.items()
            if count >= 5 and re.search(r"(?:er|or|ist|ian|ant|ician|man|person)$", word)
        }
        return (title_nouns() | agents) - {
            "cpa",
            "center",
            "department",
            "other",
            "order",
            "number",
            "paper",
            "water",
            "computer",
            "owner operator",
        }

    def is_noun(self, word: str) -> bool:
        """Whether `word`, or what it is the plural of, says what somebody is ("nurses")."""
        low = word.lower().strip(".'")
        return low in self.nouns or singular(low) in self.nouns

    def is_title(self, phrase: str) -> bool:
        """Whether the population has the phrase as a title."""
        return self.titles.get(phrase.lower(), 0) > 0

    def is_skill(self, phrase: str, *, written: str) -> bool:
        """Whether a phrase (single spaces, lower case) names a skill; `written` is how the text has it.

        One plain word needs more than being on a list: the population must use it, or it is written like a name.
        """
        known = phrase in skill_names()
        count = self.skills.get(phrase, 0)
        if " " in phrase:
            return known or count >= 3
        if phrase in _PLAIN or find_languages(written) or (len(phrase) < 2 and phrase not in ("c", "r")):
            return False
        named = (
            any(c.isupper() for c in written[1:])
            or any(c in "+#./0123456789" for c in written)
            or (len(written) == 1 and written.isupper())
        )
        if named:
            return known or count >= 1
        if written[:1].isupper():
            # A capital may only begin a sentence.
            return known
        return known and (count >= 2 or not self.skills) and len(phrase) > 3

    def skills_in(self, text: str, start: int, end: int) -> list[tuple[int, int]]:
        """Ranges of the longest skills in `text[start:end]`, left to right, without overlaps."""
        words = [match.span() for match in WORD.finditer(text, start, end)]
        found: list[tuple[int, int]] = []
        at = 0
        while at < len(words):
            for length in range(min(_LONGEST, len(words) - at), 0, -1):
                first, last = words[at][0], words[at + length - 1][1]
                written = text[first:last]
                if length > 1 and re.search(r"[,;:()\n]", written):
                    continue
                phrase = " ".join(written.lower().split())
                if length == 1 and written.islower() and not _stands_alone(text, first, last):
                    continue
                if self.is_skill(phrase, written=written):
                    found.append((first, last))
                    at += length - 1
                    break
            at += 1
        return found


_JOINED = expression("vocabulary.joined")
_ENDED = expression("vocabulary.ended")


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Whether a word is not one of a longer name: "risk" in "knows risk", not in "credit risk policy"."""
    return bool(_JOINED.search(text[max(0, start - 16) : start]) and _ENDED.match(text[end : end + 16]))

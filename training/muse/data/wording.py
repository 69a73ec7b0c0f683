"""Words for requests that no one person brought: titles and skills that several people or public lists know."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from offline.synthetic.sources import PROTECTED
from retrieval.lexicon.skills import skill_names
from retrieval.lexicon.titles import occupation_titles, title_nouns
from retrieval.schema import Profile
from retrieval.text_index import analyze

SEVERAL = 3
"""People who must say the same before it may be said of none of them."""
_TITLE = re.compile(r"[A-Za-z][A-Za-z&'/ -]{2,44}")
_SKILL = re.compile(r"[A-Za-z][A-Za-z0-9+#./&' -]{1,31}")
_MASK = re.compile(r"\b(?:company|city|state|name|confidential|current|present)\b", re.IGNORECASE)
_ASIDE = re.compile(r"\(.*?\)|\s(?:I{1,3}|IV|V)$")
_PARTS = re.compile(r" - | / |[,;|]")


@dataclass(frozen=True, kw_only=True)
class Wording:
    """Says of a title or a skill of a profile how it may be asked for, or that it may not."""

    titles: frozenset[str]
    skills: frozenset[str]
    """Stems of those that `SEVERAL` people have."""
    employers: frozenset[str]
    public: frozenset[str]
    """Stems of titles from public lists."""

    @classmethod
    def of(cls, profiles: Iterable[Profile], *, public: Iterable[str] = ()) -> Wording:
        """Count what people say. `public` titles may be said whoever has them, as O*NET's occupations always may."""
        titles: Counter[str] = Counter()
        skills: Counter[str] = Counter()
        employers: set[str] = set()
        for profile in profiles:
            titles.update({key for job in profile.positions if (key := _key(plain_title(job.title)))})
            skills.update({key for skill in profile.skills if (key := _key(plain_skill(skill.name)))})
            employers.update(_key(job.company) for job in profile.positions if job.company)
        return cls(
            titles=frozenset(key for key, count in titles.items() if count >= SEVERAL),
            skills=frozenset(key for key, count in skills.items() if count >= SEVERAL),
            employers=frozenset(employers),
            public=frozenset(map(_key, (*occupation_titles(), *public))),
        )

    def title(self, said: str | None) -> str:
        """The title as a request may name it; empty where it may not: known to few, no trade, or an employer's name."""
        title = plain_title(said)
        key = _key(title)
        if not key or PROTECTED.search(title):
            return ""
        if key in self.public:
            return title
        trade = any(word in title_nouns() for word in title.lower().split())
        return title if key in self.titles and trade and key not in self.employers else ""

    def skill(self, said: str | None) -> str:
        """The skill as a request may name it; empty where it may not."""
        skill = plain_skill(said)
        key = _key(skill)
        if not key or PROTECTED.search(skill):
            return ""
        if skill.lower() in skill_names():
            return skill
        return skill if " " in key and key in self.skills and key not in self.employers else ""


def plain_title(said: str | None) -> str:
    """A title without parentheses, its number, and what follows a comma or dash; empty where it is none."""
    title = " ".join(_PARTS.split(_ASIDE.sub("", " ".join((said or "").split())))[0].split()).strip(" -/")
    return title if _TITLE.fullmatch(title) and not _MASK.search(title) else ""


def plain_skill(said: str | None) -> str:
    """A skill of at most four words; empty where it is none."""
    skill = " ".join((said or "").split()).strip(" .,-")
    return skill if _SKILL.fullmatch(skill) and len(skill.split()) <= 4 and not _MASK.search(skill) else ""


def _key(said: str | None) -> str:
    return " ".join(analyze(said or ""))

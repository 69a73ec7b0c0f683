"""What may be learned at all: nothing protected, and nothing that stands for it."""

from __future__ import annotations

import re
import tomllib
from functools import cache, lru_cache
from pathlib import Path

from agents.policy import screen
from retrieval.lexicon import find_languages, find_places
from retrieval.schema import Trait

ALLOWED: frozenset[Trait] = frozenset(
    ("title", "seniority", "skill", "company", "industry", "education", "field", "certification", "years")
)
"""What may be inferred from people. Places, schools, languages and dates say too much of origin and age."""
LONGEST = 80
"""Characters of a value; what is longer is a sentence of somebody's profile."""

_ASKED = ("Must have {}.", "Must be {}.", "Prefers {} people.", "Only {} candidates.")
"""The screen reads criteria, so a value is held out to it as several: one refusal is enough."""


@lru_cache(maxsize=1 << 14)
def permitted(trait: Trait, value: str, *, stated: bool = False) -> bool:
    """Whether a preference for people with `value` may be kept.

    `stated` is for what the recruiter asked for in so many words, which may be a place. Years are learned only as
    "at least", by whoever calls: fewer years would stand for youth.
    """
    if trait not in ALLOWED and not (stated and trait == "location"):
        return False
    if trait in {"education", "seniority", "years"}:
        return True  # levels and numbers of our own, no words of anybody's
    words = " ".join(value.casefold().split())
    if not words or len(words) > LONGEST or _withheld().search(words) or find_languages(words.title()):
        return False
    if trait == "location":
        return not screen(f"Must live in {words}.").refused
    if find_places(words.title()):
        return False
    return not any(screen(form.format(words)).refused for form in _ASKED)


@cache
def _withheld() -> re.Pattern[str]:
    listed = tomllib.loads((Path(__file__).parent / "withheld.toml").read_text(encoding="utf-8"))
    words = "|".join(word for attribute in listed.values() for word in attribute)
    return re.compile(rf"\b(?:{words})\b")

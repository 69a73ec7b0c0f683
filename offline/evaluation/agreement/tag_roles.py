"""A role from a job that is only a list of tags, as job boards keep them: titles, and skills that help."""

from __future__ import annotations

import re
from collections.abc import Sequence

from retrieval.lexicon.titles import singular, title_nouns
from retrieval.schema import Criterion, Importance, Role

_NO_TITLE = {"lead", "staff", "host", "model", "sub", "member", "head", "executive", "cpa", "associate"}
"""Title nouns that a tag needs another word for: "executive" alone is none."""


def role_of_tags(tags: Sequence[str]) -> Role:
    """A role whose titles are the tags that look like one; every other tag is a skill that is nice to have.

    Nobody wrote which tags are required, so no skill is. `sales/business development manager` gives two titles. The
    text is the tags in their order, which is all there is.
    """
    titles: list[str] = []
    skills: list[str] = []
    for tag in dict.fromkeys(" ".join(tag.lower().split()) for tag in tags):
        found = _titles(tag)
        (titles if found else skills).extend(found or [tag] if tag else [])
    return Role(
        text=", ".join(tags),
        titles=tuple(Criterion(value=title) for title in dict.fromkeys(titles)),
        skills=tuple(Criterion(value=skill, importance=Importance.NICE) for skill in dict.fromkeys(skills)),
    )


def _titles(tag: str) -> list[str]:
    """The titles a tag names; empty where it is none. What stands after a dash names the branch and is dropped."""
    name = re.split(r"\s*[-(]\s*(?=it\b|software|retail|sales)", tag)[0]
    parts = [part.strip() for part in name.split("/") if part.strip()]
    if not parts or not _is_title(parts[-1]):
        return []
    *before, last = parts
    noun = last.split()[-1]
    # "sales executive/officer": the noun changes; "sales/business development manager": what stands before it does
    whole = [part for part in before if _is_title(part)]
    if len(last.split()) == 1 and whole and len(whole[-1].split()) > 1:
        last = f"{whole[-1].rpartition(' ')[0]} {last}"
    return [part if part in whole or part == noun else f"{part} {noun}" for part in before] + [last]


def _is_title(words: str) -> bool:
    *before, noun = words.split()
    nouns = title_nouns() | {"webmaster", "fresher"}
    return singular(noun) in nouns and (bool(before) or noun not in _NO_TITLE)

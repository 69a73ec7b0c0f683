"""Occupations as O*NET names them, and the nouns that job titles end in."""

from __future__ import annotations

import csv
import re
from functools import cache

from retrieval.lexicon.phrases import table
from retrieval.lexicon.skills import laiser_file

_SAME = {"Sales", "Services", "Operations", "Systems", "Logistics", "Mathematics"}


@cache
def occupation_titles() -> tuple[str, ...]:
    """O*NET's occupations in its own words ("Registered Nurses"), sorted; about 900."""
    with laiser_file("task_taxonomy.csv").open(encoding="utf-8", newline="") as lines:
        return tuple(
            sorted(
                {
                    row[1].partition(" | ")[0].strip()
                    for row in csv.reader(lines)
                    if row[2] == "onet_task" and " | " in row[1]
                }
            )
        )


def singular(word: str) -> str:
    """One of several: "Nurses" -> "Nurse", "Secretaries" -> "Secretary"; words that are no plural stay."""
    if word.endswith("men") and len(word) > 4:
        return word[:-3] + "man"
    if word in _SAME or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies"):
        return word[:-3] + "y"
    if word.endswith(("sses", "shes", "ches")):
        return word[:-2]
    return word[:-1]


@cache
def title_nouns() -> frozenset[str]:
    """Lower-cased nouns that say what somebody is ("nurse", "welder"), from O*NET's titles and a short table."""
    nouns = {word for row in table("title_nouns") for word in row[0].split()}
    for title in occupation_titles():
        head = title.split(",")[0].split(" and ")[-1].split()[-1]
        word = singular(head).lower()
        if head.lower() != word and word.endswith(("er", "or", "ist", "ian", "ant", "ent", "ee", "man", "ic", "se")):
            nouns.add(word)
    return frozenset(nouns)


@cache
def title_words() -> frozenset[str]:
    """Lower-cased words of four letters and more that occupations' names are made of, and a few short ones ("hr")."""
    small = {"and", "except", "other", "first", "line", "general", "special", "from", "with"}
    more = {
        "hr",
        "it",
        "ux",
        "banking",
        "finance",
        "tech",
        "technology",
        "accounting",
        "nursing",
        "internship",
        "operations",
    }
    words = {word for title in occupation_titles() for word in re.findall(r"[a-z]{4,}", title.lower())}
    return frozenset((words | more) - small)

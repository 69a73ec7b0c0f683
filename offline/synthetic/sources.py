"""Reads the packaged O*NET and ESCO lists (`laiser`, CC BY 4.0) as files; the package itself is never imported."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path

# Tasks and skills that speak of these are left out, so that no profile hints at what nobody may be searched by.
PROTECTED = re.compile(
    r"\b(?:relig\w*|ethnic\w*|gender\w*|racial|race|minorit\w*|nationalit\w*|marital|sexual\w*|worship|church\w*"
    r"|prayer\w*|clergy|holy|sermons?|priests?|parish\w*|bibl\w*|theolog\w*)\b",
    re.IGNORECASE,
)


class SourceMissing(RuntimeError):
    """The packaged lists are not installed; the message says what to install."""


def _rows(name: str) -> Iterator[dict[str, str]]:
    found = find_spec("laiser")
    folder = next(iter(found.submodule_search_locations or ()), None) if found else None
    path = Path(folder) / "public" / name if folder else None
    if path is None or not path.is_file():
        raise SourceMissing(f"the occupation data `{name}` is not installed; run `pip install laiser==1.0`")
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


@cache
def occupation_tasks() -> dict[str, tuple[str, ...]]:
    """O*NET occupation name -> its tasks, both in O*NET's words, in the order of the SOC codes."""
    tasks: dict[str, list[str]] = {}
    for row in _rows("task_taxonomy.csv"):
        if row["taxonomy"] == "onet_task":
            name, _, task = row["description"].partition(" | ")
            tasks.setdefault(name, []).append(task)
    return {name: tuple(listed) for name, listed in tasks.items()}


@cache
def esco_deeds() -> tuple[str, ...]:
    """Names of ESCO skills worded as something done (`manage budgets`), of two to five words."""
    return _short(row["skill_name"] for row in _rows("faiss_skills.csv") if row["taxonomy"] == "ESCO")


@cache
def esco_knowledge() -> tuple[str, ...]:
    """Names of ESCO knowledge (`contract law`), of two to five words."""
    return _short(row["name"] for row in _rows("knowledge_taxonomy.csv") if row["taxonomy"] == "esco_knowledge")


def _short(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(
        dict.fromkeys(
            name
            for name in names
            if "(" not in name
            and 2 <= len(name.split()) <= 5
            and name[0].islower()
            and not name.startswith("types of")
            and not PROTECTED.search(name)
        )
    )

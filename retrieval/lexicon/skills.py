"""Names of skills: ESCO, O*NET technologies, Open Skills Network, from laiser's files (CC BY), and short names."""

from __future__ import annotations

import csv
import re
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from retrieval.lexicon.phrases import table

_LONGEST = 60
# "Structured query language SQL", "Amazon Web Services AWS software": the short name is the one people write.
_ACRONYM = re.compile(r"^(?P<words>.+?) (?P<short>[A-Z][A-Z0-9+#./-]{1,7})(?: software| tools?)?$")


class LexiconMissingError(RuntimeError):
    """The package that carries a word list is not installed."""


def laiser_file(name: str) -> Path:
    """A file of the `laiser` distribution, found without importing it (that would load models).

    Raises:
        LexiconMissingError: `laiser` or the file is not there.
    """
    spec = find_spec("laiser")
    folders = spec.submodule_search_locations if spec else None
    path = Path(next(iter(folders))) / "public" / name if folders else None
    if path is None or not path.is_file():
        raise LexiconMissingError(f"the word list {name} is missing; install it with: pip install laiser==1.0")
    return path


@cache
def skill_names() -> dict[str, str]:
    """Lower-cased name or alias -> canonical name. About 90,000 entries; a name beats an alias of another."""
    names: dict[str, str] = {}
    aliases: dict[str, str] = {}
    with laiser_file("faiss_skills.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.reader(lines):
            _, name, others, _, taxonomy, _ = row
            if taxonomy in ("ESCO", "ONET_TECH"):
                canonical = _plain(name)
                names.setdefault(canonical.lower(), canonical)
                for other in others.split("\n") if "\n" in others else others.split(", "):
                    aliases.setdefault(_plain(other).lower(), canonical)
                acronym = _ACRONYM.match(canonical) if taxonomy == "ONET_TECH" else None
                if acronym and _spells(acronym["words"], acronym["short"]):
                    aliases.setdefault(acronym["words"].lower(), canonical)
                    aliases.setdefault(acronym["short"].lower(), canonical)
            elif others and taxonomy == "OSN":
                # There the skill is a sentence and the "alias" is the keyword people know.
                keyword = _plain(others)
                names.setdefault(keyword.lower(), keyword)
    with laiser_file("knowledge_taxonomy.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.reader(lines):
            if row[2] == "esco_knowledge":
                names.setdefault(_plain(row[0]).lower(), _plain(row[0]))
    for canonical, others in table("skill_aliases"):
        names.setdefault(canonical.lower(), canonical)
        for other in others.split(", "):
            aliases[other.lower()] = names[canonical.lower()]
            names.pop(other.lower(), None)
    found = {**aliases, **names}
    return {name: canonical for name, canonical in found.items() if 1 < len(name) <= _LONGEST or name in ("c", "r")}


def _plain(name: str) -> str:
    """A name without the remark in parentheses behind it, on one line."""
    return " ".join(re.sub(r"\s*\([^)]*\)$", "", name).split())


def _spells(words: str, short: str) -> bool:
    initials = "".join(word[0] for word in re.findall(r"[A-Za-z0-9]+", words)).lower()
    letters = re.sub(r"[^a-z0-9]", "", short.lower())
    return (
        len(letters) > 1
        and initials[:1] == letters[:1]
        and (letters in initials or initials[: len(letters)] == letters or len(initials) > 1)
    )

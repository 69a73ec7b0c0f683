"""Employers in a request: after words of employment and written like a name."""

from __future__ import annotations

import re
from collections.abc import Sequence

from agents.embedded.facts import Fact, FactKind
from agents.embedded.grammar import expression
from agents.embedded.ranges import Range
from agents.embedded.vocabulary import Vocabulary

_EMPLOYED = expression("facts.employed", any_case=False)
_NAME = r"[A-Z][\w&'\u2019+-]*(?:\.\w+)*"
_MORE = re.compile(rf"\s*(?:,|or|and|/|, or)\s+(?P<name>{_NAME}(?:\s+{_NAME}){{0,3}})")
_TOOL = re.compile(r"(?:in|with)\s*$", re.IGNORECASE)


def find_employers(text: str, vocabulary: Vocabulary, taken: Sequence[int]) -> list[Fact]:
    """Companies wanted, in order. After a bare "from" or "at", only known ones.

    `taken` marks the characters of `text` that say something else.
    """
    found: list[Fact] = []
    for match in _EMPLOYED.finditer(text):
        name = match.span("name")
        if any(taken[slice(*name)]) or name[1] - name[0] < 2 or not _employer(text, match, vocabulary):
            continue
        found.append(_fact(text, match.start(), name))
        more = _MORE.match(text, name[1])
        while more and not any(taken[more.start("name") : more.end("name")]):
            found.append(_fact(text, more.start("name"), more.span("name")))
            more = _MORE.match(text, more.end("name"))
    return found


def _employer(text: str, match: re.Match[str], vocabulary: Vocabulary) -> bool:
    """Whether a name is a company's, and not a tool's ("worked with Java") or a mere origin's."""
    low = match["name"].lower()
    if low in vocabulary.companies:
        return True
    if re.match(r"(?:from|at)\s", match[0]):
        return False
    tool = _TOOL.search(text, match.start(), match.start("name"))
    return not (tool and vocabulary.is_skill(low, written=match["name"]))


def _fact(text: str, start: int, name: Range) -> Fact:
    return Fact(kind=FactKind.COMPANY, start=start, end=name[1], first=name[0], last=name[1], name=text[slice(*name)])

"""Requests that list roles: numbered or bulleted lines, "Open roles: a, b, c", lines and semicolons."""

from __future__ import annotations

import re
from itertools import pairwise

from agents.embedded.grammar import expression
from agents.embedded.openings import ASKS, Opening, opening_at
from agents.embedded.ranges import Range, trim
from agents.embedded.vocabulary import Vocabulary

_ITEM = expression("roles.item")
_NUMBERED = expression("roles.numbered")
_HEADING = expression("roles.heading")
_COMMAS = re.compile(r"\s*(?:,\s*(?:(?:and|plus)\s+)?|;\s*(?:and\s+)?|\n+|\s(?:and|plus|&|\+)\s)\s*")
_BREAKS = re.compile(r"\s*(?:;|\n)\s*(?:and\s+)?")
_STOP = re.compile(r"[.!?](?=\s|$)|\n\s*\n")


def listed(text: str, vocabulary: Vocabulary) -> list[Opening]:
    """The roles of a list, where every item of it begins with one; else none."""
    for items in (_marked(text), _headed(text), _broken(text)):
        if len(items) < 2:
            continue
        found = _openings(text, items, vocabulary)
        if found:
            return found
    return []


def may_list(text: str) -> bool:
    """Whether `text` has the form of a list."""
    return any(len(items) > 1 for items in (_marked(text), _headed(text), _broken(text)))


def _openings(text: str, items: list[tuple[int, int, int]], vocabulary: Vocabulary) -> list[Opening]:
    found = []
    for begin, start, end in items:
        first, last = trim(text, start, end)
        one = opening_at(text, begin, first, last, vocabulary, asked=True)
        if one is None:
            return []
        found.append(one)
    return found


def _marked(text: str) -> list[tuple[int, int, int]]:
    """Items behind bullets or numbers, at the head of lines or all in one: (where the mark begins, start, end)."""
    marks = [match.span() for match in _ITEM.finditer(text)]
    if len(marks) < 2:
        marks = [match.span() for match in _NUMBERED.finditer(text)]
    return _between(text, marks, until=len(text))


def _headed(text: str) -> list[tuple[int, int, int]]:
    """Items behind "Open roles:" and the like, up to the end of the sentence."""
    heading = _HEADING.match(text)
    if not heading:
        return []
    stop = _STOP.search(text, heading.end())
    end = stop.start() if stop else len(text)
    return _between(text, [(heading.end(), heading.end()), *_cuts(_COMMAS, text, heading.end(), end)], until=end)


def _broken(text: str) -> list[tuple[int, int, int]]:
    """Items that only lines or semicolons part. They are roles for sure where they are asked for, or each has
    conditions of its own."""
    lead = ASKS.match(text)
    start = lead.end() if lead and lead["ask"] else 0
    cuts = _cuts(_BREAKS, text, start, len(text.rstrip(" .")))
    items = _between(text, [(start, start), *cuts], until=len(text))
    own = sum(bool(re.search(r"[,(:]|\b(?:in|with|who|at|near)\b", text[first:last])) for _, first, last in items)
    return items if start or (len(items) > 1 and own == len(items)) else []


def _cuts(shape: re.Pattern[str], text: str, start: int, end: int) -> list[Range]:
    return [match.span() for match in shape.finditer(text, start, end)]


def _between(text: str, marks: list[Range], *, until: int) -> list[tuple[int, int, int]]:
    edges = [*marks, (until, until)]
    items = [(mark[0], mark[1], following[0]) for mark, following in pairwise(edges)]
    return [item for item in items if text[item[1] : item[2]].strip()]

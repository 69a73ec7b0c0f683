"""A request cut into clauses, each a wish of its own with an importance; every clause is a range of the text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from agents.embedded import cues
from agents.embedded.importance import weigh
from agents.embedded.pieces import SHORT, pieces
from agents.embedded.ranges import Fence, Range
from agents.embedded.sentences import sentences
from retrieval.schema import Importance

_LOOSE = " ,.;:()\"'"
_OWN_VERB = re.compile(r"\s*(?:with|has|have|must|should|who|but|at least|\d|only|based|prefer)", re.IGNORECASE)
_LAST_ITEM = re.compile(r"^\s*(?:or|and|nor)\s|\s(?:or|nor)\s", re.IGNORECASE)
_PLURAL_VERB = re.compile(r"\s*(?:are|would all be)\b", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Clause:
    """`text[start:end]`, its cue words taken off; `unneeded` where it says that something is not required."""

    start: int
    end: int
    importance: Importance
    unneeded: bool = False


def clauses(text: str, *, whole: Sequence[Range] = ()) -> list[Clause]:
    """The clauses of `text` in order. Nothing in `whole` is cut in two."""
    found: list[Clause] = []
    fence = Fence(whole)
    standing: Importance | None = None
    for start, end in sentences(text, fence):
        header = cues.HEADER.match(text, start, end)
        if header is None:
            if text[max(0, start - 2) : start].count("\n") > 1:
                standing = None
            found += _sentence(text, start, end, standing, fence)
            continue
        scope = Importance(header.lastgroup or "must")
        if text[header.end() : end].strip():
            found += _sentence(text, header.end(), end, scope, fence)
        else:
            # A heading on its own line governs the lines below it, up to a blank one.
            standing = scope
    return found


def _sentence(text: str, start: int, end: int, scope: Importance | None, fence: Fence) -> list[Clause]:
    """Clauses of one sentence. `scope` is what a heading said of all of it."""
    cut = pieces(text, start, end, fence)
    made: list[Clause] = []
    carried: Importance | None = None
    for number, piece in enumerate(cut):
        weighed = weigh(text, *piece)
        importance = weighed.importance
        if importance is None:
            inherited = carried if carried and _goes_on(text, cut, number) else None
            importance = scope or inherited or Importance.MUST
        else:
            # "Nice to have X, Y and Z" binds all it lists; "not managers, directors or VPs" too.
            begins = number == 0 or importance is Importance.EXCLUDE
            carried = importance if begins and piece[0] < weighed.start else None
        if text[weighed.start : weighed.end].strip(_LOOSE):
            made.append(Clause(start=weighed.start, end=weighed.end, importance=importance, unneeded=weighed.unneeded))
    return _spread_back(text, made)


def _goes_on(text: str, cut: list[Range], number: int) -> bool:
    """Whether a piece goes on with the list before it: short, without a verb, and the list ends in "or" or "and"."""
    here = text[slice(*cut[number])]
    if len(here.split()) > SHORT or _OWN_VERB.match(here):
        return False
    return any(_LAST_ITEM.search(text[slice(*piece)]) for piece in cut[number:])


def _spread_back(text: str, made: list[Clause]) -> list[Clause]:
    """In "X, Y and Z are a plus" the plural verb speaks of the whole list, where all of its items are short."""
    if len(made) < 2 or made[-1].importance is not Importance.NICE:
        return made
    if not _PLURAL_VERB.match(text[made[-1].end : made[-1].end + 40]):
        return made
    spread = list(made)
    for at in range(len(made) - 2, -1, -1):
        clause = made[at]
        long = len(text[clause.start : clause.end].split()) > SHORT
        if long or clause.importance is not Importance.MUST or (at == 0 and len(made) > 3):
            break
        spread[at] = replace(clause, importance=Importance.NICE)
    return spread

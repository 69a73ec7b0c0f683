"""A sentence cut into pieces: at commas, and where "and" or "but" begins a wish of its own; alternatives stay."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from agents.embedded import cues
from agents.embedded.grammar import expression
from agents.embedded.ranges import Fence, Range, apart

SHORT = 4
"""Words that an item of a list has at most."""

_COMMA = re.compile(r",(?!\d{3}\b)")
_GOVERNS = expression("pieces.governs")
_OR_FIRST = re.compile(r"\s*(?:and/or|or|nor)\s", re.IGNORECASE)
_OR_INSIDE = re.compile(r"\s(?:or|and/or)\s", re.IGNORECASE)
_PARENTHESES = re.compile(r"\([^()\n]{0,300}\)")
_OWN_WISH = expression("pieces.own_wish")
_VERB_FORM = expression("pieces.verb_form", any_case=False)
_CUE_AND = expression("pieces.cue_and")


def pieces(text: str, start: int, end: int, fence: Fence) -> list[Range]:
    """The pieces of `text[start:end]`, none of them without a word."""
    cuts = [cut for cut in _joined(text, start, end, _commas(text, start, end, fence)) if cut[0] < end]
    cuts += _wishes(text, start, end, fence, cuts)
    found: list[Range] = []
    place = start
    for first, last in sorted(cuts):
        if first >= place:
            found.append((place, first))
        place = max(place, min(last, end))
    found.append((place, end))
    return [piece for piece in found if text[slice(*piece)].strip(" ,.;:()\"'")]


def _remarks(text: str, start: int, end: int) -> list[Range]:
    """Parentheses that explain ("compliance (Joint Commission, CMS)"), not those that open a wish of their own."""
    return [match.span() for match in _PARENTHESES.finditer(text, start, end) if not _OWN_WISH.match(match.group())]


def _commas(text: str, start: int, end: int, fence: Fence) -> list[Range]:
    remarks = _remarks(text, start, end)
    return [
        match.span()
        for match in _COMMA.finditer(text, start, end)
        if apart(match.span(), remarks) and not fence.holds(match.start())
    ]


def _wishes(text: str, start: int, end: int, fence: Fence, commas: list[Range]) -> Iterator[Range]:
    """Where a wish begins without a comma: "and don't show me ...", "X but not Y", "and knows Z"."""
    remarks = _remarks(text, start, end)
    last = start
    waiting = sorted(commas, reverse=True)
    found = [
        match.span()
        for shape in (_CUE_AND, cues.EXCLUDE_INSIDE, _VERB_FORM)
        for match in shape.finditer(text, start, end)
    ]
    for span in sorted(found):
        while waiting and waiting[-1][1] <= span[0]:
            last = waiting.pop()[1]
        # "I am not interested in X" is cut before its "I", if at all.
        led = cues.EXCLUDE.match(text, last, min(end, span[1] + 200))
        if fence.holds(span[0] + 1) or not apart(span, remarks) or (led and led.end() > span[1]):
            continue
        yield span


def _joined(text: str, start: int, end: int, cuts: list[Range]) -> list[Range]:
    """Commas without those inside a list of alternatives ("in Python, C, or Verilog", "SAP, or Oracle")."""
    edges = [start, *(first for first, _ in cuts), end]
    items = [text[first:last].lstrip(",") for first, last in pairwise(edges)]
    short = [len(item.split()) <= SHORT for item in items]
    dropped: set[int] = set()
    at = 0
    while at < len(items):
        if _GOVERNS.search(items[at]):
            last = at
            while last + 1 < len(items) and short[last + 1]:
                last += 1
            ends = [i for i in range(at + 1, last + 1) if _OR_FIRST.match(items[i]) or _OR_INSIDE.search(items[i])]
            if ends:
                dropped.update(range(at, ends[0]))
            at = ends[0] if ends else last
        elif at + 1 < len(items) and _OR_FIRST.match(items[at + 1]):
            # Without a head, bare short items go together; the first item of a sentence is its head.
            first = at
            while first > 1 and short[first] and short[first - 1]:
                first -= 1
            dropped.update(range(first, at + 1))
        at += 1
    return [cut for number, cut in enumerate(cuts) if number not in dropped]

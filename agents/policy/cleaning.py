"""What to blank around refused words, so that no "and" or "only" is left hanging."""

from __future__ import annotations

import re

from agents.policy.rules import rules

Range = tuple[int, int]

_BOUNDARY = re.compile(r"[,;:!?()\n]|\.(?=\s|$)")
_WORD = re.compile(r"[\w'+#]+")
_JOINERS = re.compile(
    r"(?:(?<![\w'])(?:and|or|but|nor|only|preferably|ideally|prefer|must be|should be|who is|who are|that is|that are|"
    r"is|are|be|a|an|no|not|with|for|by|in|exclude|excluding|avoid|hide|without|except)[ \n])+$"
)
_FOLLOWERS = re.compile(r"[ \n]*(?:and|or|but|nor|only|preferred|please|need not apply)(?!\w)")


def blanks(said: str, refused: list[Range]) -> list[Range]:
    """Ranges that cover `refused` (sorted, apart); all of a piece between punctuation where nothing is left of it."""
    edges = [*(match.start() for match in _BOUNDARY.finditer(said)), len(said)]
    found: list[Range] = []
    start = 0
    at = 0
    waiting = list(refused)
    while waiting:
        while edges[at] <= waiting[0][0]:
            start = edges[at]
            at += 1
        inside: list[Range] = []
        while waiting and waiting[0][0] < edges[at]:
            inside.append(waiting.pop(0))
            while edges[at] < inside[-1][1]:
                at += 1
        found += _clean(said, start, edges[at], inside)
    return found


def _clean(said: str, start: int, end: int, refused: list[Range]) -> list[Range]:
    """The ranges to blank within one piece that ends at `end`."""
    filler = rules().filler
    place = start
    left: list[str] = []
    for first, last in [*refused, (end, end)]:
        left += _WORD.findall(said[place:first])
        place = last
    if all(word in filler for word in left):
        return [(start, end)]
    cleaned: list[Range] = []
    for first, last in refused:
        before = _JOINERS.search(said, start, first) if not _WORD.search(said, last, end) else None
        follows = _FOLLOWERS.match(said, last, end) if not _WORD.search(said, start, first) else None
        cleaned.append((before.start() if before else first, follows.end() if follows else last))
    return cleaned

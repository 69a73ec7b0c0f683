"""What belongs to which of several roles: their own words, what all share, what a later sentence adds to one."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from agents.embedded.grammar import expression
from agents.embedded.openings import Opening
from agents.embedded.ranges import Fence, Range, trim
from agents.embedded.requirements import says_something
from agents.embedded.sentences import sentences
from agents.embedded.whereabouts import find_whereabouts
from agents.project.decomposition import Copied, Decomposition, PartWish
from retrieval.lexicon import find_places
from retrieval.lexicon.titles import singular

_SHARES = expression("roles.shares")
_STATES = expression("roles.states")
_INSIDE = re.compile(r"\s*[,;(]\s*(?:and\s+)?(?=(?:all|both|each|everyone|everybody)\b)", re.IGNORECASE)
_SITE = re.compile(
    r"\s+(?:offices?|clinics?|stores?|sites?|branch(?:es)?|hospitals?|plants?|locations?|hub|labs?|warehouses?|teams?|"
    r"restaurants?|schools?|campus)\b",
    re.IGNORECASE,
)
_LED = re.compile(r"\b(?:in|at|near|around|across)\s+$", re.IGNORECASE)
_HOW = re.compile(
    r"[\s,]*(?:(?:remote(?:ly)?|on-?site|hybrid|full[- ]time|part[- ]time|contract|temporary|permanent|immediately|"
    r"asap)[\s,]*)+$",
    re.IGNORECASE,
)
_OF_ONE = re.compile(r"(?:for\s+)?(?:the|our)\s+(?P<words>[\w-]+(?:\s+[\w-]+){0,4})", re.IGNORECASE)


@dataclass(kw_only=True)
class _Part:
    opening: Opening
    start: int
    end: int
    more: list[Range] = field(default_factory=list)


def apportioned(text: str, openings: list[Opening]) -> Decomposition:
    """The parts of a request whose roles open there, and what they share."""
    ends = [*(one.begin for one in openings[1:]), len(text)]
    parts = [
        _Part(opening=one, start=one.start, end=trim(text, one.start, end)[1])
        for one, end in zip(openings, ends, strict=True)
    ]
    shared = _before(text, openings[0])
    shared += _behind(text, parts)
    return Decomposition(
        parts=tuple(
            PartWish(
                words=text[part.start : part.end],
                start=part.start,
                headcount=part.opening.headcount,
                noun=part.opening.noun,
                more=tuple(_copied(text, span) for span in part.more),
            )
            for part in parts
        ),
        shared=tuple(_copied(text, span) for span in dict.fromkeys(shared)),
    )


def _before(text: str, first: Opening) -> list[Range]:
    """Places in what leads to the first role: "In Austin, we need", "our Boston clinic needs"."""
    lead = text[: first.start]
    places = [fact.value for fact in find_whereabouts(lead)]
    places += [
        (span.start, span.end)
        for span, _ in find_places(lead)
        if _SITE.match(lead, span.end) or _LED.search(lead, 0, span.start)
    ]
    return sorted(dict.fromkeys(places))


def _behind(text: str, parts: list[_Part]) -> list[Range]:
    """What stands behind the last role and is not its own; the parts are shortened and added to."""
    last = parts[-1]
    own_end, rest = last.end, []
    pieces = list(sentences(text[: last.end], Fence(())))
    together = len([1 for start, end in pieces if start <= parts[0].start < end and last.start < end]) == 1
    behind = [(max(start, last.opening.title_end), end) for start, end in pieces if end > last.opening.title_end]
    shared: list[Range] = []
    for number, (start, end) in enumerate(behind):
        first, stop = trim(text, start, end)
        if number == 0 and start == last.opening.title_end:
            continue  # what stands in the same sentence is the last role's, but for what is looked at below
        told = _SHARES.match(text, first, stop)
        one = _of_one(text, first, stop, parts)
        if told:
            shared.append(_stated(text, told.end(), stop))
        elif one:
            one[0].more.append(one[1])
        elif together and says_something(text[first:stop]):
            shared.append((first, stop))
        else:
            continue
        rest.append(start)
    if rest:
        own_end = min(rest)
    last.end = trim(text, last.start, own_end)[1]
    return [*_inside(text, last), *_trailing_place(text, parts, together=together), *shared]


def _inside(text: str, last: _Part) -> list[Range]:
    """ ", all in Texas" behind the last role, in its sentence."""
    match = _INSIDE.search(text, last.opening.title_end, last.end)
    if not match:
        return []
    told = _SHARES.match(text, match.end(), last.end)
    if not told:
        return []
    end, last.end = last.end, trim(text, last.start, match.start())[1]
    stated = _stated(text, told.end(), end)
    return [stated] if stated[0] < stated[1] else []


def _trailing_place(text: str, parts: list[_Part], *, together: bool) -> list[Range]:
    """ "A nurse and a receptionist in Boston": where only the last has words beside its title, the place is all's."""
    last = parts[-1]
    bare = all(part.end <= part.opening.title_end for part in parts[:-1])
    if not (bare and together):
        return []
    begin, end = trim(text, last.opening.title_end, last.end)
    if begin >= end:
        return []
    facts = [fact for fact in find_whereabouts(text[: last.end]) if fact.first >= last.opening.title_end]
    if not _HOW.match(text, last.opening.title_end, end):
        if not facts or text[begin : min(facts[0].start, facts[0].first)].strip(" ,"):
            return []
        if text[facts[-1].end : end].strip(" ,."):
            return []
    last.end = last.opening.title_end
    return [(begin, end)]


def _of_one(text: str, start: int, end: int, parts: list[_Part]) -> tuple[_Part, Range] | None:
    """The part that "the designer should know Figma" speaks of, and what it says."""
    match = _OF_ONE.match(text, start, end)
    if not match:
        return None
    named = [singular(word.lower()) for word in match["words"].split()]
    for size in range(len(named), 0, -1):
        of = [part for part in parts if _ends_like(text, part, named[:size])]
        if len(of) == 1:
            after = match.start("words") + len(" ".join(match["words"].split()[:size]))
            stated = _stated(text, after, end)
            return (of[0], stated) if stated[0] < stated[1] else None
    return None


def _ends_like(text: str, part: _Part, named: list[str]) -> bool:
    title = [singular(word.lower()) for word in text[part.start : part.opening.title_end].split()]
    title += [singular(word.lower()) for word in (part.opening.noun or "").split()]
    return title[-len(named) :] == named


def _stated(text: str, start: int, end: int) -> Range:
    """The range without "should", "must be" and the like."""
    first, stop = trim(text, start, end)
    states = _STATES.match(text, first, stop)
    return trim(text, states.end() if states else first, stop)


def _copied(text: str, span: Range) -> Copied:
    return Copied(words=text[slice(*span)], start=span[0])

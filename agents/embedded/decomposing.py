"""The in-process job that takes a request for several roles apart. It would rather leave two roles in one request than
make two out of one: "teller or customer service representative" and "a nurse who is also a teacher" stay one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import islice
from typing import Any

from agents.embedded.grammar import expression
from agents.embedded.openings import ARTICLE, ASKS, COUNT, Opening, mentions_role, opening_at, unfinished_at
from agents.embedded.ranges import Fence, Range
from agents.embedded.role_lists import listed, may_list
from agents.embedded.sentences import sentences
from agents.embedded.sharing import apportioned
from agents.embedded.vocabulary import Vocabulary
from agents.project.decomposition import Decomposition

_JOINS = expression("roles.joins")
_ASKS_LATER = expression("roles.asks_later")
_HIRES = expression("roles.hires")
_ONE_PERSON = expression("roles.one_person")
_EDIT = expression("edits.edit")
_SEVERAL = re.compile(
    r"[,;&+\n]|[.!?]\s+\S|\b(?:and|plus|as well as|along with|together with|also|\d[.)])(?!\w)", re.IGNORECASE
)
_PLURAL = re.compile(r"(?:[\w/-]+ ){0,3}?[\w-]+s\b")
_COUNTED_BEHIND = re.compile(r"(?:[\w/-]+ ){0,4}?[\w-]+\s*(?:\(\s*x?\s*\d|[x\u00d7]\s?\d)")
_OF_SOME = re.compile(r"\bof\s+(?=(?:an?|the|our|several|\d+|two|three|four|five)\s)", re.IGNORECASE)
_AND = re.compile(r"\b(?:and|plus|also|as well|along|together)\b|[&+;]", re.IGNORECASE)
_MOST_ROLES = 50
_LONGEST_TAIL = 300


def make_decomposition_job(
    vocabulary: Callable[[], Vocabulary] | Vocabulary | None = None,
) -> Callable[[dict[str, Any]], Decomposition]:
    """The job that answers `Decomposition`: takes `{"request": text, "follow_up": bool}`."""

    def job(payload: dict[str, Any]) -> Decomposition:
        known = vocabulary() if callable(vocabulary) else vocabulary or Vocabulary()
        return decompose(str(payload["request"]), known, follow_up=bool(payload.get("follow_up")))

    return job


def may_be_several(text: str) -> bool:
    """Whether a request can ask for several roles, by how it is built: no model and no vocabulary is asked."""
    if not _SEVERAL.search(text):
        return False
    plural = bool(_HIRES.search(text))
    return may_list(text) or next(_strong_joins(text, 0, len(text), plural=plural), None) is not None or _repeats(text)


def _repeats(text: str) -> bool:
    """Whether more than one sentence asks for somebody, or begins with a number."""
    leads = ((ASKS.match(text, start, end), end) for start, end in sentences(text, Fence(())))
    asks = (lead for lead, end in leads if lead and (lead["ask"] or COUNT.match(text, lead.end(), end)))
    return next(islice(asks, 1, None), None) is not None


def decompose(text: str, vocabulary: Vocabulary, *, follow_up: bool = False) -> Decomposition:
    """The roles that `text` asks for; no parts where it asks for one. A `follow_up` of a role that stands is an edit
    unless it begins like a request."""
    if not may_be_several(text) or _ONE_PERSON.search(text) or (follow_up and _EDIT.match(text)):
        return Decomposition()
    found = listed(text, vocabulary) or _opened(text, vocabulary)
    if len(found) < 2 or (follow_up and not (found[0].asked or found[0].counted)):
        return Decomposition()
    return apportioned(text, found)


def _opened(text: str, vocabulary: Vocabulary) -> list[Opening]:
    """The roles that sentences open, in order."""
    found: list[Opening] = []
    carried = False  # "We're hiring:" asks for what the next sentence names
    for start, end in sentences(text, Fence(())):
        lead = ASKS.match(text, start, end)
        if not (lead and lead["ask"]):
            # "In Austin, we need ..."
            later = _ASKS_LATER.search(text, start, min(end, start + _LONGEST_TAIL))
            lead = ASKS.match(text, later.start(), end) if later else lead
        at = lead.end() if lead else start
        asked = bool(lead and lead["ask"])
        if asked and not text[at:end].strip(" :,-"):
            carried = True
            continue
        more = list(_in_sentence(text, start, at, end, vocabulary, asked=asked or carried))
        carried = False
        first = more[0] if more else None
        if first is None:
            continue
        if not found:
            found = more if first.asked or first.counted or first.article else []
        elif _adds(text, found[-1], first):
            found += more
        if len(found) >= _MOST_ROLES:
            break
    return found if len(found) > 1 else []


def _adds(text: str, before: Opening, first: Opening) -> bool:
    """Whether a later sentence opens another role, and does not only speak of the one before."""
    if first.counted or (first.article and text[: first.begin].rstrip().endswith(";")):
        return True
    same = text[before.start : before.title_end].lower() == text[first.start : first.title_end].lower()
    again = re.match(r"another|one more", text[first.begin : first.start].strip(), re.IGNORECASE)
    return first.asked and (not same or bool(again) or "another" in text[first.begin : first.start].lower())


def _in_sentence(text: str, start: int, at: int, end: int, vocabulary: Vocabulary, *, asked: bool) -> list[Opening]:
    """The roles of one sentence, `text[start:end]`; the first stands at `at`, behind what asks for it."""
    plural = asked and bool(_HIRES.search(text, start, at))
    edges = [(start, at), *_strong_joins(text, at, end, plural=plural)]
    waiting: list[Opening] = []  # for their noun
    found: list[Opening] = []
    for number, (begin, place) in enumerate(edges):
        stop = edges[number + 1][0] if number + 1 < len(edges) else end
        again = ASKS.match(text, place, stop) if number else None
        own = bool(again and again["ask"])
        here = again.end() if again else place
        one = opening_at(text, begin, here, stop, vocabulary, asked=own or (asked and not number))
        if one is None and not found:
            unfinished = unfinished_at(text, begin, here, stop, asked=asked and not number)
            if unfinished is None:
                return []
            waiting.append(unfinished)
        elif one is not None and _stands(text, found[-1] if found else None, one, own=own, vocabulary=vocabulary):
            lent = _lent(text, one) if waiting else None
            if waiting and lent is None:
                return []
            found += [*(replace(each, noun=lent) for each in waiting), one]
            waiting = []
    return _without_alternatives(text, found)


def _strong_joins(text: str, start: int, end: int, *, plural: bool) -> Iterator[Range]:
    """What may lead to another role: "and", a comma and the like before a number, an article or a request.

    Behind a verb of hiring a bare plural will do: "hiring nurses and phlebotomists".
    """
    for match in _JOINS.finditer(text, start, end):
        place = match.end()
        lead = ASKS.match(text, place, end)
        asked = bool(lead and lead["ask"])
        bare = (plural and match["and"] and _PLURAL.match(text, place, end)) or _COUNTED_BEHIND.match(text, place, end)
        if asked or bare or COUNT.match(text, place, end) or ARTICLE.match(text, place, end):
            yield match.start(), place


def _stands(text: str, before: Opening | None, one: Opening, *, own: bool, vocabulary: Vocabulary) -> bool:
    """Whether a role stands beside the one before it, and not inside what is said of that one."""
    if before is None or own:
        return True
    # "a manager of two designers" has them in its title.
    of = _OF_SOME.search(text, before.start, before.title_end)
    tail = (of.end() if of else before.title_end, one.begin)
    if tail[1] - tail[0] > _LONGEST_TAIL or mentions_role(text, *tail, vocabulary):
        return False
    bare = not (one.counted or one.article)
    return not bare or (before.title_end >= one.begin and _plural(text, before) and _plural(text, one))


def _plural(text: str, one: Opening) -> bool:
    word = text[one.start : one.title_end].rsplit(maxsplit=1)[-1].lower()
    return word.endswith("s") and not word.endswith("ss")


def _without_alternatives(text: str, found: list[Opening]) -> list[Opening]:
    """Without those in a list with commas that ends in "or": they are one role."""
    kept: list[Opening] = []
    alternatives = False
    for number in range(len(found) - 1, -1, -1):
        one = found[number]
        following = found[number + 1] if number + 1 < len(found) else None
        goes_on = following is not None and not text[one.title_end : following.begin].strip()
        alternatives = one.or_more or (alternatives and goes_on)
        comma = not _AND.search(text, one.begin, one.start)
        if number == 0 or not (alternatives and comma):
            kept.append(one)
            alternatives = False
    return kept[::-1]


def _lent(text: str, one: Opening) -> str | None:
    """The words of a title that the roles before it share: all but the first."""
    said = text[one.start : one.title_end].split()
    return " ".join(said[1:]) if len(said) > 1 else None

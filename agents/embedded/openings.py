"""Where a request opens a role: "2 backend engineers", "a product designer", "nurses (3)"."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import islice

from agents.embedded.grammar import expression, words
from agents.embedded.ranges import trim
from agents.embedded.title_phrase import is_level_word
from agents.embedded.titles import named
from agents.embedded.vocabulary import WORD, Vocabulary
from retrieval.lexicon import occupation_titles
from retrieval.lexicon.titles import singular

ASKS = expression("roles.asks")
COUNT = expression("roles.count")
ARTICLE = expression("roles.article")
_BEHIND = expression("roles.behind")
_FOLLOWS = expression("roles.follows")
_OR = expression("roles.or")
_PRAISE = expression("roles.praise")
_TRAITS = words("roles.traits")
_LEVELS = words("roles.levels")
_STOP = words("titles.stop")
_NOUNS = words("roles.nouns")
_ARTICLES = words("roles.articles")
_SPELLED = dict(
    zip(
        ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"],
        range(1, 13),
        strict=True,
    )
)
_MOST_WORDS_LENT = 1
_MOST_WORDS_KNOWN = 4
_AGENTS = ("ers", "ors", "ists", "ians", "ants")


@dataclass(frozen=True, kw_only=True)
class Opening:
    """A role: its words begin at `start`, behind "a" or its number, and its title ends at `title_end`.

    `begin` is where what leads to it begins (the comma, the "and we also need"). `noun` completes a role that shares
    the last words of another's title; `or_more` says that alternatives follow the title.
    """

    begin: int
    start: int
    title_end: int
    counted: bool = False
    headcount: int | None = None
    article: bool = False
    asked: bool = False
    or_more: bool = False
    noun: str | None = None


def opening_at(text: str, begin: int, start: int, end: int, vocabulary: Vocabulary, *, asked: bool) -> Opening | None:
    """The role that `text[start:end]` begins with, if any; `begin` and `asked` are told in `Opening`."""
    count = COUNT.match(text, start, end)
    article = None if count else ARTICLE.match(text, start, end)
    lead = count or article
    counted, first = count is not None, lead.end() if lead else start
    about = Opening(
        begin=begin,
        start=first,
        title_end=first,
        counted=counted,
        headcount=_number(count["number"]) if count and count["number"] else None,
        article=article is not None,
        asked=asked,
    )
    title_end = _title_end(text, first, end, vocabulary, counted=counted)
    if title_end is None or _is_trait(text, first, title_end, counted=counted):
        return None
    last = _past_alternatives(text, title_end, end, vocabulary)
    behind = _BEHIND.match(text, last, end)
    if behind:
        about = replace(about, counted=True, headcount=int(behind["number"] or behind["times"]))
    if not _FOLLOWS.match(text, behind.end() if behind else last, end):
        return None
    return replace(about, title_end=behind.end() if behind else last, or_more=last > title_end)


def _title_end(text: str, start: int, end: int, vocabulary: Vocabulary, *, counted: bool) -> int | None:
    """Where the title that stands at `start` ends: one by its noun, or one that people are known to have.

    Behind a number a word such as "annotators" will do, which only looks like what people are.
    """
    found = named(text, start, end, vocabulary, opening=True)
    if found is not None and found.titles:
        return found.end
    if found is not None and found.levels and text[start : found.end].strip().lower() not in _LEVELS:
        return found.end  # "two directors"; not "a senior and a junior accountant"
    known: int | None = None
    said: list[str] = []
    for match in islice(WORD.finditer(text, start, end), _MOST_WORDS_KNOWN):
        said.append(match.group().lower())
        phrase = " ".join([*said[:-1], singular(said[-1])])
        if text[start : match.end()].lower() != " ".join(said) or said[-1] in _STOP:
            break
        likely = said[-1] in _NOUNS or (counted and said[-1].endswith(_AGENTS))
        if likely or vocabulary.is_title(phrase) or phrase in occupation_titles():
            known = match.end()
    return known


def unfinished_at(text: str, begin: int, start: int, end: int, *, asked: bool) -> Opening | None:
    """A role whose noun stands with a later one: "a frontend" of "a frontend and a backend engineer"."""
    lead = COUNT.match(text, start, end) or ARTICLE.match(text, start, end)
    if lead is None:
        return None
    first, last = trim(text, lead.end(), end)
    said = text[first:last].split()
    plain = all(re.fullmatch(r"[A-Za-z][\w/+#.-]*", word) and word.lower() not in _STOP for word in said)
    if not 1 <= len(said) <= _MOST_WORDS_LENT or not plain or _is_somebody(said[-1]):
        return None
    number = lead.groupdict().get("number")
    return Opening(
        begin=begin,
        start=first,
        title_end=last,
        counted=lead.re is COUNT,
        headcount=_number(number) if number else None,
        article=lead.re is ARTICLE,
        asked=asked,
    )


def mentions_role(text: str, start: int, end: int, vocabulary: Vocabulary) -> bool:
    """Whether `text[start:end]`, what is said of a role, speaks of another one that is nobody to be hired.

    "who leads a designer", "for our CEO", "supporting nurses": what an "and" adds to these belongs to them.
    """
    said = [text[slice(*match.span())].lower().strip(".'") for match in WORD.finditer(text, start, end)]
    nouns = [number for number, word in enumerate(said) if vocabulary.is_noun(word) or is_level_word(word)]
    if nouns and nouns[-1] == len(said) - 1:
        return True
    # "executive assistant to the CEO": whom somebody assists is part of the title.
    served = nouns[:1] if said[:1] == ["to"] and nouns and nouns[0] <= 3 else []
    return any(
        before in _ARTICLES or before.isdigit()
        for number in nouns
        if number not in served
        for before in said[max(0, number - 4) : number]
    )


def _past_alternatives(text: str, title_end: int, end: int, vocabulary: Vocabulary) -> int:
    """Where a role ends that goes on with "or a paramedic"."""
    while match := _OR.match(text, title_end, end):
        article = ARTICLE.match(text, match.end(), end)
        found = named(text, article.end() if article else match.end(), end, vocabulary, opening=True)
        if found is None or not found.titles:
            break
        title_end = found.end
    return title_end


def _is_trait(text: str, start: int, end: int, *, counted: bool) -> bool:
    said = text[start:end].lower().split()
    if not said or said[-1].strip(".,'") in _TRAITS:
        return True
    return not counted and bool(_PRAISE.match(said[0]))


def _is_somebody(word: str) -> bool:
    """Whether a word looks like what somebody is ("brewer"), and lacks no noun."""
    low = word.lower()
    return low not in _LEVELS and (low + "s").endswith(_AGENTS)


def _number(said: str) -> int | None:
    """ "2" and "two"; None for "a few"."""
    low = said.lower().split()[0]
    if low.isdigit():
        return int(low) or None
    return _SPELLED.get(low)

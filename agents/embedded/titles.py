"""Job titles and levels at the start of a clause."""

from __future__ import annotations

import re
from dataclasses import dataclass

from agents.embedded.grammar import expression, words
from agents.embedded.title_phrase import alternatives, is_level_word, phrase_end, without_praise
from agents.embedded.vocabulary import Vocabulary
from retrieval.lexicon import find_seniority, seniority_of
from retrieval.schema import Seniority

_LEVEL = expression("titles.level")
_LEVELS = {"mid": Seniority.MID, "graduate": Seniority.ENTRY, "lead": Seniority.LEAD, "principal": Seniority.LEAD}
# Words that say what somebody is without saying what they do, and those that only say that it is somebody.
_NOBODY = words("titles.nobody")
_PEOPLE = words("titles.people")
_ONWARD = re.compile(r"(?:(?P<up>above|higher|up|more senior|beyond)|below|lower|less senior)", re.IGNORECASE)
_RANKED = re.compile(r"(?:vps?|vice presidents?|directors?|heads?|managers?)", re.IGNORECASE)
_RANK_FIRST = re.compile(
    r"(?:c[- ]?(?:level|suite)|vp|senior|executive|director|junior|entry|mid|manager)\b", re.IGNORECASE
)


@dataclass(frozen=True, kw_only=True)
class Title:
    """`text[start:end]` holds the words; `title` differs where alternatives share some ("help desk technician")."""

    start: int
    end: int
    title: str


@dataclass(frozen=True, kw_only=True)
class Level:
    """`text[start:end]` says a level."""

    start: int
    end: int
    level: Seniority


@dataclass(frozen=True, kw_only=True)
class Named:
    """What a clause starts with: titles and levels, and where the phrase ends."""

    titles: tuple[Title, ...]
    levels: tuple[Level, ...]
    end: int


@dataclass(frozen=True, kw_only=True)
class _Alternative:
    """One of several titles, with the level before it taken off."""

    start: int
    end: int
    said: str
    level: Level | None = None


def named(
    text: str, start: int, end: int, vocabulary: Vocabulary, *, opening: bool, excluded: bool = False
) -> Named | None:
    """The titles that `text[start:end]` starts with; `None` where it starts with something else.

    `opening` is true at the head of a request, where a phrase that ends like a title is one without more evidence.
    What is `excluded` by a level and its field ("not VP of customer success") is meant by the level.
    """
    start = without_praise(text, start, end)
    last = phrase_end(text, start, end, vocabulary, opening=opening)
    if last <= start:
        return None
    levels: list[Level] = []
    kept: list[_Alternative] = []
    for first, stop in alternatives(text, start, last, vocabulary):
        said = text[first:stop]
        onward = _ONWARD.fullmatch(said)
        bare = _bare_level(said, fielded=excluded)
        if onward and levels:
            levels += _further(levels[-1], stop, rising=onward["up"] is not None)
        elif bare is not None:
            levels.append(Level(start=first, end=stop, level=bare))
        else:
            kept.append(_alternative(text, first, stop, vocabulary))
    wishes = [one for one in kept if not _nobody(one.said) and one.said.split()[-1].lower() in _PEOPLE]
    titles, said_levels = _titles(text, kept, vocabulary, alone=not levels)
    levels += said_levels
    if not titles and not levels:
        return None
    # "full time employees" is a wish, but no title.
    return Named(titles=tuple(titles), levels=tuple(levels), end=min([last, *(one.start for one in wishes)]))


def _titles(
    text: str, kept: list[_Alternative], vocabulary: Vocabulary, *, alone: bool
) -> tuple[list[Title], list[Level]]:
    """The titles among the alternatives, and the levels that all of them share."""
    everybody = alone and bool(kept) and all(one.level for one in kept)
    titles: list[Title] = []
    levels: list[Level] = []
    for number, one in enumerate(kept):
        start, said = one.start, one.said
        if one.level is not None and (everybody or _nobody(said)):
            levels.append(one.level)
        elif one.level is not None:
            # "service manager or lead technician": the level belongs to one of several titles and stays with it.
            start = one.level.start
            said = text[start : one.end]
        if _nobody(said) or said.split()[-1].lower() in _PEOPLE:
            continue
        shared = _shared(kept, number, vocabulary)
        end = kept[-1].end if shared else one.end
        titles.append(Title(start=start, end=end, title=" ".join([*said.split(), *shared])))
    return titles, levels


def _alternative(text: str, start: int, end: int, vocabulary: Vocabulary) -> _Alternative:
    said = text[start:end]
    match = _LEVEL.match(said)
    if match and vocabulary.is_noun(said.split()[-1]) and said[match.end() :].strip():
        word = match["level"].lower().split("-")[0].split()[0]
        rank = _LEVELS.get(word, seniority_of(f"{match['level']} analyst"))
        if rank is not None:
            level = Level(start=start, end=start + match.end("level"), level=rank)
            return _Alternative(start=start + match.end(), end=end, said=said[match.end() :], level=level)
    return _Alternative(start=start, end=end, said=said)


def _further(step: Level, end: int, *, rising: bool) -> list[Level]:
    """Every level above (or below) one: "director or above"."""
    return [
        Level(start=step.start, end=end, level=level)
        for level in Seniority
        if (level > step.level if rising else level < step.level)
    ]


def _shared(kept: list[_Alternative], number: int, vocabulary: Vocabulary) -> list[str]:
    """The words that a later alternative lends to this one ("technician" to "help desk"), if any."""
    said = kept[number].said.split()
    if vocabulary.is_noun(said[-1]) or "of" in said:
        return []
    for later in kept[number + 1 :]:
        lent = later.said.split()
        if vocabulary.is_noun(lent[-1]):
            for length in range(min(3, len(lent) - 1), 1, -1):
                if vocabulary.is_title(" ".join([*said, *lent[-length:]])):
                    return lent[-length:]
            return lent[-1:]
    return []


def _bare_level(said: str, *, fielded: bool) -> Seniority | None:
    """The level of words that say nothing else: "director", "C-level"; where `fielded`, "VP of customer success"."""
    head, of, _ = said.partition(" of ")
    head = head.strip()
    if of and not (fielded and _RANKED.fullmatch(head)):
        return None
    if not (of or is_level_word(head) or _ranked_nobody(head)):
        return None
    if head.lower() in ("lead", "leads"):
        return Seniority.LEAD
    # "VP executives" are VPs; "senior executives" is one level of its own.
    found = find_seniority(head)
    level = found[0][1] if found else seniority_of(head)
    if level is None and re.match(r"(?:c[- ](?:level|suite)|executive|leadership)", head, re.IGNORECASE):
        return Seniority.EXECUTIVE
    return level


def _ranked_nobody(head: str) -> bool:
    said = head.lower().split()
    return 2 <= len(said) <= 3 and _nobody(said[-1]) and bool(_RANK_FIRST.match(head))


def _nobody(said: str) -> bool:
    """Whether a phrase names no work: "professionals", "senior leaders"."""
    plain = [word.lower() if word.lower().endswith("ss") else word.lower().rstrip("s") for word in said.split()]
    return all(word in _NOBODY or word in ("senior", "level", "sr", "people") for word in plain)

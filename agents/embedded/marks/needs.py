"""What a requirement's text asks for: things that are all wanted, each with its alternatives."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from agents.embedded.marks.words import names, significant

# "ADP or similar": the alternative is open, and says nothing that could be looked for.
_OPEN = re.compile(
    r"(?:,?\s*(?:or|and|/)\s*)?\b(?:similar|equivalent|comparable|others?|the like|related)\b"
    r"(?:\s+(?:tools?|systems?|software|platforms?|roles?|fields?|experience|ones?|licen[cs]es?|degrees?))?\s*$",
    re.IGNORECASE,
)
_EXAMPLES = re.compile(
    r"\b(?:such as|for example|for instance|including|e\.g\.?,?|like|i\.e\.?,?)\s|[(\[:]", re.IGNORECASE
)
_CLAUSE = re.compile(
    r"\s*;\s*|[.!?](?:\s+|$)|\s+-\s+|\s+\u2013\s+|\s*\b(?:as well as|plus|also|who)\b\s*", re.IGNORECASE
)
_COMMA = re.compile(r"\s*,\s*(?:and|or)?\s*", re.IGNORECASE)
_AND = re.compile(r"\s+(?:and(?!/or)|&|\+)\s+", re.IGNORECASE)
_OR = re.compile(r"\s*(?:\b(?:and/or|or)\b|/)\s*", re.IGNORECASE)


# "individual and group therapy", "dental or medical receptionist": a leading adjective shares the noun that follows.
_ADJECTIVE = re.compile(r"[a-z]{2,}(?:al|ive|ic|ary|ate|ous|ed|ant|ent)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Thing:
    """One thing wanted, as the stems of each of its alternatives."""

    text: str
    alternatives: tuple[tuple[str, ...], ...]
    abbreviations: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Need:
    """A requirement, read: all `things` are wanted. `names` are stems that count only as written."""

    text: str
    things: tuple[Thing, ...]
    names: frozenset[str] = frozenset()


@lru_cache(maxsize=4096)
def read_need(text: str) -> Need:
    """Split a requirement's text. Lists joined by "and" need all, by "or" need one; "X such as A or B" is X, A or B.

    A text with nothing to look for ("good background") has no things.
    """
    things: list[Thing] = []
    for clause in _CLAUSE.split(text):
        things += _things(_OPEN.sub("", clause.strip()).strip(" ,;:)]"))
    return Need(text=text, things=tuple(things), names=names(text).union(*(thing.abbreviations for thing in things)))


def _things(clause: str) -> list[Thing]:
    head, *examples = _EXAMPLES.split(clause, maxsplit=1)
    if examples and examples[0].strip(" )].,"):
        listed = [part for piece in re.split(r"\s*,\s*|[()\[\]]", examples[0]) for part in _AND.split(piece)]
        return _thing(clause, [head, *(option for part in listed for option in _OR.split(part))])
    parts = [part for part in _COMMA.split(clause) if part.strip()]
    if len(parts) > 1 and _joined_by_or(clause):
        return _thing(clause, [option for part in parts for option in _OR.split(part)])
    return [
        thing for part in parts for piece in _shared_noun(_AND.split(part)) for thing in _thing(piece, _options(piece))
    ]


def _options(piece: str) -> list[str]:
    """Alternatives of one piece; what stands around a single-word slash pair belongs to both ("AP/AR clerk")."""
    options = [option for option in _OR.split(piece) if option.strip()]
    first, last = options[0].split() if options else [], options[-1].split() if options else []
    if "/" in piece and len(first) == 1 and len(last) > 1 and all(len(option.split()) == 1 for option in options[:-1]):
        shared = " ".join(last[1:])
        return [*(f"{option} {shared}" for option in options[:-1]), options[-1]]
    return _shared_noun(options)


def _shared_noun(pieces: list[str]) -> list[str]:
    """Give the noun that ends a list to the bare adjectives before it."""
    last = pieces[-1].split() if pieces else []
    if len(pieces) < 2 or len(last) < 2:
        return pieces
    return [f"{piece} {last[-1]}" if _ADJECTIVE.fullmatch(piece.strip()) else piece for piece in pieces[:-1]] + pieces[
        -1:
    ]


def _joined_by_or(clause: str) -> bool:
    """True for "A, B or C" without an "and"."""
    return bool(re.search(r"\bor\b", clause, re.IGNORECASE)) and not _AND.search(clause)


def _thing(text: str, options: list[str]) -> list[Thing]:
    alternatives = [stems for option in options if (stems := tuple(significant(option)))]
    short = [letters for option in options if (letters := _initials(option))]
    if not alternatives:
        return []
    listed = tuple(dict.fromkeys([*alternatives, *((letters,) for letters in short)]))
    return [Thing(text=text.strip(), alternatives=listed, abbreviations=frozenset(short))]


def _initials(phrase: str) -> str:
    """What a phrase of three to five words is abbreviated to ("content management systems": cms), else nothing."""
    parts = phrase.split()
    plain = all(part.isalpha() and len(part) > 2 for part in parts)
    return "".join(part[0] for part in parts).lower() if plain and 3 <= len(parts) <= 5 else ""

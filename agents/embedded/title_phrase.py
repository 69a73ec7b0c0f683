"""The noun phrase of a job title at the start of a clause: where it ends, and its alternatives."""

from __future__ import annotations

import re
from collections.abc import Iterator

from agents.embedded.grammar import expression, words
from agents.embedded.ranges import Range
from agents.embedded.vocabulary import Vocabulary

_WORD = re.compile(r"[^\s,;:()\"?!]+|,")
_MOST_WORDS = 24
_STOP = words("titles.stop")
_OF_AFTER = words("titles.of_after")
_PUFF = expression("titles.puff")
_LEVEL_WORD = expression("titles.c_level")
_ONWARD_TAIL = re.compile(
    r"\s+(?:or|and)\s+(?:above|higher|up|more senior|beyond|below|lower|less senior)\b", re.IGNORECASE
)
_NUMERAL = re.compile(r"(?:ii|iii|iv|i|1|2|3)", re.IGNORECASE)
_OR = re.compile(r"\s*/\s*|\s+(?:or|and/or|and|&)\s+", re.IGNORECASE)


def without_praise(text: str, start: int, end: int) -> int:
    """Where a phrase starts once "an experienced" and the like are passed over."""
    puff = _PUFF.match(text, start, end)
    return puff.end() if puff and puff.end() < end else start


def phrase_end(text: str, start: int, end: int, vocabulary: Vocabulary, *, opening: bool) -> int:
    """Where the phrase of a title at `start` ends; `start` where there is none.

    `opening`: at the head of a request a title may be followed by anything; later it must be all there is.
    """
    found = list(_phrase(text, start, end))
    nouns = [at for at, span in enumerate(found) if _is_noun(text[slice(*span)], vocabulary)]
    if not nouns or text[slice(*found[0])].lower() in _STOP:
        return start
    tail = nouns[-1] + 1
    last = found[tail - 1][1]
    onward = _ONWARD_TAIL.match(text, last, end)
    if onward:
        return onward.end()
    if tail < len(found):
        return _further_end(text, found, tail, last, vocabulary, opening=opening) or start
    # Ten words and more are a title only where they list several.
    return last if tail <= 9 or re.search(r"\bor\b|/", text[start:last]) else start


def _further_end(text: str, found: list[Range], tail: int, last: int, vocabulary: Vocabulary, *, opening: bool) -> int:
    """Where the title ends when words follow its noun, which ends at `last`; 0 where they make it something else."""
    following = text[slice(*found[tail])]
    if following.lower() == "of":
        # "VP of Marketing": what follows "of" is the title's.
        return _of_end(text, found, tail)
    if _NUMERAL.fullmatch(following):
        return found[tail][1]
    if following.lower() in ("or", "/") and 0 < len(found) - tail - 1 <= 3:
        # "flight attendant or airline customer service": the last alternative need not end like a title.
        return found[-1][1]
    return last if opening and _may_follow(text, found, tail - 1, vocabulary) else 0


def alternatives(text: str, start: int, end: int, vocabulary: Vocabulary) -> list[Range]:
    """The phrase cut at "or" and "/"; at "and" only where both sides end like a title or say a level."""
    parts: list[Range] = []
    place = start
    for match in _OR.finditer(text, start, end):
        first, last = match.span()
        left, right = text[place:first].split(), text[last:end].split()
        if not left or not right:
            continue
        both = _ends_like_title(left[-1], vocabulary) and any(_ends_like_title(word, vocabulary) for word in right)
        if match.group().strip().lower() in ("and", "&") and not both:
            continue
        parts.append((place, first))
        place = last
    parts.append((place, end))
    return [(without_praise(text, first, last), last) for first, last in parts if first < last]


def is_level_word(word: str) -> bool:
    """Whether a word says a level and nothing else ("director", "C-level")."""
    return bool(_LEVEL_WORD.match(word))


def _phrase(text: str, start: int, end: int) -> Iterator[Range]:
    """The words from `start` up to one that no title goes past ("with", "who", punctuation)."""
    before = ""
    reached = start
    for at, match in enumerate(_WORD.finditer(text, start, end)):
        word = match.group().lower().strip(".'")
        gap = text[reached : match.start()] if at else ""
        if at >= _MOST_WORDS or word == "," or re.search(r"[,;:()!?]", gap):
            return
        if not re.search(r"\w", word) and match.group() not in ("/", "&", "-"):
            return
        if at and ((word in _STOP and word != "lead") or (word == "of" and before not in _OF_AFTER)):
            return
        yield match.span()
        before, reached = word.strip("."), match.end()


def _is_noun(word: str, vocabulary: Vocabulary) -> bool:
    plain = word.lower().strip(".'")
    parts = [piece for piece in re.split(r"[/-]", plain) if piece]
    return bool(parts) and (vocabulary.is_noun(parts[-1]) or vocabulary.is_noun(plain) or is_level_word(plain))


def _of_end(text: str, found: list[Range], tail: int) -> int:
    last = min(len(found), tail + 5)
    while text[slice(*found[last - 1])].lower() in ("of", "and", "or", "the", "&", "/"):
        last -= 1
    return found[last - 1][1]


def _may_follow(text: str, found: list[Range], noun: int, vocabulary: Vocabulary) -> bool:
    """Whether what stands behind a noun can do so ("nurse ICU"); "manager training programs" is no manager."""
    following = text[slice(*found[noun + 1])]
    if vocabulary.is_title(text[found[0][0] : found[noun][1]]) or not following.islower():
        return True
    return noun >= len(found) - 2 or vocabulary.is_skill(following.lower(), written=following)


def _ends_like_title(word: str, vocabulary: Vocabulary) -> bool:
    return vocabulary.is_noun(word) or is_level_word(word)

"""More lines from written ones: with typing errors, two requests in one text, or a criterion in another request."""

from __future__ import annotations

import random
from collections.abc import Sequence

from offline.evaluation.safety.screening import Line
from retrieval.lexicon.skills import skill_names
from retrieval.lexicon.titles import occupation_titles

_MISTYPED = 0.06
"""Share of words with an error in a line that has some."""
_JOINTS = (" ", "\n", ". ", " - ", "; ")
_SHORT = 4

Piece = tuple[str, bool]
"""Some text, and whether it is a criterion."""


def variants(lines: Sequence[Line], count: int, draw: random.Random) -> list[Line]:
    """About `count` lines: two in five mistyped, two joined, one with the criterion of another line."""
    asking = [line for line in lines if line.refused]
    harmless = [line for line in lines if not line.refused]
    if not asking or not harmless:
        return []
    made: list[Line] = []
    for _ in range(count // 5):
        made += [mistyped(draw.choice(asking), draw), mistyped(draw.choice(harmless), draw)]
        first, second = draw.sample([draw.choice(asking), draw.choice(harmless)], 2)
        made += [joined(first, second, draw), joined(draw.choice(harmless), draw.choice(harmless), draw)]
        made.append(recast(draw.choice(asking), draw.choice(harmless), draw))
    return made


def ordinary(count: int, draw: random.Random) -> list[Line]:
    """`count` harmless lines of the lexicon's titles and skills: names of tools and trades the encoder may not know."""
    titles, skills = sorted(occupation_titles()), sorted(skill_names())
    return [Line(text=", ".join((draw.choice(titles), *draw.sample(skills, draw.randint(1, 3))))) for _ in range(count)]


def mistyped(line: Line, draw: random.Random) -> Line:
    """The line with letters swapped, left out or doubled in some words."""
    pieces = []
    for text, asked in _pieces(line):
        words = [_typo(word, draw) if draw.random() < _MISTYPED else word for word in text.split(" ")]
        pieces.append((" ".join(words), asked))
    return _line(pieces, line.attribute)


def joined(first: Line, second: Line, draw: random.Random) -> Line:
    """Both requests in one text; at most one of them has criteria."""
    return _line(
        [*_pieces(first), (draw.choice(_JOINTS), False), *_pieces(second)], first.attribute or second.attribute
    )


def recast(line: Line, harmless: Line, draw: random.Random) -> Line:
    """The first criterion of `line` in a harmless request, behind one of its commas or at its end."""
    text = harmless.text.rstrip(" .\n")
    commas = [at + 1 for at, character in enumerate(text) if character == ","] or [len(text)]
    at = draw.choice(commas)
    before = text[:at] + ("" if text[:at].endswith(",") else ",") + " "
    after = text[at:]
    return _line([(before, False), (line.refused[0], True), ("," * bool(after) + after, False)], line.attribute)


def _pieces(line: Line) -> list[Piece]:
    pieces: list[Piece] = []
    place = 0
    for span in line.spans:
        pieces += [(line.text[place : span.start], False), (span.of(line.text), True)]
        place = span.end
    return [*pieces, (line.text[place:], False)]


def _line(pieces: Sequence[Piece], attribute: str | None) -> Line:
    """Criteria are found again by their words: one that stands in the text earlier as well is marked there."""
    return Line(
        text="".join(text for text, _ in pieces),
        refused=tuple(text for text, asked in pieces if asked),
        attribute=attribute,
    )


def _typo(word: str, draw: random.Random) -> str:
    if len(word) < _SHORT or not word.isalpha():
        return word
    at = draw.randrange(1, len(word) - 2)
    return draw.choice(
        (
            word[:at] + word[at + 1] + word[at] + word[at + 2 :],
            word[:at] + word[at + 1 :],
            word[:at] + word[at] + word[at:],
        )
    )

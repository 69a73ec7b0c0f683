"""Text as the screen reads it: plain lower-case letters, each with its place in the text as typed."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from retrieval.schema import Span

# Letters of other alphabets that look like Latin ones; only the shapes matter.
_LOOKALIKES = str.maketrans(
    "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456\u0458\u0455\u043a\u043c\u043d\u0442\u0432\u0501\u051b\u04bb\u0261"
    "\u03b1\u03b5\u03bf\u03c1\u03c5\u03b9\u03ba\u03bd\u03c4\u03c7\u0131\u0251",
    "aeopcyxijskmhtbdqhgaeopuikvtxia",
)
_DASHES = frozenset("-\u2010\u2011\u2012\u2013\u2014\u2212\u00ad_")
_QUOTES = str.maketrans(
    {"\u2019": "'", "\u2018": "'", "\u02bc": "'", "`": "'", "\u00b4": "'", "\u201c": '"', "\u201d": '"'}
)


@dataclass(frozen=True, kw_only=True)
class Plain:
    """`text` to match against; `places[i]` is where its character i stands in the original, which is `length` long."""

    text: str
    places: tuple[int, ...]
    length: int

    def span(self, start: int, end: int) -> Span:
        """Where `text[start:end]`, which must not be empty, stands in the original."""
        return Span(start=self.places[start], end=self.places[end - 1] + 1)


def plain(original: str) -> Plain:
    """Lower case, no accents or invisible characters, look-alike letters as Latin, one space for a run of them.

    A hyphen becomes a space, except between digits. A run of white space that holds a line break becomes one.
    """
    letters: list[str] = []
    places: list[int] = []
    for place, character in enumerate(original):
        if character in _DASHES:
            ranged = (
                character != "_"
                and 0 < place < len(original) - 1
                and original[place - 1].isdigit()
                and original[place + 1].isdigit()
            )
            shown = "-" if ranged else " "
        else:
            shown = _plain(character)
        for letter in shown:
            if letter in " \n" and letters and letters[-1] in " \n":
                letters[-1] = "\n" if "\n" in (letter, letters[-1]) else " "
                continue
            letters.append(letter)
            places.append(place)
    return Plain(text="".join(letters), places=tuple(places), length=len(original))


@lru_cache(maxsize=4096)
def _plain(character: str) -> str:
    if character in "\n\r\u2028\u2029\x0b\x0c":
        return "\n"
    if character.isspace():
        return " "
    if character.isascii():
        return character.lower() if character.isprintable() else ""
    decomposed = unicodedata.normalize("NFKD", character)
    kept = "".join(c for c in decomposed if unicodedata.category(c) not in {"Cf", "Mn", "Me", "Cc", "Cs"})
    return kept.lower().translate(_LOOKALIKES).translate(_QUOTES).replace("\u2044", "/")

"""Text as a reader of signs sees it: plain lower-case letters, each with its place in the text as it came."""

from __future__ import annotations

import unicodedata
from array import array
from dataclasses import dataclass
from functools import lru_cache

# Letters of other alphabets that look like Latin ones; only the shapes matter.
LOOKALIKES = dict(
    zip(
        "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456\u0458\u0455\u043a\u043c\u043d\u0442\u0432\u0501\u051b\u04bb"
        "\u03b1\u03b5\u03bf\u03c1\u03c5\u03b9\u03ba\u03bd\u03c4\u03c7\u0131\u0251\u0261\u0433\u0281",
        "aeopcyxijskmhtbdqhaeopuikvtxiagrr",
        strict=True,
    )
)
# Letters that look like small capitals have no decomposition.
_SMALL_CAPITALS = dict(
    zip(
        "\u1d00\u0299\u1d04\u1d05\u1d07\ua730\u0262\u029c\u026a\u1d0a\u1d0b\u029f\u1d0d\u0274\u1d0f\u1d18\u0280\ua731"
        "\u1d1b\u1d1c\u1d20\u1d21\u028f\u1d22",
        "abcdefghijklmnoprstuvwyz",
        strict=True,
    )
)
_ALIKE = str.maketrans(
    {
        **LOOKALIKES,
        **_SMALL_CAPITALS,
        **dict.fromkeys("\u2018\u2019\u02bc`\u00b4", "'"),
        **dict.fromkeys("\u201c\u201d\u00ab\u00bb\u201e", '"'),
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"),
        **dict.fromkeys("\u2713\u2714\u2705\u2611", "\u2713"),
        "\u2044": "/",
    }
)
_UNSEEN = frozenset({"Cf", "Mn", "Me", "Cc", "Cs"})
_BREAKS = frozenset("\n\r\u2028\u2029\x0b\x0c\x85")


@dataclass(frozen=True, slots=True)
class Letters:
    """`text` to match against; `places[i]` is where its character i stands in the original. None: at i itself."""

    text: str
    places: array[int] | None = None

    def place(self, index: int) -> int:
        """Where character `index` stands in the original."""
        return index if self.places is None else self.places[index]


def letters(original: str) -> Letters:
    """Lower case, without accents and characters that show nothing; look-alike letters as Latin ones, tabs as spaces.

    Tag characters (U+E0020-E007E), which only programs see, are read as the letters they stand for.
    """
    original = original.replace("\t", " ")
    if original.isascii():
        return Letters(original.lower())
    said: list[str] = []
    places = array("q")
    for place, character in enumerate(original):
        shown = character.lower() if character.isascii() else _shown(character)
        for letter in shown:
            said.append(letter)
            places.append(place)
    return Letters("".join(said), places)


@lru_cache(maxsize=8192)
def _shown(character: str) -> str:
    if character in _BREAKS:
        return "\n"
    if character.isspace():
        return " "
    if 0xE0020 <= ord(character) <= 0xE007E:
        return chr(ord(character) - 0xE0000).lower()
    decomposed = unicodedata.normalize("NFKD", character.lower())
    kept = "".join(one for one in decomposed if unicodedata.category(one) not in _UNSEEN)
    return kept.lower().translate(_ALIKE)

"""Words of a text with their places, reduced to stems so that inflections meet."""

from __future__ import annotations

import re
import threading
import tomllib
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

import tantivy

# Characters that show nothing; inside a word they are read over, so "pay\u200broll" still reads payroll.
INVISIBLE = "\u00ad\u200b\u200c\u200d\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff"

# A dot joins only in ".NET", "node.js", "u.s"; "&" only in "R&D". "C++" and "C#" keep their signs.
_WORD = re.compile(
    rf"(?<![\w])(?:\.(?=NET\b|Net\b))?[^\W_]"
    rf"(?:[\w{INVISIBLE}]|['’](?=[^\W\d_])|\.(?=(?:js|net|JS|NET|io|[A-Za-z])\b)|&(?=[A-Z]\b))*(?:\+\+|#)?"
)
_UNSEEN = re.compile(f"[{INVISIBLE}]")
# Both spellings fall together; that other words change too does no harm, since both sides change alike.
_SPELLINGS = (
    (re.compile(r"(?<=[a-z]{3})our(?=s|ed|ing|al|able|ist|$)"), "or"),
    (re.compile(r"cence(?=s$|d$|$)"), "cense"),
    (re.compile(r"(?<=[a-z]{3})is(?=e$|es$|ed$|ing$|ation)"), "iz"),
    (re.compile(r"(?<=[a-z]{2})tre(?=s$|$)"), "ter"),
)
_POSSESSIVE = re.compile(r"['’]s?$|['’]")

_LISTS = tomllib.loads(files(__package__).joinpath("unsaid.toml").read_text(encoding="utf-8"))
STOPWORDS = frozenset(_LISTS["function"].split())
FILLERS = frozenset(_LISTS["wrapping"].split())


class Word(NamedTuple):
    """A word's stem and its place in the text it came from."""

    stem: str
    start: int
    end: int


def words(text: str) -> list[Word]:
    """Every word of the text, in order; `text[word.start:word.end]` is the word as written."""
    return [Word(stem(match.group()), match.start(), match.end()) for match in _WORD.finditer(text)]


def significant(text: str) -> list[str]:
    """Stems of the words that carry meaning, each once: no function words, no wrapping, no bare numbers."""
    found: dict[str, None] = {}
    for match in _WORD.finditer(text):
        plain = read_over(match.group()).lower()
        if plain in STOPWORDS and not match.group().isupper():
            continue
        if plain in FILLERS or plain.isdigit() or (len(plain) == 1 and not match.group().isupper()):
            continue
        found.setdefault(stem(plain), None)
    return list(found)


def names(text: str) -> frozenset[str]:
    """Stems of capitalised words in their bare form: "Excel" is a name, and "excelled" is not that name."""
    return frozenset(
        plain
        for match in _WORD.finditer(text)
        if match.group()[0].isupper() and (plain := match.group().lower()) == stem(plain)
    )


def read_over(text: str) -> str:
    """The text without the characters that show nothing."""
    return _UNSEEN.sub("", text)


@lru_cache(maxsize=131_072)
def stem(word: str) -> str:
    """The word in lower case, without invisible characters, reduced by the English Snowball stemmer."""
    plain = _POSSESSIVE.sub("", read_over(word).lower()).rstrip(".")
    if not plain.isalpha() or not plain.isascii():
        return plain
    for british, american in _SPELLINGS:
        plain = british.sub(american, plain)
    with _LOCK:
        reduced = (_ANALYZER.analyze(plain) or [plain])[0]
    return reduced[:-1] if len(reduced) > 5 and reduced.endswith("i") else reduced  # financi(al) meets financ(e)


_LOCK = threading.Lock()
_ANALYZER = (
    tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).filter(tantivy.Filter.stemmer("English")).build()
)

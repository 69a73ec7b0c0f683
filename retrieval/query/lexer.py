"""From characters to tokens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from retrieval.query.errors import QuerySyntaxError
from retrieval.query.tree import FIELDS, OPERATORS, QUOTES, is_searchable

MAX_LENGTH = 8_000
SYMBOLS = {"&": "AND", "&&": "AND", "+": "AND", "|": "OR", "||": "OR", "/": "OR", "!": "NOT"}

TokenKind: TypeAlias = Literal["word", "phrase", "prefix", "field", "AND", "OR", "NOT", "(", ")", "end"]


@dataclass(frozen=True)
class Token:
    """One token: its kind, its text (without quotes, star or colon) and where it starts."""

    kind: TokenKind
    text: str
    position: int


def tokenize(text: str) -> list[Token]:
    """All tokens of `text` and an `end` token.

    Raises:
        QuerySyntaxError: for a string over 8,000 characters, an open quote, a misplaced star, an unknown field, or
            words that hold no letter and no digit.
    """
    if len(text) > MAX_LENGTH:
        raise QuerySyntaxError(
            f"it has {len(text):,} characters, more than {MAX_LENGTH:,}",
            text=text,
            position=MAX_LENGTH,
            advice="Shorten it, or describe the role in plain words instead.",
        )
    tokens: list[Token] = []
    at = 0
    while at < len(text):
        char = text[at]
        if char.isspace():
            at += 1
        elif char in "()":
            tokens.append(Token("(" if char == "(" else ")", char, at))
            at += 1
        elif char in QUOTES:
            tokens.append(_phrase(text, at))
            at += len(tokens[-1].text) + 2
        elif char == "-":
            tokens.append(Token("NOT", "-", at))
            at += 1
        else:
            token, at = _word(text, at)
            tokens.append(token)
    tokens.append(Token("end", "", len(text)))
    return tokens


def _phrase(text: str, at: int) -> Token:
    end = next((i for i in range(at + 1, len(text)) if text[i] in QUOTES), None)
    if end is None:
        raise QuerySyntaxError(
            "a quote is opened and never closed",
            text=text,
            position=at,
            advice='Close it: "registered nurse".',
        )
    words = text[at + 1 : end]
    if not is_searchable(words):
        raise QuerySyntaxError(
            "there is nothing to search for between these quotes",
            text=text,
            position=at,
            advice="Put a word between them, or take them out.",
        )
    return Token("phrase", words, at)


def _word(text: str, at: int) -> tuple[Token, int]:
    """The word, prefix, field or operator that starts at `at`, and where it ends."""
    end = at
    while end < len(text) and not (text[end].isspace() or text[end] in "()" or text[end] in QUOTES):
        if text[end] == ":" and text[at:end].isalpha():
            return _field(text, at, end), end + 1
        end += 1
    word = text[at:end]
    if word in OPERATORS:
        kind: TokenKind = "AND" if word == "AND" else "OR" if word == "OR" else "NOT"
        return Token(kind, word, at), end
    star = word.find("*")
    if star >= 0 and star != len(word) - 1:
        raise QuerySyntaxError(
            "a star stands inside or before a word",
            text=text,
            position=at + star,
            advice="A star may only end a word: develop* finds developer and development.",
        )
    stem = word.removesuffix("*")
    if not is_searchable(stem):
        operator = SYMBOLS.get(word)
        advice = (
            f"Write {operator} in capitals instead." if operator else "Take it out, or write the word it stands for."
        )
        raise QuerySyntaxError(f"{word!r} holds no letter and no digit", text=text, position=at, advice=advice)
    if star >= 0 and not stem.isalnum():
        raise QuerySyntaxError(
            "a star ends something that is not one plain word",
            text=text,
            position=at,
            advice="A star may end a word of letters and digits only: develop* finds developer and development.",
        )
    return Token("prefix" if star >= 0 else "word", stem, at), end


def _field(text: str, at: int, colon: int) -> Token:
    name = text[at:colon].lower()
    if name not in FIELDS:
        known = ", ".join(f"{field}:" for field in FIELDS)
        raise QuerySyntaxError(
            f"there is no field {name!r}",
            text=text,
            position=at,
            advice=f"Fields are {known}; to search for the words themselves, put them in quotes.",
        )
    return Token("field", name, at)

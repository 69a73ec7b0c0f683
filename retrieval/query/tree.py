"""A search string as a tree, and the tree as a search string."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

Field: TypeAlias = Literal["title", "skill", "company"]
FIELDS: tuple[Field, ...] = get_args(Field)
OPERATORS = frozenset({"AND", "OR", "NOT"})
QUOTES = frozenset('"\u201c\u201d\u201e\u00ab\u00bb')
"""Straight quotes, and those that word processors put in their place."""
RESERVED = QUOTES | frozenset("()*")
"""Characters that a bare word cannot hold; `:` and a leading `-` are checked by `_is_word`."""


@dataclass(frozen=True, kw_only=True)
class Term:
    """Words to find, in one field or (`field` is None) anywhere in the profile.

    `word`: the word in any of its English forms; `phrase`: the words in this order, side by side;
    `prefix`: any word that starts so.
    """

    text: str
    form: Literal["word", "phrase", "prefix"] = "word"
    field: Field | None = None

    def __post_init__(self) -> None:
        readable = {"word": _is_word, "phrase": QUOTES.isdisjoint, "prefix": str.isalnum}[self.form]
        if not readable(self.text) or not is_searchable(self.text):
            raise ValueError(f"{self.text!r} cannot be a {self.form} of a search string")


@dataclass(frozen=True)
class Not:
    """Everybody who does not match `child`."""

    child: Node


@dataclass(frozen=True)
class And:
    """Everybody who matches all of two or more."""

    children: tuple[Node, ...]

    def __post_init__(self) -> None:
        _check_several(self.children)


@dataclass(frozen=True)
class Or:
    """Everybody who matches any of two or more."""

    children: tuple[Node, ...]

    def __post_init__(self) -> None:
        _check_several(self.children)


Node: TypeAlias = Term | Not | And | Or


def is_searchable(text: str) -> bool:
    """True where there is something to look for: a letter or a digit."""
    return any(c.isalnum() for c in text)


def _is_word(text: str) -> bool:
    """True where `text`, written bare, reads as one word."""
    if not text or text in OPERATORS or text.startswith("-") or any(c in RESERVED or c.isspace() for c in text):
        return False
    head, colon, _ = text.partition(":")
    return not (colon and head.isalpha())


def render(node: Node) -> str:
    """The search string of a tree; `parse(render(node)) == node`."""
    match node:
        case Term():
            body = {"word": node.text, "phrase": f'"{node.text}"', "prefix": f"{node.text}*"}[node.form]
            return f"{node.field}:{body}" if node.field else body
        case Not():
            return f"NOT {_inside(node.child)}"
        case And():
            return " AND ".join(_inside(child) for child in node.children)
        case Or():
            return " OR ".join(_inside(child) for child in node.children)


def terms(node: Node, *, positive: bool = True) -> Iterator[Term]:
    """The terms a match may show, left to right: those under an even number of NOTs (`positive=False`: odd)."""
    match node:
        case Term():
            if positive:
                yield node
        case Not():
            yield from terms(node.child, positive=not positive)
        case And() | Or():
            for child in node.children:
                yield from terms(child, positive=positive)


def _inside(node: Node) -> str:
    return f"({render(node)})" if isinstance(node, And | Or) else render(node)


def _check_several(children: tuple[Node, ...]) -> None:
    if len(children) < 2:
        raise ValueError("AND and OR join two or more")

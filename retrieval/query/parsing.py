"""From tokens to a tree, by recursive descent.

either  := both (OR both)*
both    := single (AND? single)*          words side by side are joined by AND
single  := (NOT | -) single | field? group | field? term
group   := "(" either ")"
"""

from __future__ import annotations

from typing import cast

from retrieval.query.errors import QuerySyntaxError
from retrieval.query.lexer import Token, tokenize
from retrieval.query.tree import And, Field, Node, Not, Or, Term

MAX_DEPTH = 40
MAX_TERMS = 500


def parse(text: str) -> Node:
    """The tree of a search string.

    Precedence: parentheses, NOT, AND, OR. `title:(a OR b)` gives the field to every term inside.

    Raises:
        QuerySyntaxError: where the string cannot be read, is empty, nests more than 40 deep, or holds over 500 terms.
    """
    return _Parser(text).whole()


class _Parser:
    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = tokenize(text)
        self._at = 0
        self._depth = 0
        excess = [token for token in self._tokens if token.kind in ("word", "phrase", "prefix")][MAX_TERMS:]
        if excess:
            raise self._error(
                f"it holds more than {MAX_TERMS} words to search for",
                excess[0],
                "Shorten it, or describe the role in plain words instead.",
            )

    def _peek(self) -> Token:
        return self._tokens[self._at]

    def _take(self) -> Token:
        token = self._tokens[self._at]
        self._at += 1
        return token

    def _error(self, problem: str, token: Token, advice: str) -> QuerySyntaxError:
        return QuerySyntaxError(problem, text=self._text, position=token.position, advice=advice)

    def whole(self) -> Node:
        if self._peek().kind == "end":
            raise self._error(
                "there is nothing to search for", self._peek(), 'Write words, such as: "registered nurse" AND ICU'
            )
        node = self._either(None)
        if self._peek().kind != "end":
            raise self._error(
                "a parenthesis is closed that was never opened",
                self._peek(),
                "Open it before the first word it should hold, or take it out.",
            )
        return node

    def _either(self, field: Field | None) -> Node:
        children = [self._both(field)]
        while self._peek().kind == "OR":
            self._take()
            children.append(self._both(field))
        return children[0] if len(children) == 1 else Or(tuple(children))

    def _both(self, field: Field | None) -> Node:
        children = [self._single(field)]
        while self._peek().kind not in ("OR", ")", "end"):
            if self._peek().kind == "AND":
                self._take()
            children.append(self._single(field))
        return children[0] if len(children) == 1 else And(tuple(children))

    def _single(self, field: Field | None) -> Node:
        token = self._peek()
        if token.kind in ("NOT", "("):
            self._depth += 1
            if self._depth > MAX_DEPTH:
                raise self._error(
                    f"parentheses and NOTs are nested more than {MAX_DEPTH} deep",
                    token,
                    "Take out those that change nothing.",
                )
            node = self._negation(field) if token.kind == "NOT" else self._group(field)
            self._depth -= 1
            return node
        if token.kind == "field":
            return self._fielded(field)
        if token.kind in ("word", "phrase", "prefix"):
            self._take()
            return Term(text=token.text, form=token.kind, field=field)
        raise self._missing(token)

    def _negation(self, field: Field | None) -> Node:
        token = self._take()
        # A bare dash is NOT only where it touches what it takes out: `a - b` is more likely a dash than a minus.
        if token.text == "-" and self._peek().position != token.position + 1:
            raise self._error(
                "a dash stands alone",
                token,
                "Join it to the word to leave out (-intern), or take it out.",
            )
        return Not(self._single(field))

    def _group(self, field: Field | None) -> Node:
        opened = self._take()
        if self._peek().kind == ")":
            raise self._error(
                "there is nothing between these parentheses", opened, "Put words between them, or take them out."
            )
        node = self._either(field)
        if self._peek().kind != ")":
            raise self._error(
                "a parenthesis is opened and never closed", opened, "Close it after the last word it should hold."
            )
        self._take()
        return node

    def _fielded(self, outer: Field | None) -> Node:
        token = self._take()
        if outer:
            raise self._error(
                f"{token.text}: stands inside {outer}:( )",
                token,
                "A term belongs to one field: close the parenthesis before it.",
            )
        if self._peek().kind not in ("word", "phrase", "prefix", "("):
            raise self._error(
                f"nothing follows {token.text}:",
                token,
                f'Write {token.text}:word, {token.text}:"two words" or {token.text}:(a OR b); NOT goes before it.',
            )
        return self._single(cast("Field", token.text))

    def _missing(self, token: Token) -> QuerySyntaxError:
        before = self._tokens[self._at - 1] if self._at else None
        if before and before.kind in ("AND", "OR", "NOT"):
            return self._error(
                f"nothing follows {before.text}", before, f"Put what you look for after {before.text}, or take it out."
            )
        if token.kind == ")":
            return self._error(
                "a parenthesis is closed that was never opened",
                token,
                "Open it before the first word it should hold, or take it out.",
            )
        if not token.text:
            return self._error(
                "nothing follows the parenthesis", before or token, "Put what it should hold after it, or take it out."
            )
        return self._error(
            f"nothing stands before {token.text}",
            token,
            f'Put what you look for before {token.text}; to search for the word itself, write "{token.text}".',
        )

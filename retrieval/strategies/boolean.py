"""People whose profile holds the words: the recruiter's own search string, or one made from the role, and BM25."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import islice

from pyroaring import BitMap

from retrieval.filters import Filter
from retrieval.query import Node, compile_query, parse, render, terms
from retrieval.query.generation import generate, variants
from retrieval.schema import Context, Retrieval, Role
from retrieval.snapshot import Snapshot
from retrieval.strategies.answer import answer
from retrieval.strategies.request import telling_words, wanted_text
from retrieval.text_index import analyze

__all__ = ["Boolean", "create", "generate"]

BOOSTS: Mapping[str, float] = {"text": 1.0, "title": 0.35}
"""What a request's word is worth where it stands. A request is prose: heavier titles reward whoever holds an odd title
with its common words (nDCG@10 on 90 judged requests: text alone .638, with titles at .35 .66, at 2 .51).
"""
ENOUGH = 10
"""Members that a made string has to match before it is loosened no further."""
LIFT = 0.05
"""What matching the made string adds, as a share of the best BM25 score."""
ASKED = 40
"""Terms of a string, at most, that are looked up one by one to say which of them matched."""
SHOWN = 6
"""Matched terms that a reason names, and request words looked up, twice over."""
STRING = 100
"""Characters of a string that a reason shows."""

Found = Mapping[str, BitMap]
"""What was looked up, as written -> the rows that have it."""


class Boolean:
    """With a string of the recruiter's: exactly those who match it. Without: everybody with the request's words, and
    those who match a string made from the role are lifted. Both ranked by BM25.
    """

    name = "boolean"

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._text = snapshot.text

    def retrieve(self, *, role: Role, filter: Filter, context: Context, limit: int) -> Retrieval:
        """Members by their words.

        Raises:
            QuerySyntaxError: where `context.boolean` cannot be read; its message shows the place.
        """
        own = parse(context.boolean) if context.boolean and context.boolean.strip() else None
        rows = filter.rows & self._snapshot.alive
        if limit < 1 or not rows:
            return Retrieval()
        return self._own(own, role, rows, limit) if own else self._made(role, rows, limit)

    def _own(self, node: Node, role: Role, rows: BitMap, limit: int) -> Retrieval:
        """Who matches the string, by BM25 of the string and of the request together."""
        scores = dict(self._search(node, rows, len(rows)))
        if scores:
            matched = BitMap(scores)
            for row, score in self._worded(wanted_text(role), matched, len(matched)):
                scores[row] += score
        string = _short(render(node))
        notes = _remarks(node)
        if not scores:
            notes.append(f"boolean: nobody who passes the filter matches {string}")
        best = _best(scores, limit)
        found = self._matching(node, BitMap(best))
        return answer(
            self.name,
            self._snapshot,
            best.items(),
            limit=limit,
            reason=lambda row, _: f"matches {string}{_listed(found, row)}",
            notes=notes,
        )

    def _made(self, role: Role, rows: BitMap, limit: int) -> Retrieval:
        """Who has the request's words, by BM25; those who match the made string are lifted."""
        wanted = wanted_text(role)
        wide = max(200, 2 * limit)
        scores = dict(self._worded(wanted, rows, wide))
        node, matched = self._loosened(role, rows, wide)
        if unscored := matched - BitMap(scores):
            scores |= dict.fromkeys(unscored, 0.0)
            scores |= dict(self._worded(wanted, unscored, len(unscored)))
        lift = LIFT * max(scores.values(), default=0.0)
        best = _best({row: score + (lift if row in matched else 0.0) for row, score in scores.items()}, limit)
        string = _short(render(node)) if node else ""
        found = self._matching(node, matched & BitMap(best)) if node else {}
        words = self._having(wanted, BitMap(best))

        def reason(row: int, score: float) -> str:  # noqa: ARG001 -- `answer` passes it
            if row in matched:
                return f"matches {string}{_listed(found, row)}"
            return f"words of the request{_listed(words, row) or ': common ones only'}"

        return answer(self.name, self._snapshot, best.items(), limit=limit, reason=reason)

    def _loosened(self, role: Role, rows: BitMap, limit: int) -> tuple[Node | None, BitMap]:
        """The strictest made string that enough members match, else the loosest that anybody does; and who matches."""
        last: tuple[Node | None, BitMap] = (None, BitMap())
        for node in variants(role):
            matched = BitMap([row for row, _ in self._search(node, rows, limit)])
            if matched:
                last = (node, matched)
            if len(matched) >= ENOUGH:
                break
        return last

    def _worded(self, text: str, rows: BitMap, limit: int) -> list[tuple[int, float]]:
        return self._text.search_terms(text, rows=rows, limit=limit, boosts=BOOSTS)

    def _search(self, node: Node, rows: BitMap, limit: int) -> list[tuple[int, float]]:
        query = compile_query(node, schema=self._text.schema, analyse=analyze)
        return self._text.search(query, rows=rows, limit=limit)

    def _matching(self, node: Node, rows: BitMap) -> Found:
        """Which rows match which term of the string."""
        asked = islice(dict.fromkeys(terms(node)), ASKED)
        return {term.text: BitMap([row for row, _ in self._search(term, rows, len(rows))]) for term in asked if rows}

    def _having(self, text: str, rows: BitMap) -> Found:
        """Which rows have which of the telling words of a request."""
        words = telling_words(text, self._text, most=2 * SHOWN)
        return {
            word: BitMap(
                [row for row, _ in self._text.search(self._text.term("text", term), rows=rows, limit=len(rows))]
            )
            for term, word in words.items()
            if rows
        }


def create(snapshot: Snapshot) -> Boolean:
    """The entry point's factory."""
    return Boolean(snapshot)


def _best(scores: Mapping[int, float], limit: int) -> dict[int, float]:
    """The `limit` best and all that tie with the last of them."""
    ordered = sorted(scores.items(), key=lambda pair: -pair[1])
    last = ordered[limit - 1][1] if limit <= len(ordered) else float("-inf")
    return {row: score for row, score in ordered if score >= last}


def _listed(found: Found, row: int) -> str:
    having = list(dict.fromkeys(word for word, rows in found.items() if row in rows))
    more = f" and {len(having) - SHOWN} more" if len(having) > SHOWN else ""
    return f": {', '.join(having[:SHOWN])}{more}" if having else ""


def _remarks(node: Node) -> list[str]:
    small: Iterable[str] = sorted({t.text for t in terms(node) if t.form == "word" and t.text in ("and", "or", "not")})
    return [
        f'boolean: "{word}" in small letters is a word to find; write {word.upper()} to join words' for word in small
    ]


def _short(string: str) -> str:
    return string if len(string) <= STRING else string[: STRING - 3] + "..."

"""From a tree to a query of the text index."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence

import tantivy

from retrieval.query.tree import And, Node, Not, Or, Term

Analyse = Callable[[str], Sequence[str]]
"""Text to the index's own terms, in order: lower-cased, stemmed."""


def compile_query(
    node: Node,
    *,
    schema: tantivy.Schema,
    analyse: Analyse,
    fields: Mapping[str | None, Sequence[str]] | None = None,
) -> tantivy.Query:
    """The query that matches exactly whom `node` means, scored by BM25.

    `fields` says which index fields stand for `title`, `skill`, `company` and (None) anywhere; by default the fields
    of those names, and anywhere is all of them and `text`. A term that the analyser leaves nothing of (a stop word)
    asks for nothing: AND and OR go on without it.
    """
    return _Compiler(schema, analyse, fields or ANYWHERE).whole(node)


ANYWHERE: Mapping[str | None, Sequence[str]] = {
    None: ("text", "title", "skill", "company"),
    "title": ("title",),
    "skill": ("skill",),
    "company": ("company",),
}


class _Compiler:
    def __init__(self, schema: tantivy.Schema, analyse: Analyse, fields: Mapping[str | None, Sequence[str]]) -> None:
        self._schema = schema
        self._analyse = analyse
        self._fields = fields

    def whole(self, node: Node) -> tantivy.Query:
        query = self._query(node)
        return tantivy.Query.empty_query() if query is None else query

    def _query(self, node: Node) -> tantivy.Query | None:
        match node:
            case Term():
                return self._term(node)
            case Not():
                return self._clauses((node,))
            case And():
                return self._clauses(node.children)
            case Or():
                children = [query for child in node.children if (query := self._query(child)) is not None]
                return _any(children)

    def _clauses(self, children: Sequence[Node]) -> tantivy.Query | None:
        """All of `children`; tantivy wants something to subtract from, so that NOT alone starts from everybody."""
        clauses: list[tuple[tantivy.Occur, tantivy.Query]] = []
        for child in children:
            inner = self._query(child.child if isinstance(child, Not) else child)
            if inner is not None:
                clauses.append((tantivy.Occur.MustNot if isinstance(child, Not) else tantivy.Occur.Must, inner))
        if not clauses:
            return None
        if all(occur == tantivy.Occur.MustNot for occur, _ in clauses):
            clauses.append((tantivy.Occur.Must, tantivy.Query.const_score_query(tantivy.Query.all_query(), 0.0)))
        return tantivy.Query.boolean_query(clauses)

    def _term(self, term: Term) -> tantivy.Query | None:
        words = list(self._analyse(term.text))
        if not words:
            return None
        return _any([self._in_field(term, words, field) for field in self._fields[term.field]])

    def _in_field(self, term: Term, words: list[str], field: str) -> tantivy.Query:
        if term.form == "prefix":
            return self._prefix(term, words, field)
        if len(words) == 1:
            return tantivy.Query.term_query(self._schema, field, words[0])
        return tantivy.Query.phrase_query(self._schema, field, list(words))

    def _prefix(self, term: Term, words: list[str], field: str) -> tantivy.Query:
        """Terms that start so, or the stem of the prefix itself: the index holds `manag`, which `manage*` must find."""
        start = re.escape(fold(term.text))
        starts = tantivy.Query.regex_query(self._schema, field, f"{start}.*")
        stem = tantivy.Query.term_query(self._schema, field, words[0])
        return tantivy.Query.boolean_query([(tantivy.Occur.Should, starts), (tantivy.Occur.Should, stem)])


def fold(text: str) -> str:
    """Lower case without accents, as the index's terms are."""
    return "".join(c for c in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(c))


def _any(queries: list[tantivy.Query]) -> tantivy.Query | None:
    if not queries:
        return None
    if len(queries) == 1:
        return queries[0]
    return tantivy.Query.boolean_query([(tantivy.Occur.Should, query) for query in queries])

"""A compiled search string matches exactly whom an evaluator over plain lists, written apart from it, says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import tantivy
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.query import FIELDS, And, Node, Not, Or, QuerySyntaxError, Term, compile_query, parse

FIELD_NAMES = ("text", *FIELDS)
WORDS = ["nurse", "nurses", "nursing", "manager", "management", "icu", "sap", "develops", "developer", "software"]

Document = dict[str, str]


@dataclass(frozen=True)
class Library:
    """A tantivy index of plain documents beside the documents themselves."""

    documents: list[Document]
    schema: tantivy.Schema
    searcher: tantivy.Searcher
    analyser: tantivy.TextAnalyzer

    @classmethod
    def of(cls, documents: list[Document]) -> Library:
        analyser = (
            tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
            .filter(tantivy.Filter.lowercase())
            .filter(tantivy.Filter.stemmer("english"))
            .build()
        )
        builder = tantivy.SchemaBuilder()
        for field in FIELD_NAMES:
            builder.add_text_field(field, tokenizer_name="words", index_option="position")
        builder.add_unsigned_field("row", stored=True)
        schema = builder.build()
        index = tantivy.Index(schema)
        index.register_tokenizer("words", analyser)
        writer = index.writer(heap_size=20_000_000, num_threads=1)
        for row, document in enumerate(documents):
            writer.add_document(tantivy.Document(row=row, **document))
        writer.commit()
        index.reload()
        return cls(documents, schema, index.searcher(), analyser)

    def found(self, node: Node) -> set[int]:
        query = compile_query(node, schema=self.schema, analyse=self.analyser.analyze)
        hits = self.searcher.search(query, limit=len(self.documents) + 1).hits
        return {self.searcher.doc(address)["row"][0] for _, address in hits}

    def expected(self, node: Node) -> set[int]:
        return {row for row, document in enumerate(self.documents) if self._matches(node, document)}

    def _matches(self, node: Node, document: Document) -> bool:
        if isinstance(node, Not):
            return not self._matches(node.child, document)
        if isinstance(node, And):
            return all(self._matches(child, document) for child in node.children)
        if isinstance(node, Or):
            return any(self._matches(child, document) for child in node.children)
        fields = [node.field] if node.field else list(FIELD_NAMES)
        return any(self._holds(node, self.analyser.analyze(document[field])) for field in fields)

    def _holds(self, term: Term, tokens: list[str]) -> bool:
        words = self.analyser.analyze(term.text)
        if term.form == "prefix":
            return any(token.startswith(term.text.lower()) or token == words[0] for token in tokens)
        return any(tokens[i : i + len(words)] == words for i in range(len(tokens) - len(words) + 1))


def _documents() -> st.SearchStrategy[list[Document]]:
    words = st.lists(st.sampled_from(WORDS), max_size=4).map(" ".join)
    return st.lists(st.fixed_dictionaries(dict.fromkeys(FIELD_NAMES, words)), min_size=1, max_size=6)


def _nodes() -> st.SearchStrategy[Node]:
    field = st.sampled_from([None, *FIELDS])
    term = (
        st.builds(Term, text=st.sampled_from(WORDS), form=st.just("word"), field=field)
        | st.builds(
            Term,
            text=st.lists(st.sampled_from(WORDS), min_size=1, max_size=2).map(" ".join),
            form=st.just("phrase"),
            field=field,
        )
        | st.builds(
            Term, text=st.sampled_from(["n", "nurs", "manage", "Dev", "x"]), form=st.just("prefix"), field=field
        )
    )
    return st.recursive(
        term,
        lambda inner: (
            st.builds(Not, inner)
            | st.builds(And, st.lists(inner, min_size=2, max_size=3).map(tuple))
            | st.builds(Or, st.lists(inner, min_size=2, max_size=3).map(tuple))
        ),
        max_leaves=8,
    )


@given(_documents(), st.lists(_nodes(), min_size=1, max_size=12))
@settings(max_examples=40, deadline=None)
def test_matches_exactly_whom_the_evaluator_says(documents: list[Document], trees: list[Node]) -> None:
    library = Library.of(documents)
    for node in trees:
        assert library.found(node) == library.expected(node)


@pytest.fixture(scope="module")
def library() -> Library:
    rows = [
        ("Registered nurse in the ICU, covers shifts", "Registered Nurse", "ICU", "General Hospital"),
        ("Nurse manager. Developer of training", "Nurse Manager", "training", "Clinic"),
        ("Software developer, node.js and C", "Developer", "node.js", "Acme"),
    ]
    return Library.of([dict(zip(FIELD_NAMES, row, strict=True)) for row in rows])


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("nurses", {0, 1}),
        ("title:nurse -manager", {0}),
        ('"nurse manager"', {1}),
        ("manage*", {1}),
        ("develop*", {1, 2}),
        ("title:develop*", {2}),
        ("NOT nurse", {2}),
        ("ICU OR NOT nurse", {0, 2}),
        ("company:(acme OR clinic)", {1, 2}),
        ("node.js", {2}),
        ("zebra", set()),
        ("NOT zebra", {0, 1, 2}),
    ],
)
def test_finds(library: Library, text: str, rows: set[int]) -> None:
    assert library.found(parse(text)) == rows


def test_words_the_analyser_drops_ask_for_nothing(library: Library) -> None:
    def without_the(text: str) -> Iterator[str]:
        return (token for token in library.analyser.analyze(text) if token != "the")

    def found(text: str) -> int:
        query = compile_query(parse(text), schema=library.schema, analyse=lambda t: list(without_the(t)))
        return len(library.searcher.search(query, limit=9).hits)

    assert (found("the nurse"), found("the OR nurse"), found("nurse -the"), found("the"), found("NOT the")) == (
        2,
        2,
        2,
        0,
        0,
    )


@given(st.text(max_size=30))
@settings(max_examples=200, deadline=None)
def test_whatever_parses_compiles_and_runs(library: Library, text: str) -> None:
    try:
        node = parse(text)
    except QuerySyntaxError:
        return
    library.found(node)

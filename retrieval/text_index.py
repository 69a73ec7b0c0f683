"""Words to members: BM25 over titles, skills, companies and the whole text, exact under a filter of rows."""

from __future__ import annotations

import shutil
import weakref
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import tantivy
from pyroaring import BitMap
from tantivy import Document, Filter, Index, Occur, Query, SchemaBuilder, TextAnalyzerBuilder, Tokenizer

from retrieval.schema import Profile

FIELDS = ("title", "skill", "company", "text")
BOOSTS: Mapping[str, float] = {"title": 2.0, "skill": 1.5, "text": 1.0}
_ANALYZER = "shortlist_english"
_WORDS = r"[\p{L}\p{N}_]+(?:\+\+|#)?"  # C++ and C# stay words of their own
_FEW = 2000  # up to so many rows the filter goes into the query; above, more hits are fetched than asked for
_MOST_TERMS = 128
_MIB = 1 << 20


@cache
def _analyzer() -> tantivy.TextAnalyzer:
    builder = TextAnalyzerBuilder(Tokenizer.regex(_WORDS)).filter(Filter.remove_long(64)).filter(Filter.lowercase())
    return builder.filter(Filter.ascii_fold()).filter(Filter.stemmer("english")).build()


@cache
def _schema() -> tantivy.Schema:
    builder = SchemaBuilder()
    for field in FIELDS:
        builder.add_text_field(field, stored=False, tokenizer_name=_ANALYZER)
    builder.add_unsigned_field("row", stored=False, indexed=True, fast=True)
    return builder.build()


def analyze(text: str) -> list[str]:
    """The terms of `text` as the index holds them: lower case, no accents, English stems, stop words kept."""
    return _analyzer().analyze(text)


class TextIndex:
    """A read-only text index; safe to use from several threads. Rows are the snapshot's."""

    def __init__(self, folder: Path) -> None:
        """Open the index in `folder`. Raises: ValueError where there is none that can be read."""
        try:
            index = Index.open(str(folder))
        except ValueError as error:
            if "Lockfile" not in str(error):
                raise
            # tantivy makes a lock file to open one. Where `folder` cannot be written to, links to its files will do.
            links = _linked(folder)
            weakref.finalize(self, shutil.rmtree, links, ignore_errors=True)
            index = Index.open(links)
        index.register_tokenizer(_ANALYZER, _analyzer())
        self.schema = index.schema
        self._index = index
        self._searcher = index.searcher()

    @property
    def count(self) -> int:
        """Members in the index."""
        return int(self._searcher.num_docs)

    def frequency(self, field: str, term: str) -> int:
        """How many members have the analyzed `term` in `field`."""
        return int(self._searcher.doc_freq(field, term))

    def term(self, field: str, term: str) -> Query:
        """A query for one analyzed term."""
        return Query.term_query(self.schema, field, term)

    def phrase(self, field: str, text: str) -> Query:
        """A query for the words of `text` one after the other; for one word, that word."""
        terms = analyze(text)
        if not terms:
            return Query.empty_query()
        return self.term(field, terms[0]) if len(terms) == 1 else Query.phrase_query(self.schema, field, list(terms))

    def mentions(self, *alternatives: str, field: str = "text") -> int:
        """How many members have every word of one of `alternatives` in `field`, in any place and form."""
        asked = [
            Query.boolean_query([(Occur.Must, self.term(field, term)) for term in dict.fromkeys(terms)])
            for terms in map(analyze, alternatives)
            if terms
        ]
        if not asked:
            return 0
        query = Query.boolean_query([(Occur.Should, one) for one in asked])
        found = self._searcher.search(query, limit=1, count=True)
        return int(found.count or 0)  # type: ignore[attr-defined]  # the stubs miss it

    def search(self, query: Query, *, rows: BitMap, limit: int) -> list[tuple[int, float]]:
        """The `limit` best members of `rows` that match, as (row, score), best first, ties by row.

        Exact: never fewer than `limit` while that many of `rows` match. Rows that do not score are not left out.
        """
        if not rows or limit < 1:
            return []
        if len(rows) <= _FEW:
            among = Query.const_score_query(Query.term_set_query(self.schema, "row", list(rows)), 0.0)
            query = Query.boolean_query([(Occur.Must, query), (Occur.Must, among)])
        fetch = min(self.count, 2 * limit * max(1, self.count // len(rows)))
        while True:
            found = self._searcher.search(query, limit=max(fetch, 1), count=False).hits
            at: list[int] = self._searcher.fast_field_values("row", [address for _, address in found])  # type: ignore[assignment] # of an unsigned field: int
            passing = [(row, float(score)) for row, (score, _) in zip(at, found, strict=True) if row in rows]
            # members that tie with the last one wanted may stand beyond what was fetched
            settled = len(passing) > limit and passing[limit - 1][1] > found[-1][0]
            if settled or len(found) < fetch or fetch >= self.count:
                return sorted(passing, key=lambda hit: (-hit[1], hit[0]))[:limit]
            fetch = min(self.count, 4 * fetch)

    def search_terms(
        self, text: str, *, rows: BitMap, limit: int, boosts: Mapping[str, float] = BOOSTS
    ) -> list[tuple[int, float]]:
        """BM25 for `text` as a bag of words, summed over the fields of `boosts`; as `search` otherwise.

        Of a very long text its 128 rarest terms count.
        """
        counts = Counter(analyze(text))
        if len(counts) > _MOST_TERMS:
            rarest = sorted(counts, key=lambda term: (sum(self.frequency(f, term) for f in boosts) or 1 << 40, term))
            counts = Counter({term: counts[term] for term in rarest[:_MOST_TERMS]})
        clauses = [
            (Occur.Should, Query.boost_query(self.term(field, term), boost * times))
            for term, times in counts.items()
            for field, boost in boosts.items()
        ]
        return self.search(Query.boolean_query(clauses), rows=rows, limit=limit) if clauses else []


def _linked(folder: Path) -> str:
    """A new folder, to be removed, with a link to every file of `folder` but its locks."""
    links = mkdtemp(prefix="shortlist-text-")
    for path in folder.iterdir():
        if path.suffix != ".lock":
            Path(links, path.name).symlink_to(path.resolve())
    return links


@contextmanager
def _disk() -> Iterator[None]:
    """tantivy knows one kind of error; while writing it is the disk's."""
    try:
        yield
    except ValueError as error:
        raise OSError(f"the text index could not be written: {error}") from error


class TextIndexWriter:
    """Builds a text index in an empty folder; the disk sees most of it at `close`."""

    def __init__(self, folder: Path, *, memory_mib: int = 256) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        with _disk():
            index = Index(_schema(), path=str(folder), reuse=False)
            index.register_tokenizer(_ANALYZER, _analyzer())
            self._writer = index.writer(heap_size=memory_mib * _MIB, num_threads=1)

    def add(self, row: int, profile: Profile) -> None:
        """Index one member under `row`. Raises: OSError where the disk refuses."""
        document = Document()
        document.add_unsigned("row", row)
        for title in dict.fromkeys(filter(None, (profile.headline, *(p.title for p in profile.positions)))):
            document.add_text("title", title)
        for skill in profile.skills:
            document.add_text("skill", skill.name)
        for company in dict.fromkeys(p.company for p in profile.positions if p.company):
            document.add_text("company", company)
        document.add_text("text", profile.text)
        with _disk():
            self._writer.add_document(document)

    def close(self) -> None:
        """Write everything out. Raises: OSError where the disk refuses."""
        with _disk():
            self._writer.commit()
            self._writer.wait_merging_threads()

    def abandon(self) -> None:
        """Let go of the folder without writing."""
        with suppress(ValueError, RuntimeError):  # RuntimeError: closed before
            self._writer.rollback()
        del self._writer

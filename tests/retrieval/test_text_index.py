"""Words find members, exactly under a filter, in the order BM25 gives."""

from __future__ import annotations

import random
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyroaring import BitMap
from rank_bm25 import BM25Plus
from tantivy import Occur, Query

from retrieval.schema import Position, Profile, Skill
from retrieval.snapshot import Snapshot
from retrieval.text_index import TextIndex, TextIndexWriter, analyze

WORDS = [f"word{i}" for i in range(60)]


def written(profiles: list[Profile], folder: Path) -> TextIndex:
    writer = TextIndexWriter(folder)
    for row, profile in enumerate(profiles):
        writer.add(row, profile)
    writer.close()
    return TextIndex(folder)


def crowd(size: int) -> list[Profile]:
    chance = random.Random(7)
    weights = [1 / (i + 1) for i in range(len(WORDS))]
    return [
        Profile(member_id=str(i), text=" ".join(chance.choices(WORDS, weights, k=chance.randint(5, 60))))
        for i in range(size)
    ]


@pytest.fixture(scope="module")
def people() -> list[Profile]:
    return crowd(6000)


@pytest.fixture(scope="module")
def index(people: list[Profile], tmp_path_factory: pytest.TempPathFactory) -> TextIndex:
    return written(people, tmp_path_factory.mktemp("text"))


@settings(max_examples=40, deadline=None)
@given(
    share=st.sampled_from([0.0, 0.0005, 0.01, 0.2, 0.4, 0.6, 0.99, 1.0]),
    seed=st.integers(0, 99),
    limit=st.sampled_from([1, 3, 50, 7000]),
    words=st.lists(st.sampled_from([*WORDS[:8], *WORDS[-4:]]), min_size=1, max_size=4),
)
def test_a_filter_only_takes_away(index: TextIndex, share: float, seed: int, limit: int, words: list[str]) -> None:
    """Whichever way the filter is applied, hits are those of an unfiltered search less the rows left out."""
    rows = BitMap(random.Random(seed).sample(range(6000), int(6000 * share)))
    everyone = index.search_terms(" ".join(words), rows=BitMap(range(6000)), limit=6000)
    expected = [row for row, _ in everyone if row in rows][:limit]
    found = index.search_terms(" ".join(words), rows=rows, limit=limit)
    assert len(found) == len(expected)
    scores = dict(everyone)
    assert [score for _, score in found] == pytest.approx([scores[row] for row in expected], rel=1e-5)
    assert {row for row, _ in found} <= set(rows)
    assert len({row for row, _ in found}) == len(found)


def test_matches_are_exactly_those_that_have_a_word(index: TextIndex, people: list[Profile]) -> None:
    found = {row for row, _ in index.search_terms("word50 word59", rows=BitMap(range(6000)), limit=6000)}
    assert found == {i for i, p in enumerate(people) if {"word50", "word59"} & set(p.text.split())}


def test_ties_go_by_row_whichever_way_the_filter_is_applied(tmp_path: Path) -> None:
    index = written([Profile(member_id=str(i), text="the same text") for i in range(5000)], tmp_path / "t")
    for rows in (BitMap(range(0, 5000, 4)), BitMap(range(0, 5000, 2)), BitMap(range(5000))):
        found = index.search_terms("same", rows=rows, limit=10)
        assert [row for row, _ in found] == list(rows)[:10]


def test_order_agrees_with_rank_bm25(index: TextIndex, people: list[Profile]) -> None:
    """Another implementation over the same terms (without its delta, BM25+ has the idf of Lucene and tantivy)."""
    oracle = BM25Plus([analyze(p.text) for p in people], k1=1.2, b=0.75, delta=0)
    for query in ("word3 word20 word41", "word55", "word10 word11 word12 word13 word14", "word5 word5 word40"):
        expected = oracle.get_scores(analyze(query))
        found = index.search_terms(query, rows=BitMap(range(6000)), limit=6000, boosts={"text": 1.0})
        ours, theirs = np.array([(score, expected[row]) for row, score in found]).T
        assert np.corrcoef(ours, theirs)[0, 1] > 0.999
        # tantivy keeps lengths in one byte: order may differ only where scores are next to equal
        assert np.all(np.diff(theirs) < 0.06 * theirs[1:])


def test_stems_accents_and_languages_with_signs() -> None:
    assert analyze("Managers managing, R\u00e9sum\u00e9s") == ["manag", "manag", "resum"]
    assert analyze("C++ C# node.js the 5+") == ["c++", "c#", "node", "js", "the", "5"]


def test_fields_hold_what_they_are_named_for(tmp_path: Path) -> None:
    one = Profile(
        member_id="1",
        text="plain words only",
        headline="Chief baker",
        positions=(Position(title="Miller", company="Northwind Traders"),),
        skills=(Skill(name="Sourdough"), Skill(name="C++")),
    )
    index = written([one, Profile(member_id="2", text="Sourdough baker")], tmp_path / "t")
    everyone = BitMap([0, 1])
    for field, word, rows in (
        ("title", "baker", [0]),
        ("title", "miller", [0]),
        ("company", "northwind", [0]),
        ("skill", "sourdough", [0]),
        ("skill", "c++", [0]),
        ("skill", "c", []),
        ("text", "sourdough", [1]),
        ("text", "baker", [1]),
    ):
        found = index.search(index.phrase(field, word), rows=everyone, limit=5)
        assert [row for row, _ in found] == rows, (field, word)
    assert index.search(index.phrase("company", "northwind traders"), rows=everyone, limit=5)
    assert not index.search(index.phrase("company", "traders northwind"), rows=everyone, limit=5)
    assert not index.search(index.phrase("title", "baker miller"), rows=everyone, limit=5)  # two titles, no phrase
    assert index.frequency("text", "baker") == 1
    weighted = index.search_terms("sourdough", rows=everyone, limit=5, boosts={"skill": 9.0, "text": 0.1})
    assert [row for row, _ in weighted] == [0, 1]


def test_any_tantivy_query_works(index: TextIndex, people: list[Profile]) -> None:
    query = Query.boolean_query(
        [(Occur.Must, index.term("text", "word1")), (Occur.MustNot, index.term("text", "word0"))]
    )
    found = {row for row, _ in index.search(query, rows=BitMap(range(6000)), limit=6000)}
    words = [set(p.text.split()) for p in people]
    assert found == {i for i, said in enumerate(words) if "word1" in said and "word0" not in said}


def test_nothing_to_search(index: TextIndex) -> None:
    everyone = BitMap(range(6000))
    assert index.search_terms("", rows=everyone, limit=5) == []
    assert index.search_terms("?! ...", rows=everyone, limit=5) == []
    assert index.search_terms("neverwritten", rows=everyone, limit=5) == []
    assert index.search_terms("word1", rows=BitMap(), limit=5) == []
    assert index.search_terms("word1", rows=everyone, limit=0) == []


def test_a_very_long_request_is_answered_quickly_by_its_rare_words(index: TextIndex) -> None:
    text = " ".join(WORDS) + " unheard" * 100 + " ".join(f"noise{i}" for i in range(3000))
    began = time.perf_counter()
    found = index.search_terms(text, rows=BitMap(range(6000)), limit=5)
    assert len(found) == 5
    assert time.perf_counter() - began < 2


def test_repeated_words_count_double(index: TextIndex) -> None:
    once = dict(index.search_terms("word30", rows=BitMap(range(6000)), limit=6000))
    twice = dict(index.search_terms("word30 word30", rows=BitMap(range(6000)), limit=6000))
    assert once.keys() == twice.keys()
    assert all(twice[row] == pytest.approx(2 * score, rel=1e-5) for row, score in once.items())


def test_the_small_population(small_snapshot: Snapshot, small_population: list[Profile]) -> None:
    assert small_snapshot.text.count == len(small_population)
    best = small_snapshot.text.search_terms("NICU nurse", rows=small_snapshot.alive, limit=10)
    assert all("NICU" in small_population[row].text for row, _ in best)


def test_an_index_that_cannot_be_locked_is_read_all_the_same(tmp_path: Path) -> None:
    written(crowd(50), tmp_path)
    lock = tmp_path / ".tantivy-meta.lock"
    lock.unlink(missing_ok=True)
    lock.mkdir()  # as on a read-only disk, and for root too
    index = TextIndex(tmp_path)
    assert index.count == 50
    assert index.search_terms("word0", rows=BitMap(range(50)), limit=5)

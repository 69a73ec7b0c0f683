"""What is drawn is the same every time, holds all that is judged, and names nobody else."""

from __future__ import annotations

import json
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.schema import Profile
from training.muse.evaluation import Task
from training.muse.evaluation.people import People
from training.muse.evaluation.smaller import fewer_documents, fewer_lists, fewer_queries, only
from training.muse.lists import Candidate, GradedList, read_data, read_lists, read_texts, write_lists, write_texts

TASK = Task(
    name="t",
    queries={f"q{at}": "?" for at in range(9)},
    documents={f"d{at}": f"text {at}" for at in range(40)},
    qrels={f"q{at}": {f"d{at}": 1, f"d{at + 20}": 0} for at in range(9)},
)


@settings(deadline=None)
@given(st.integers(1, 12), st.integers(0, 50))
def test_everything_judged_stays_and_the_rest_is_cut(queries: int, documents: int) -> None:
    less = fewer_documents(fewer_queries(TASK, queries), documents)
    assert len(less.queries) == min(queries, 9)
    judged = {document for marks in less.qrels.values() for document in marks}
    assert judged <= set(less.documents)
    assert len(less.documents) == max(len(judged), min(documents, 40))


@settings(deadline=None)
@given(st.integers(1, 8), st.integers(1, 8))
def test_more_hold_what_fewer_hold(some: int, more: int) -> None:
    few, many = sorted((some, more))
    assert set(fewer_queries(TASK, few).queries) <= set(fewer_queries(TASK, many).queries)


def test_some_people_are_another_population(small_population: list[Profile]) -> None:
    everybody = People(name="all", profiles=lambda: iter(small_population))
    some = only(everybody, ["m003", "m001", "nobody"])
    assert [profile.member_id for profile in some.profiles()] == ["m001", "m003"]
    assert len({everybody.name, some.name, only(everybody, ["m001"]).name}) == 3


def test_lists_keep_their_sources_shares_and_bring_only_their_texts(tmp_path: Path) -> None:
    lists = [
        GradedList(
            qid=f"{source}-{at}",
            source=source,
            query="?",
            candidates=(Candidate(id=f"task:{source}{at}", grade=4), Candidate(id="member:m1", grade=0)),
        )
        for source, count in (("titles", 60), ("roles", 20))
        for at in range(count)
    ]
    data = tmp_path / "data"
    write_texts(data, {f"task:{one.source}{one.qid.partition('-')[2]}": "said" for one in lists})
    write_lists(data, lists)
    (data / "data.json").write_text(json.dumps({"workspace": "w"}))
    less = fewer_lists(data, tmp_path / "less", count=20)
    kept = read_lists(less)
    assert [sum(one.source == source for one in kept) for source in ("titles", "roles")] == [15, 5]
    assert set(read_texts(less)) == {one.candidates[0].id for one in kept}
    assert read_data(less) == {"workspace": "w", "subset": 20}
    before = (less / "lists.jsonl").read_bytes()
    fewer_lists(data, less, count=20)
    assert (less / "lists.jsonl").read_bytes() == before

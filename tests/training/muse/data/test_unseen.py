"""What an evaluation asks is recognised in the same words, in others' order, nearly, and inside of longer texts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.muse.data.unseen import Unseen, UnseenUnreadable, read_queries

# No word is a stem of another or a small word, so that words are what is compared.
WORDS = st.lists(
    st.sampled_from(["nurse", "cook", "clerk", "tax", "wolf", "brick", "lamp", "fish", "gold", "milk"]),
    min_size=1,
    max_size=6,
)


@given(st.lists(WORDS, max_size=6), WORDS)
def test_agrees_with_comparing_every_pair(queries: list[list[str]], said: list[str]) -> None:
    expected = any(
        len(set(one) & set(said)) >= 0.8 * len(set(one) | set(said))
        or (len(one) >= 4 and f" {' '.join(one)} " in f" {' '.join(said)} ")
        for one in queries
    )
    assert Unseen(" ".join(one) for one in queries).meets(" ".join(said)) is expected


@pytest.mark.parametrize(
    ("said", "meets"),
    [
        ("Registered nurse", True),
        ("REGISTERED NURSES!", True),
        ("nurse, registered", True),
        ("the registered nurse", True),
        ("senior registered nurse", False),
        ("nurse", False),
        ("We need somebody who closes the books under gaap; Boston", True),
        ("closes the books", False),
        ("", False),
    ],
)
def test_wording(said: str, meets: bool) -> None:
    assert Unseen(["registered nurse", "closes the books under GAAP", ""]).meets(said) is meets


def test_queries_of_any_evaluation(tmp_path: Path) -> None:
    (tmp_path / "queries.jsonl").write_text('{"qid": "1", "text": "a nurse"}\n\n{"_id": 2, "query": "a cook"}\n')
    assert read_queries(tmp_path) == ["a nurse", "a cook"]
    jobs = tmp_path / "jobs.jsonl"
    jobs.write_text(json.dumps({"job_id": "x", "tags": ["stock", "warehouse"]}))
    assert read_queries(jobs) == ["stock warehouse"]
    table = tmp_path / "queries.tsv"
    table.write_text('q_id\tjobtitle\n1\tnanny\n2\t"chef\n')
    assert read_queries(table) == ["nanny", '"chef']
    with pytest.raises(UnseenUnreadable, match="no folder with"):
        read_queries(tmp_path / "nothing")
    table.write_text("q_id\tjobtitle\n")
    with pytest.raises(UnseenUnreadable, match="holds no queries"):
        read_queries(table)
    jobs.write_text("[1]")
    with pytest.raises(UnseenUnreadable, match="holds no queries"):
        read_queries(jobs)

"""From scored rows to hits: the order, the ties, and reasons that are safe to print."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from retrieval.snapshot import Snapshot
from retrieval.strategies.answer import answer, best_rows, members, printable


def test_ties_are_ordered_by_member_and_only_hits_are_explained(small_snapshot: Snapshot) -> None:
    explained = []

    def reason(row: int, score: float) -> str:
        explained.append(row)
        return f"row {row}"

    scored = [(row, 0.5 if row % 2 else 0.25) for row in reversed(range(small_snapshot.count))]
    found = answer("mine", small_snapshot, scored, limit=3, reason=reason, notes=["a note"])
    assert [(hit.member_id, hit.rank, hit.score) for hit in found.hits] == [
        ("m001", 1, 0.5),
        ("m003", 2, 0.5),
        ("m005", 3, 0.5),
    ]
    assert explained == [1, 3, 5]
    assert found.notes == ("a note",)
    assert answer("mine", small_snapshot, scored, limit=0, reason=reason).hits == ()


def test_reasons_carry_nothing_that_a_terminal_acts_on(small_snapshot: Snapshot) -> None:
    hostile = "\x1b]8;;http://evil\x07quote\x1b[2J\u202egnp.exe\r\n"
    (hit,) = answer("mine", small_snapshot, [(0, 1.0)], limit=1, reason=lambda row, score: hostile).hits
    assert hit.reason == "]8;;http://evilquote[2Jgnp.exe"


@given(st.text())
def test_printable_keeps_what_can_be_printed(text: str) -> None:
    assert printable(text) == "".join(c for c in text if c.isprintable())


@given(st.lists(st.sampled_from([0.0, 0.25, 0.5, 1.0]), max_size=30), st.integers(0, 12))
def test_best_rows_holds_all_that_may_be_among_the_best(scores: list[float], limit: int) -> None:
    rows = np.arange(0, len(scores), 2)
    found = best_rows(np.array(scores, dtype=np.float32), rows, limit)
    some = sorted((scores[row] for row in rows if scores[row] > 0), reverse=True)
    last = some[limit - 1] if 0 < limit <= len(some) else 0
    assert found == [(row, scores[row]) for row in rows.tolist() if scores[row] > 0 and scores[row] >= last]


def test_people_are_counted_in_english() -> None:
    assert [members(1), members(2), members(1, "past role"), members(3, "past role")] == [
        "1 person",
        "2 people",
        "1 past role",
        "3 past roles",
    ]

"""What is asked: who is drawn for a request, and which pairs are asked twice."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from offline.evaluation.agreement import role_of_tags
from training.labels import Ask, LabelsDamaged, Task
from training.labels.plan import Plan, PlannedRequest, load_plan, repeated, save_plan
from training.labels.sources import SourceUnreadable, mixture, read_asked_pairs, read_requests, thinning

POOL = [f"p{number}" for number in range(200)]
OTHERS = [f"s{number}" for number in range(1000)]


def drawn(count: int, pool: list[str] = POOL, everyone: list[str] | None = None) -> list[tuple[str, str]]:
    return list(mixture(pool, everyone or [*POOL, *OTHERS], count, np.random.default_rng(0)))


def test_half_from_the_top_a_quarter_below_and_a_quarter_at_random() -> None:
    members = drawn(40)
    assert Counter(why for _, why in members) == {"top": 20, "lower": 10, "random": 10}
    assert [member for member, why in members if why == "top"] == POOL[:20]
    lower = [POOL.index(member) for member, why in members if why == "lower"]
    assert lower == sorted(lower)
    assert lower[0] == 20
    assert lower[-1] > 100
    assert all(member in OTHERS for member, why in members if why == "random")


@given(count=st.integers(1, 60), pool=st.integers(0, 50), others=st.integers(0, 50))
def test_nobody_is_drawn_twice_and_what_one_part_lacks_the_others_make_up(count: int, pool: int, others: int) -> None:
    members = drawn(count, POOL[:pool], [*POOL[:pool], *OTHERS[:others]] or ["s0"])
    assert len({member for member, _ in members}) == len(members) == min(count, max(1, pool + others))


@given(length=st.integers(0, 300), count=st.integers(0, 300))
def test_places_thin_out_downwards(length: int, count: int) -> None:
    count = min(count, length)
    places = thinning(length, count)
    assert len(set(places)) == len(places) == count
    assert places == sorted(places)
    assert all(0 <= place < length for place in places)


def tasks(count: int) -> list[Task]:
    return [Task(request_id=f"q{number % 7}", member_id=f"m{number}") for number in range(count)]


def test_a_share_is_asked_again_and_a_share_swapped_after_the_rest_of_their_request() -> None:
    planned = repeated(tasks(200), duplicates=0.05, swaps=0.1)
    assert Counter(task.ask for task in planned) == {Ask.FIRST: 200, Ask.AGAIN: 10, Ask.SWAPPED: 20}
    assert len({task.id for task in planned}) == 230
    firsts = {task.id for task in planned if task.ask is Ask.FIRST}
    assert all(task.first_id in firsts for task in planned)
    requests = [task.request_id for task in planned]
    assert len([1 for one, other in pairwise(requests) if one != other]) == 6  # each once
    for request in set(requests):
        asks = [task.ask is not Ask.FIRST for task in planned if task.request_id == request]
        assert asks == sorted(asks)


def test_who_is_asked_twice_does_not_depend_on_the_order() -> None:
    there = {task.id for task in repeated(tasks(100), duplicates=0.1, swaps=0, seed=3)}
    assert there == {task.id for task in repeated(tasks(100)[::-1], duplicates=0.1, swaps=0, seed=3)}
    assert there != {task.id for task in repeated(tasks(100), duplicates=0.1, swaps=0, seed=4)}


def test_a_plan_is_kept(tmp_path: Path) -> None:
    assert load_plan(tmp_path) is None
    role = role_of_tags(["nurse", "triage"])
    plan = Plan(
        requests=(PlannedRequest(request_id="q0", role=role),), tasks=tuple(repeated(tasks(9), duplicates=0.2, swaps=0))
    )
    save_plan(tmp_path / "new", plan)
    assert load_plan(tmp_path / "new") == plan
    (tmp_path / "new" / "plan.jsonl").write_text("nothing\n", encoding="utf-8")
    with pytest.raises(LabelsDamaged, match="plan"):
        load_plan(tmp_path / "new")


def test_requests_and_pairs_are_read_from_lines(tmp_path: Path) -> None:
    lines = tmp_path / "lines.jsonl"
    lines.write_text('{"text": "a nurse"}\n\n{"qid": "q2", "text": "a cook", "member_id": "m1"}\n', encoding="utf-8")
    assert read_requests(lines) == {"r00001": "a nurse", "q2": "a cook"}
    lines.write_text('{"qid": "q2", "text": "a cook", "member_id": "m1"}\n' * 2, encoding="utf-8")
    assert read_asked_pairs(lines) == ({"q2": "a cook"}, [Task(request_id="q2", member_id="m1")])
    (tmp_path / "queries.jsonl").write_text('{"qid": "q1", "text": "a nurse"}\n', encoding="utf-8")
    (tmp_path / "qrels.txt").write_text("q1 0 m1 4\n", encoding="utf-8")
    assert read_asked_pairs(tmp_path) == ({"q1": "a nurse"}, [Task(request_id="q1", member_id="m1")])


@pytest.mark.parametrize(
    ("lines", "read", "message"),
    [
        ("nothing\n", read_requests, "line 1: it is no JSON"),
        ("", read_requests, "holds no request"),
        ('{"qid": "a b", "text": "x"}\n', read_requests, "line 1"),
        ('{"qid": "a", "text": "x"}\n{"qid": "a", "text": "y"}\n', read_requests, "line 2: request a stood there"),
        ('{"qid": "a", "text": "x"}\n', read_asked_pairs, "line 1: a pair is"),
        ("", read_asked_pairs, "holds no pairs"),
    ],
)
def test_a_bad_source_names_its_line(tmp_path: Path, lines: str, read: object, message: str) -> None:
    (tmp_path / "in.jsonl").write_text(lines, encoding="utf-8")
    with pytest.raises(SourceUnreadable, match=message):
        read(tmp_path / "in.jsonl")

"""Batches hold what the recipe says, the same every time, and nobody's right answer is another's wrong one."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Sequence

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from training.muse.batches import Batch, Batches
from training.muse.lists import Candidate, GradedList, ListsUnreadable
from training.muse.recipe import Recipe
from training.muse.schedule import Schedule, rate
from training.muse.tokens import Sided

ONE_WAY = Recipe(batch=2, both_ways=())


def listed(qid: str, query: str, grades: dict[str, float], *, source: str = "activities", **said: object) -> GradedList:
    candidates = tuple(Candidate(id=key, grade=grade, **said) for key, grade in grades.items())
    return GradedList(qid=qid, source=source, query=query, candidates=candidates)


def words(lists: Sequence[GradedList], **said: str) -> dict[tuple[str, int], str]:
    found = {(each.id, n): f"text {n} of {each.id}" for one in lists for each in one.candidates for n in each.passages}
    return found | {(key.replace("_", ":"), 0): text for key, text in said.items()}


def pair(batch: Batch, qid: str, candidate: str) -> str:
    """What the candidate is to the query: its grade, "masked" or "negative"."""
    row, column = batch.qids.index(qid), batch.columns.index(candidate)
    grade = float(batch.layout.grades[row, column])
    if grade == grade:
        assert not batch.layout.masked[row, column]
        return str(grade)
    return "masked" if batch.layout.masked[row, column] else "negative"


def test_a_batch_knows_every_pair() -> None:
    lists = [
        listed("1", "bake", {"task:a": 4, "task:b": 1}),
        listed("2", "sell", {"task:c": 4, "task:b": 3}),
    ]
    batch = Batches(lists, words(lists), ONE_WAY)[0]
    assert sorted(batch.qids) == ["1", "2"]
    assert sorted(batch.columns) == ["task:a", "task:b", "task:c"]
    assert pair(batch, "1", "task:a") == "4.0"
    assert pair(batch, "1", "task:b") == "1.0"
    assert pair(batch, "2", "task:b") == "3.0"
    assert pair(batch, "1", "task:c") == pair(batch, "2", "task:a") == "negative"
    assert set(batch.texts) == {
        *(Sided("role", one.query) for one in lists),
        *(Sided("profile", f"text 0 of task:{letter}") for letter in "abc"),
    }


def test_the_same_words_under_another_id_are_no_negative() -> None:
    lists = [listed("1", "bake", {"task:a": 4}), listed("2", "sell", {"task:b": 4})]
    batch = Batches(lists, words(lists, task_a="Bakes  bread", task_b="bakes bread"), ONE_WAY)[0]
    assert pair(batch, "1", "task:b") == pair(batch, "2", "task:a") == "masked"
    assert batch.layout.same.all()


def test_positives_that_the_cap_left_out_are_no_negatives() -> None:
    many = {f"task:{number}": 4.0 for number in range(6)}
    lists = [listed("1", "bake", many), *(listed(key, f"query {key}", {key: 4.0}) for key in many)]
    batch = Batches(lists, words(lists), ONE_WAY.changed({"batch": 7, "positives": 2}))[0]
    assert all(pair(batch, "1", key) == "4.0" for key in many)  # known to be right, brought by others


def test_two_queries_in_the_same_words_share_their_answers() -> None:
    lists = [listed("1", "Bake", {"task:a": 4}), listed("2", "bake", {"task:b": 4})]
    batch = Batches(lists, words(lists), ONE_WAY)[0]
    assert pair(batch, "1", "task:b") == pair(batch, "2", "task:a") == "masked"


def test_an_answer_in_the_querys_own_words_is_no_negative() -> None:
    lists = [listed("1", "bake", {"task:a": 4}), listed("2", "sell", {"task:b": 4})]
    batch = Batches(lists, words(lists, task_b="BAKE"), ONE_WAY)[0]
    assert pair(batch, "1", "task:b") == "masked"
    assert pair(batch, "2", "task:a") == "negative"


@pytest.mark.parametrize(("in_batch", "expected"), [("all", "negative"), ("source", "masked"), ("none", "masked")])
def test_whose_candidates_count_is_the_recipes(in_batch: str, expected: str) -> None:
    lists = [listed("1", "bake", {"task:a": 4}), listed("2", "sell", {"x:b": 4}, source="roles")]
    batch = Batches(lists, words(lists), ONE_WAY.changed({"in_batch": in_batch}))[0]
    assert pair(batch, "1", "x:b") == expected
    assert pair(batch, "1", "task:a") == "4.0"
    lists = [listed("1", "bake", {"task:a": 4}), listed("2", "sell", {"task:b": 4})]
    batch = Batches(lists, words(lists), ONE_WAY.changed({"in_batch": in_batch}))[0]
    assert pair(batch, "1", "task:b") == ("masked" if in_batch == "none" else "negative")


@pytest.mark.parametrize(("most", "brought"), [(0, 0), (1, 1), (2, 2), (3, 3), (-1, 5)])
def test_hard_negatives_are_as_many_as_the_recipe_says(most: int, brought: int) -> None:
    grades = {"task:p": 4.0, **{f"task:{number}": number % 3 for number in range(5)}}
    lists = [listed("1", "bake", grades)]
    recipe = ONE_WAY.changed({"batch": 1, "hard_negatives": most, "steps": 4})
    drawn = [Batches(lists, words(lists), recipe)[step].columns for step in range(4)]
    assert {len(columns) for columns in drawn} == {1 + brought}
    assert all("task:p" in columns for columns in drawn)
    if brought == 2:
        assert len(set(drawn)) > 1  # others at another time


def test_easy_negatives_come_from_the_same_source() -> None:
    lists = [listed(str(n), f"q{n}", {f"task:{n}": 4.0}) for n in range(20)]
    lists += [listed("x", "other", {"x:1": 4.0}, source="roles")]
    recipe = ONE_WAY.changed({"batch": 1, "easy_negatives": 5, "mixture": {"activities": 1}, "steps": 1})
    batch = Batches(lists, words(lists), recipe)[0]
    assert len(batch.columns) > 2
    assert all(column.startswith("task:") for column in batch.columns)


def test_a_persons_passages_are_a_set_and_the_cap_draws_from_them() -> None:
    people = listed("1", "baker", {"member:a": 4.0}, passages=(-1, 0, 1, 2, 3))
    texts = words([people])
    texts["member:a", 3] = texts["member:a", 2]
    whole = Batches([people], texts, ONE_WAY.changed({"batch": 1}))[0]
    assert (whole.layout.passages >= 0).sum() == 4
    assert len(whole.texts) == 5
    recipe = ONE_WAY.changed({"batch": 1, "passages": 2, "steps": 8})
    drawn = [Batches([people], texts, recipe)[step] for step in range(8)]
    assert all(batch.layout.passages.shape == (1, 2) for batch in drawn)
    assert len({batch.texts for batch in drawn}) > 1


def test_titles_are_asked_both_ways() -> None:
    grades = {"title:a": 4.0, "title:b": 4.0, "title:c": 1.0}
    lists = [listed("1", "baker", grades, source="titles")]
    texts = words(lists, title_a="bread maker", title_b="pastry cook", title_c="plumber")
    batches = Batches(lists, texts, Recipe(batch=1, steps=40))
    asked = Counter()
    for step in range(40):
        batch = batches[step]
        (query,) = (text.text for text in batch.texts if text.side == "role")
        asked[query] += 1
        if query == "baker":
            continue
        assert pair(batch, "1", "query:1") == "4.0"
        assert Sided("profile", "baker") in batch.texts
        assert "title:c" not in batch.columns
    assert set(asked) == {"baker", "bread maker", "pastry cook"}
    assert 10 <= asked["baker"] <= 30


def test_a_turned_query_knows_whoever_it_answers() -> None:
    lists = [
        listed("1", "baker", {"title:a": 4.0, "title:b": 4.0}, source="titles"),
        listed("2", "confectioner", {"title:a": 4.0, "title:d": 4.0}, source="titles"),
    ]
    texts = words(lists, title_a="pastry cook", title_b="bread maker", title_d="sweet maker")
    batches = Batches(lists, texts, Recipe(batch=2, steps=60))
    turned = 0
    for step in range(60):
        batch = batches[step]
        row = batch.qids.index("1")
        if batch.texts[int(batch.layout.queries[row])].text == "pastry cook" and "title:d" in batch.columns:
            turned += 1
            assert pair(batch, "1", "title:d") == "masked"
    assert turned


def equal(one: Batch, other: Batch) -> bool:
    layouts = [dataclasses.asdict(batch.layout) for batch in (one, other)]
    tensors = all(torch.equal(layouts[0][name].nan_to_num(-1), layouts[1][name].nan_to_num(-1)) for name in layouts[0])
    return tensors and (one.texts, one.qids, one.columns) == (other.texts, other.qids, other.columns)


def test_a_batch_is_a_function_of_its_step() -> None:
    lists = [listed(str(n), f"q{n}", {f"title:{n}": 4.0, f"title:{n + 1}": 3.0}, source="titles") for n in range(9)]
    recipe = Recipe(batch=4, steps=6, easy_negatives=2)
    forward, backward = Batches(lists, words(lists), recipe), Batches(lists, words(lists), recipe)
    there = [forward[step] for step in range(6)]
    assert all(equal(backward[step], there[step]) for step in (5, 2, 0, 3))
    other = Batches(lists, words(lists), recipe.changed({"seed": 1}))
    assert not all(equal(other[step], there[step]) for step in range(6))


@given(
    st.lists(st.sampled_from("abc"), min_size=1, max_size=40),
    st.integers(1, 7),
    st.sampled_from(["mixed", "separate"]),
)
@settings(max_examples=40, deadline=None)
def test_every_list_comes_up_before_any_comes_again(sources: list[str], batch: int, batches: str) -> None:
    schedule = Schedule(sources, Recipe(batch=batch, batches=batches, steps=30))
    drawn = [schedule(step) for step in range(30)]
    assert {len(each) for each in drawn} == {batch}
    for source in set(sources):
        mine = [place for each in drawn for place, _ in each if sources[place] == source]
        size = sources.count(source)
        for start in range(0, len(mine) - size + 1, size):
            assert len(set(mine[start : start + size])) == size
    if batches == "separate":
        assert all(len({sources[place] for place, _ in each}) == 1 for each in drawn)
    else:
        share = Counter(sources[place] for each in drawn for place, _ in each)
        for source in set(sources):
            assert abs(share[source] - 30 * batch * sources.count(source) / len(sources)) <= 1


def test_shares_are_the_mixtures_whatever_the_sizes() -> None:
    schedule = Schedule(["a"] * 100 + ["b"] * 5 + ["c"], Recipe(batch=8, steps=10, mixture={"a": 1, "b": 3}))
    drawn = Counter(place >= 100 for step in range(10) for place, _ in schedule(step))
    assert drawn == {False: 20, True: 60}
    with pytest.raises(ListsUnreadable, match="names x, which the data lack"):
        Schedule(["a"], Recipe(mixture={"x": 1}))


def test_epochs_count_lists() -> None:
    assert Schedule(["a"] * 50, Recipe(batch=8, epochs=2)).steps == 13
    assert Schedule(["a"] * 50, Recipe(batch=8, steps=3)).steps == 3


def test_the_rate_rises_then_falls() -> None:
    for schedule in ("cosine", "linear"):
        recipe = Recipe(learning_rate=1.0, warmup=0.2, schedule=schedule)
        rates = [rate(step, 50, recipe) for step in range(50)]
        assert rates[:10] == pytest.approx([0.1 * (step + 1) for step in range(10)])
        assert rates[10] == 1.0
        assert rates[10:] == sorted(rates[10:], reverse=True)
        assert rates[-1] < 0.04
    assert rate(30, 50, Recipe(learning_rate=1.0, schedule="constant")) == 1.0

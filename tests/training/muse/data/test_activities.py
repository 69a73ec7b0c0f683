"""Lists of activities: all that is right, nothing held out, and wrong ones that are known to be wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from training.muse.data.activities import activities
from training.muse.data.onet import Onet
from training.muse.data.unseen import Unseen


def everything(queries: Sequence[str], texts: Mapping[str, str]) -> list[list[str]]:
    """As if every text looked like an answer to every query."""
    return [list(texts) for _ in queries]


@pytest.mark.parametrize("negatives", [0, 2, 100])
def test_a_list_holds_all_that_is_right_and_some_that_is_not(onet: Onet, negatives: int) -> None:
    made = activities(onet, Unseen(onet.evaluated.values()), negatives=negatives, mine=everything)
    by_query = {one.query: one for one in made.lists}
    assert by_query.keys() == set(onet.trained.values())
    for key, text in onet.trained.items():
        one = by_query[text]
        right = {each.id for each in one.candidates if each.grade == 4}
        wrong = [each.id for each in one.candidates if each.grade == 0]
        assert right == {f"task:{task}" for task in onet.of_activity[key]}
        assert len(wrong) <= negatives
        assert (one.source, one.side) == ("activities", "role")
        # no task of an activity that shares a task with this one
        beside = {k for k in onet.trained if set(onet.of_activity[k]) & set(onet.of_activity[key])}
        assert not set(wrong) & {f"task:{task}" for k in beside for task in onet.of_activity[k]}
    if negatives == 100:
        assert min(sum(each.grade == 0 for each in one.candidates) for one in made.lists) >= 10
    assert made.texts.keys() == {each.id for one in made.lists for each in one.candidates}
    assert all(onet.tasks[key.removeprefix("task:")] == text for key, text in made.texts.items())


def test_nothing_that_is_held_out_is_seen(onet: Onet, hidden: set[str]) -> None:
    made = activities(onet, Unseen(onet.evaluated.values()), negatives=100, mine=everything)
    assert not {one.query for one in made.lists} & hidden
    assert not {key.removeprefix("task:") for key in made.texts} & onet.unseen_tasks


def test_what_an_evaluation_asks_is_dropped(onet: Onet) -> None:
    made = activities(onet, Unseen(["program writing: write a computer program"]), negatives=2, mine=everything)
    assert made.dropped == 1
    assert "Write computer programs." not in {one.query for one in made.lists}


def test_what_says_the_same_is_not_wrong(onet: Onet) -> None:
    told = dict(onet.tasks)
    twin = next(task for task, text in told.items() if text == "Bake pastries.")
    told[twin] = "Close the books of account, each month!"
    same = Onet(occupations=onet.occupations, tasks=told, activities=onet.activities, of_activity=onet.of_activity)
    made = activities(same, Unseen(), negatives=100, mine=everything)
    (books,) = [one for one in made.lists if one.query == "Complete financial statements."]
    assert f"task:{twin}" not in {each.id for each in books.candidates}

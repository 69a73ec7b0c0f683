"""Measures are what their definitions say, query by query."""

from __future__ import annotations

from math import log2

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from offline.evaluation import Judged, Request
from offline.evaluation import measure as house_measure
from training.muse.evaluation.measures import judged, measure
from training.muse.evaluation.task import Task, TaskUnreadable

DOCUMENTS = {f"d{at:02}": f"text {at}" for at in range(25)}
rankings = st.permutations(sorted(DOCUMENTS)).flatmap(lambda order: st.integers(0, 25).map(lambda cut: order[:cut]))
grades = st.dictionaries(st.sampled_from(sorted(DOCUMENTS)), st.integers(0, 4), min_size=1).filter(
    lambda marks: any(grade >= 3 for grade in marks.values())
)


def task(marks: dict[str, int], **given: object) -> Task:
    return Task(name="t", queries={"q": "?"}, documents=DOCUMENTS, qrels={"q": marks}, **given)  # type: ignore[arg-type] -- of each test


def ndcg(ranking: list[str], gains: dict[str, float]) -> float:
    ideal = sum(gain / log2(at + 2) for at, gain in enumerate(sorted(gains.values(), reverse=True)[:10]))
    return sum(gains.get(each, 0) / log2(at + 2) for at, each in enumerate(ranking[:10])) / ideal


@settings(max_examples=50, deadline=None)
@given(rankings, grades)
def test_by_hand(ranking: list[str], marks: dict[str, int]) -> None:
    found = measure({"q": ranking}, task(marks, graded=True, good=3, depth=20))
    good = {document for document, grade in marks.items() if grade >= 3}
    hits = [at for at, document in enumerate(ranking[:20]) if document in good]
    precisions = [sum(other <= at for other in hits) / (at + 1) for at in hits]
    assert found["ndcg"][0] == pytest.approx(ndcg(ranking, {each: 2.0**grade - 1 for each, grade in marks.items()}))
    assert found["ap"][0] == pytest.approx(sum(precisions) / len(good))
    assert found["recall_10"][0] == pytest.approx(len(good & set(ranking[:10])) / len(good))
    assert found["recall_100"][0] == pytest.approx(len(good & set(ranking)) / len(good))


@settings(max_examples=50, deadline=None)
@given(rankings, rankings, grades)
@example([], [], {"d01": 4})
@example(["d02", "d01"], [], {"d01": 4})
@example(["d02", "d03"], ["d01"], {"d01": 4})
def test_graded_measures_are_those_of_the_house(one: list[str], other: list[str], marks: dict[str, int]) -> None:
    """Long lists, short ones and empty ones, in one run."""
    run = {"q": one, "r": other}
    judged = Judged(requests=tuple(Request(qid=qid, text="?") for qid in run), grades=dict.fromkeys(run, marks))
    asked = Task(
        name="t",
        queries=dict.fromkeys(run, "?"),
        documents=DOCUMENTS,
        qrels=dict.fromkeys(run, marks),
        graded=True,
        good=3,
    )
    house, found = house_measure(run, judged), measure(run, asked)
    for name in ("ndcg", "ndcg_judged", "unjudged"):
        assert found[name] == pytest.approx(house.values[name]), name


def test_yes_and_no_gain_one() -> None:
    found = measure({"q": ["d01", "d02"]}, task({"d02": 1, "d03": 1}))
    assert found["ndcg"][0] == pytest.approx((1 / log2(3)) / (1 + 1 / log2(3)))


def test_a_query_without_an_answer_scores_nothing_and_one_without_judgements_is_not_measured() -> None:
    asked = Task(
        name="t",
        queries={"a": "?", "b": "?", "c": "?"},
        documents=DOCUMENTS,
        qrels={"a": {"d01": 1}, "b": {"d01": 0}, "c": {"d02": 1}},
    )
    assert judged(asked) == ("a", "c")
    assert measure({"a": ["d01"], "b": ["d01"]}, asked)["ndcg"] == (1.0, 0.0)
    assert measure({}, asked)["ap"] == (0.0, 0.0)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"documents": {"has space": "x"}}, "no spaces"),
        ({"qrels": {"q": {"d01": 0}}}, "no query with a relevant document"),
        ({"qrels": {"q": {"d01": 7}}, "graded": True}, "0 to 4"),
    ],
)
def test_a_task_that_cannot_be_measured_says_why(given: dict[str, object], said: str) -> None:
    usual = {"name": "t", "queries": {"q": "?"}, "documents": DOCUMENTS, "qrels": {"q": {"d01": 1}}}
    with pytest.raises(TaskUnreadable, match=said):
        Task(**(usual | given))  # type: ignore[arg-type] -- what each test changes

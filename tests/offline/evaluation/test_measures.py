"""The measures against a hand implementation of their definitions, and against trec-style tools where there are any."""

from __future__ import annotations

import math
import shutil

import ir_measures
import pytest
import pytrec_eval
from hypothesis import given
from hypothesis import strategies as st

from offline.evaluation import Judged, Request, interval, measure
from offline.evaluation.runs import scored

MEMBERS = [f"m{number}" for number in range(30)]
grades = st.dictionaries(st.sampled_from(MEMBERS), st.integers(0, 4), min_size=1)
lists = st.lists(st.sampled_from(MEMBERS), unique=True)


def judged_of(grades: dict[str, int]) -> Judged:
    return Judged(requests=(Request(qid="q", text="a nurse"),), grades={"q": grades})


def by_hand(members: list[str], grades: dict[str, int]) -> dict[str, float]:
    """Straight from the definitions, sharing nothing with the implementation."""

    def dcg(values: list[int]) -> float:
        return sum((2**grade - 1) / math.log2(place + 2) for place, grade in enumerate(values[:10]))

    best = dcg(sorted(grades.values(), reverse=True))
    shown = members[:10]
    known = [grades[member] for member in shown if member in grades]
    return {
        "ndcg": dcg([grades.get(member, 0) for member in members]) / best if best else 0.0,
        "ndcg_judged": dcg([grades[member] for member in members if member in grades]) / best if best else 0.0,
        "hrr": sum(grade >= 3 for grade in known) / 10,
        "facepalm": sum(grade == 0 for grade in known) / len(shown) if shown else 0.0,
        "unjudged": (len(shown) - len(known)) / len(shown) if shown else 0.0,
        "coverage": 1.0 if members else 0.0,
        "liquidity": len(shown) / 10,
    }


@given(members=lists, grades=grades)
def test_every_measure_equals_its_definition(members: list[str], grades: dict[str, int]) -> None:
    scores = measure({"q": members}, judged_of(grades))
    for name, expected in by_hand(members, grades).items():
        assert scores.values[name][0] == pytest.approx(expected, abs=1e-8), name


@given(members=lists.filter(bool), grades=grades)
def test_exponential_gain_is_trec_evals_own(members: list[str], grades: dict[str, int]) -> None:
    gained = {"q": {member: 2**grade - 1 for member, grade in grades.items()}}
    trec = pytrec_eval.RelevanceEvaluator(gained, {"ndcg_cut.10"}).evaluate(scored({"q": members}))
    assert measure({"q": members}, judged_of(grades)).values["ndcg"][0] == pytest.approx(trec["q"]["ndcg_cut_10"])


@pytest.mark.skipif(not shutil.which("perl"), reason="gdeval needs perl")
def test_exponential_gain_is_gdevals_own() -> None:
    """gdeval writes five digits."""
    grades = {"m1": 4, "m2": 3, "m3": 0, "m4": 1, "m5": 2, "m6": 4}
    members = ["m3", "m1", "m9", "m2", "m4"]
    exponential = ir_measures.parse_measure("nDCG(dcg='exp-log2')@10")
    (metric,) = ir_measures.iter_calc([exponential], {"1": grades}, scored({"1": members}))
    assert measure({"q": members}, judged_of(grades)).values["ndcg"][0] == pytest.approx(metric.value, abs=1e-4)


def test_a_request_without_an_answer_counts_as_nothing_found() -> None:
    judged = Judged(
        requests=(Request(qid="a", text="x"), Request(qid="b", text="y")),
        grades={"a": {"m1": 4}, "b": {"m1": 4}},
    )
    scores = measure({"a": ["m1"]}, judged)
    assert scores.values["ndcg"] == (1.0, 0.0)
    assert scores.mean("coverage") == 0.5


def test_the_interval_holds_the_mean_and_narrows_with_more_requests() -> None:
    few, many = interval([0.0, 1.0] * 5), interval([0.0, 1.0] * 500)
    assert few.low < few.mean < few.high
    assert many.high - many.low < few.high - few.low
    # The normal approximation: 1.96 standard errors on either side.
    assert (many.high - many.low) / 2 == pytest.approx(1.96 * 0.5 / math.sqrt(1000), rel=0.1)
    with pytest.raises(ValueError, match="at least one"):
        interval([])

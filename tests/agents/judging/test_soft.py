"""Soft labels are probabilities whatever they come from, and say the same as the grade they stand for."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic_ai.messages import ModelResponse, TextPart

from agents.judging.opinion import Opinion
from agents.judging.soft import bounded, implied, shares, soft_labels

GRADES = st.integers(0, 4)
SURE = st.floats(0, 1)
ANY = st.lists(st.floats(allow_nan=True, allow_infinity=True), max_size=7)


def response(*, measured: bool = False) -> ModelResponse:
    top = [{"token": digit, "bytes": None, "logprob": math.log(share)} for digit, share in (("2", 0.8), ("1", 0.2))]
    tokens = [
        {"token": '{"dimensions":[],"grade":', "bytes": None, "logprob": 0.0, "top_logprobs": []},
        {**top[0], "top_logprobs": top},
        {"token": "}", "bytes": None, "logprob": 0.0, "top_logprobs": []},
    ]
    return ModelResponse(parts=[TextPart("")], provider_details={"logprobs": tokens} if measured else None)


@given(grade=GRADES, confidence=SURE, stated=ANY, measured=st.booleans())
def test_they_are_always_probabilities(grade: int, confidence: float, stated: list[float], measured: bool) -> None:
    opinion = Opinion(dimensions=(), grade=grade, confidence=confidence, probabilities=tuple(stated))
    soft, _ = soft_labels(opinion, response(measured=measured))
    assert len(soft) == 5
    assert all(0 <= share <= 1 for share in soft)
    assert sum(soft) == pytest.approx(1)


def test_what_was_measured_goes_before_what_is_stated_and_that_before_confidence() -> None:
    stating = Opinion(dimensions=(), grade=2, confidence=0.9, probabilities=(0, 0, 2, 2, 0))
    silent = stating.model_copy(update={"probabilities": ()})
    assert soft_labels(stating, response(measured=True)) == (pytest.approx((0, 0.2, 0.8, 0, 0)), "tokens")
    assert soft_labels(stating, response()) == (pytest.approx((0, 0, 0.5, 0.5, 0)), "stated")
    assert soft_labels(silent, response())[1] == "confidence"


@pytest.mark.parametrize(
    "weights", [(), (1, 0, 0, 0), (0, 0, 0, 0, 0), (1, 0, 0, 0, -1), (math.nan, 1, 1, 1, 1), (math.inf, 0, 0, 0, 0)]
)
def test_weights_that_are_no_probabilities_are_not_used(weights: tuple[float, ...]) -> None:
    assert shares(weights) is None
    opinion = Opinion(dimensions=(), grade=1, confidence=0.5, probabilities=weights)
    assert soft_labels(opinion, response())[1] == "confidence"


@given(grade=GRADES, confidence=SURE)
def test_confidence_is_the_grades_share_and_the_rest_falls_off(grade: int, confidence: float) -> None:
    soft = implied(grade, confidence)
    assert soft[grade] == pytest.approx(max(confidence, 0.2), abs=1e-6)
    assert soft[grade] == max(soft)
    below, above = soft[: grade + 1], soft[grade:]
    assert list(below) == sorted(below)
    assert list(above) == sorted(above, reverse=True)


@given(grade=GRADES, confidence=SURE, most=GRADES)
def test_a_bound_moves_what_is_above_onto_itself(grade: int, confidence: float, most: int) -> None:
    soft = implied(grade, confidence)
    kept = bounded(soft, most)
    assert sum(kept) == pytest.approx(1)
    assert kept[:most] == soft[:most]
    assert all(share == 0 for share in kept[most + 1 :])


@given(st.lists(st.floats(0, allow_infinity=False), min_size=5, max_size=5).filter(any))
def test_the_likeliest_stays_the_likeliest(weights: list[float]) -> None:
    soft = shares(weights)
    assert soft is not None
    assert soft[weights.index(max(weights))] == max(soft)

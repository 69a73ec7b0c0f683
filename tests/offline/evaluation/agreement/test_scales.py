"""Scores become grades in one documented way; the fitted way never looks at the half it is used on."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from offline.evaluation.agreement.scales import GRADES, Scale, fitted


def test_one_to_seven_as_documented() -> None:
    assert Scale(low=1, high=7).grades(np.arange(1.0, 8)).tolist() == [0, 1, 1, 2, 3, 3, 4]
    assert GRADES.grades(np.arange(5.0)).tolist() == [0, 1, 2, 3, 4]
    assert Scale.parse("0-100").grades(np.array([0.0, 12.4, 12.5, 50, 100])).tolist() == [0, 0, 1, 2, 4]


@given(low=st.integers(-5, 5), width=st.integers(1, 20))
def test_a_scale_keeps_the_order_and_its_ends(low: int, width: int) -> None:
    grades = Scale(low=low, high=low + width).grades(np.arange(low, low + width + 1, dtype=float))
    assert (grades[0], grades[-1]) == (0, 4)
    assert (np.diff(grades) >= 0).all()


@pytest.mark.parametrize("text", ["7", "7-1", "a-b", "", "3-3"])
def test_what_is_no_scale_is_said(text: str) -> None:
    with pytest.raises(ValueError, match="scale"):
        Scale.parse(text)


def population(requests: int = 30, each: int = 12) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    random = np.random.default_rng(0)
    human = random.integers(0, 5, requests * each)
    return human, random.normal(human, 0.05), np.repeat(np.arange(requests), each)


def test_a_judge_who_is_only_stricter_agrees_once_fitted() -> None:
    human, opinion, request = population()
    stricter = 1.2 + opinion / 4  # never below 1, never above 2.3, in the right order
    agreed = fitted(stricter, human, request) == human
    assert agreed.mean() > 0.9
    assert (np.floor(stricter + 0.5) == human).mean() < 0.5


def test_a_half_is_cut_by_the_other_half_alone() -> None:
    human, opinion, request = population()
    before = fitted(opinion, human, request)
    half = (np.random.default_rng(0).permutation(30) % 2)[request]
    changed = np.where(half == 0, 4, human)  # people say something else about one half
    after = fitted(opinion, changed, request)
    assert np.array_equal(after[half == 0], before[half == 0])
    assert not np.array_equal(after[half == 1], before[half == 1])


def test_one_request_has_no_other_half() -> None:
    assert fitted(np.array([0.4, 2.6]), np.array([4, 0]), np.array([0, 0])).tolist() == [0, 3]
    assert fitted(np.array([]), np.array([], int), np.array([], int)).tolist() == []

"""The learned net reads all of a text, in windows, and marks whole words."""

from __future__ import annotations

import itertools

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.policy.criterion import Criterion
from agents.policy.reader import reader
from agents.policy.reading import ATTRIBUTES, Reading
from agents.policy.tokens import WINDOW, token_states


def _reading(text: str, chances: list[float]) -> Reading:
    """One token a character that is no space."""
    places = tuple((at, at + 1) for at, character in enumerate(text) if not character.isspace())
    return Reading(
        text=text,
        places=places,
        chances=np.array(chances[: len(places)], dtype=np.float32),
        attributes=np.eye(len(ATTRIBUTES), dtype=np.float32)[[1] * len(places)],
    )


def test_a_run_of_likely_tokens_with_a_sure_one_is_a_criterion_of_whole_words() -> None:
    reading = _reading("ab cd ef", [0.0, 0.0, 0.4, 0.9, 0.0, 0.0])
    assert [(one.start, one.end, one.attribute) for one in reading.criteria(sure=0.8, part=0.3)] == [(3, 5, "gender")]
    assert reading.criteria(sure=0.95, part=0.3) == []
    half = _reading("ab cd ef", [0.0, 0.0, 0.0, 0.9, 0.0, 0.0])
    assert [(one.start, one.end) for one in half.criteria(sure=0.8, part=0.3)] == [(3, 5)]


def test_what_is_left_beside_a_known_criterion_counts_where_it_is_about_something_else() -> None:
    text = "ab and cd"
    reading = _reading(text, [0.9] * 7)
    known = {name: Criterion(start=7, end=9, attribute=name) for name in ("age", "gender")}
    other = reading.criteria(sure=0.5, part=0.3, known=[known["age"]])
    assert [(one.start, one.end, one.attribute) for one in other] == [(0, 2, "gender")]
    assert reading.criteria(sure=0.5, part=0.3, known=[known["gender"]]) == []


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="ab ,.'-", min_size=1, max_size=30), st.lists(st.floats(0, 1), min_size=30, max_size=30))
def test_criteria_are_apart_in_order_and_inside_the_text(text: str, chances: list[float]) -> None:
    found = _reading(text, chances).criteria(sure=0.7, part=0.3)
    assert all(0 <= one.start < one.end <= len(text) for one in found)
    assert all(first.end <= then.start for first, then in itertools.pairwise(found))


def test_windows_cover_every_token_once() -> None:
    text = "Data engineers with Spark, Kafka and dbt. " * 40
    windows = list(token_states().windows(text))
    places = [place for window in windows for place in window.places]
    assert places == sorted(set(places))
    assert "".join(text[start:end] for start, end in places) == text.replace(" ", "")
    assert all(len(window.places) <= WINDOW for window in windows)
    assert len(windows) > 2


def test_nothing_to_read_is_no_criterion() -> None:
    reading = reader().read("")
    assert reading.places == ()
    assert reading.criteria(sure=0.5, part=0.3) == []
    assert reading.chance(0, 10) == 0.0

"""Passages hold every word once, in order, and never more words than asked for."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.passages import split

TEXT = st.text(st.sampled_from("ab \n\t\u00e9\u2003\U0001f600."), max_size=400) | st.text(max_size=200)


@given(TEXT, st.integers(1, 12))
def test_every_word_is_in_one_passage(text: str, words: int) -> None:
    spans = split(text, words)
    assert " ".join(span.of(text) for span in spans).split() == text.split()
    for before, after in pairwise(spans):
        assert before.end <= after.start
    for span in spans:
        passage = span.of(text)
        assert passage == passage.strip()
        assert 1 <= len(passage.split()) <= words
    assert all(len(span.of(text).split()) == words for span in spans[:-1])


def test_seventy_words_is_what_the_reference_figures_used() -> None:
    text = " ".join(f"w{i}" for i in range(150))
    assert [len(span.of(text).split()) for span in split(text)] == [70, 70, 10]


def test_a_word_without_end_is_cut() -> None:
    spans = split("x" * 50_000)
    assert max(span.end - span.start for span in spans) <= 70 * 200
    assert "".join(span.of("x" * 50_000) for span in spans) == "x" * 50_000


def test_no_words_no_passages() -> None:
    assert split(" \n\t ") == []


def test_zero_words_is_an_error() -> None:
    with pytest.raises(ValueError, match="at least one word"):
        split("text", 0)

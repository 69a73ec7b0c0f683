"""Any text gives a role whose criteria stand in it, or nothing to search for, in time that grows with the text."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.embedded.understanding import reader
from agents.understanding import NothingToSearch

_PIECES = st.sampled_from(
    [
        *(
            "nurse",
            "senior",
            "in Boston",
            "5+ years",
            "not",
            "no",
            ", ",
            ". ",
            "; ",
            "\n",
            ": ",
            "and",
            "or",
            "CPA",
            "preferred",
        ),
        *(
            "is a plus",
            "must have",
            "nice to have",
            "(",
            ")",
            "speaks",
            "German",
            "worked at",
            "Google",
            "or above",
            "U.S.",
        ),
        *(
            "Bachelor's degree in",
            "drop",
            "make it",
            "instead of",
            "only",
            "-",
            "\u2022 ",
            "a",
            "the",
            "who",
            "with",
            "/",
        ),
        *(
            ".NET",
            "C++",
            "\u0130",
            "\U0001f600",
            "'",
            '"',
            "1,000",
            "$",
            "\x00",
            "as",
            "w/",
            "at least",
            "VP of",
            "|",
            "it",
        ),
    ]
)
TEXTS = (
    st.text(max_size=200) | st.lists(_PIECES, max_size=25).map(" ".join) | st.lists(_PIECES, max_size=25).map("".join)
)


@given(text=TEXTS)
@settings(max_examples=150, deadline=None)
def test_any_text_gives_a_founded_role_or_nothing_to_search(text: str, understand: Any, criteria: Any) -> None:
    try:
        role = understand(text).role
    except NothingToSearch:
        return
    assert role.text == text
    for criterion in criteria(role):
        assert criterion.span is not None
        assert criterion.span.of(text).strip()


@given(text=TEXTS)
@settings(max_examples=100, deadline=None)
def test_any_follow_up_gives_a_founded_role_or_nothing_to_search(text: str, understand: Any, criteria: Any) -> None:
    previous = understand("Senior accountant in Boston, SAP, 5+ years, no consultants, German is a plus").role
    try:
        role = understand(text, previous).role
    except NothingToSearch:
        return
    for criterion in criteria(role):
        assert criterion.span is not None
        assert criterion.span.of(role.text).strip()


@pytest.mark.parametrize(
    "piece",
    [
        "Senior Java developer in Boston with 5+ years, no recruiters; German is a plus. ",
        "a, ",
        "and ",
        "not ",
        "5 years ",
        "(",
        "in Boston or ",
        "nurse or ",
        "with ",
        "x" * 100,
        "degree in a, b, ",
        "U.S. ",
        "speaks German and ",
        "worked at Google and ",
        "preferably ",
        "we need to ",
        "top ",
    ],
)
def test_time_grows_with_the_text_and_no_faster(piece: str) -> None:
    text = (piece * (20_000 // len(piece) + 1))[:20_000]
    reader()({"request": "nurse in Boston who speaks German", "previous": None})
    began = time.process_time()
    reader()({"request": text, "previous": None})
    assert time.process_time() - began < 5.0  # a tenth of that where nothing else runs; squared growth takes minutes

"""Any text is taken apart soundly or left whole, in time that grows with it and no faster."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.embedded.decomposing import decompose, may_be_several
from agents.embedded.vocabulary import Vocabulary
from agents.project.decomposition import problems
from agents.project.plan import plan

WORDS = Vocabulary()
_PIECES = st.sampled_from(
    [
        "We need",
        "a nurse",
        "2 engineers",
        "an office manager",
        "and",
        ", ",
        "; ",
        ". ",
        "\n",
        "- ",
        "1. ",
        "or",
        "plus",
        "all in Texas",
        "both",
        "in Boston",
        "who speaks Spanish",
        "the designer should know Figma",
        "Open roles:",
        "hiring",
        "nurses",
        "a",
        "senior",
        "(3)",
        "x2",
        "also",
        "+",
        "of",
        "the",
        "with a manager",
        "100",
        "İ",
        "😀",
        ":",
        "a frontend",
        "each with 5+ years",
        "everyone must",
        "we also need",
        "another",
    ]
)
TEXTS = (
    st.text(max_size=120) | st.lists(_PIECES, max_size=20).map(" ".join) | st.lists(_PIECES, max_size=20).map("".join)
)


@given(text=TEXTS)
@settings(max_examples=300, deadline=None)
def test_parts_stand_in_the_text_and_do_not_overlap(text: str) -> None:
    found = decompose(text, WORDS)
    assert not [one for one in problems(found, text) if "is in no part" not in one]
    made = plan(found, most=8)
    assert made.several == found.several
    for part in made.parts:
        assert part.words in text
        assert part.words.strip()
    if found.several:
        assert may_be_several(text)


@pytest.mark.parametrize(
    "piece",
    [
        "We need a nurse and 2 doctors. ",
        "a nurse, ",
        "and a ",
        "1. nurse\n",
        "a nurse and ",
        "all in Texas ",
        "we also need ",
        "x" * 100,
        "of a ",
        "(3) ",
        "nurse; ",
        "the nurse should ",
        "roles: ",
        "2 ",
    ],
)
def test_time_grows_with_the_text_and_no_faster(piece: str) -> None:
    text = (piece * (20_000 // len(piece) + 1))[:20_000]
    decompose("2 nurses and a doctor", WORDS)
    began = time.process_time()
    may_be_several(text)
    decompose(text, WORDS)
    assert time.process_time() - began < 2.0

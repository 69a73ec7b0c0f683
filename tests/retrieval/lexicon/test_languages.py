"""Human languages in text; cuisines and furniture polish are none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.lexicon import find_languages


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("COO who speaks Russians", ["Russian"]),
        ("Bilingual English/Spanish", ["English", "Spanish"]),
        ("fluent in spanish and mandarin", ["Spanish", "Chinese"]),
        ("Farsi", ["Farsi"]),
        ("American Sign Language", ["American Sign Language"]),
        ("French fries, Thai food, Latin America, a German Shepherd; polish the floor", []),
        ("czech", []),
    ],
)
def test_languages_are_found_by_their_canonical_names(text: str, names: list[str]) -> None:
    assert [name for _, name in find_languages(text)] == names


@given(st.text(max_size=300))
def test_any_text_is_read_and_spans_stand_in_it(text: str) -> None:
    assert all(span.start < span.end <= len(text) for span, _ in find_languages(text))

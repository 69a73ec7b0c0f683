"""Degrees in text, and the letters that only look like degrees."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.lexicon import degree_level, find_degrees
from retrieval.schema import EducationLevel

D, M, B, A, S = (
    EducationLevel.DOCTORATE,
    EducationLevel.MASTER,
    EducationLevel.BACHELOR,
    EducationLevel.ASSOCIATE,
    EducationLevel.SECONDARY,
)


@pytest.mark.parametrize(
    ("text", "levels"),
    [
        ("Bachelor of Science : Accounting , May 2010", [B]),
        ("MBA : Management , 2014", [M]),
        ("BS in Computer Science", [B]),
        ("B.S., Biology", [B]),
        ("Bachelor's or Master's degree in EE", [B, M]),
        ("associate degree in nursing", [A]),
        ("A.A.S. in Culinary Arts", [A]),
        ("Ph.D. in Physics", [D]),
        ("Juris Doctor", [D]),
        ("High School Diploma : 2001", [S]),
        ("GED", [S]),
        ("MS Office, MS Excel and AS 400", []),
        ("Baltimore, MD and Boston, MA 2010", []),
        ("sales associate, scrum master, master electrician", []),
        ("as soon as it is ready, to me and to be", []),
        ("Some College", []),
    ],
)
def test_degrees_in_free_text(text: str, levels: list[EducationLevel]) -> None:
    assert [level for _, level in find_degrees(text)] == levels


@pytest.mark.parametrize(
    ("words", "level"),
    [
        ("BS", B),
        ("MS", M),
        ("BA English 2010", B),
        ("Masters , Business", M),
        ("High School", S),
        ("Bachelor of Commerce", B),
        ("MS Office", None),
        ("Boston, MA", None),
        ("Diploma", None),
        ("", None),
    ],
)
def test_a_field_said_to_be_a_degree_is_read_leniently(words: str, level: EducationLevel | None) -> None:
    assert degree_level(words) is level


@given(st.text(max_size=300))
def test_any_text_is_read_and_spans_stand_in_it_in_order(text: str) -> None:
    degree_level(text)
    spans = [span for span, _ in find_degrees(text)]
    assert all(span.start < span.end <= len(text) for span in spans)
    assert all(a.end <= b.start for a, b in pairwise(spans))

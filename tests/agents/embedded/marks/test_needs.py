"""Requirements are read as what all is wanted and what may stand for it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.embedded.marks.needs import read_need
from agents.embedded.marks.words import names, significant, stem, words


@pytest.mark.parametrize(
    ("text", "things"),
    [
        ("SAP or another ERP", [{("sap",), ("erp",)}]),
        ("ADP or similar", [{("adp",)}]),
        ("HRIS such as PeopleSoft or Workday", [{("hris",), ("peoplesoft",), ("workday",)}]),
        ("garnishments and tax filings", [{("garnish",)}, {("tax", "file")}]),
        ("individual and group therapy", [{("individu", "therapi")}, {("group", "therapi")}]),
        ("dental or medical receptionist", [{("dental", "receptionist"), ("medic", "receptionist")}]),
        ("Python, Java or Go", [{("python",), ("java",), ("go",)}]),
        ("AP/AR clerk", [{("ap", "clerk"), ("ar", "clerk")}]),
        ("content management systems", [{("content", "manag", "system"), ("cms",)}]),
        ("a good background", []),
        ("", []),
    ],
)
def test_lists_with_and_need_all_and_lists_with_or_need_one(text: str, things: list[set[tuple[str, ...]]]) -> None:
    wanted = [{tuple(stem(word) for word in option) for option in one} for one in things]
    read = [{tuple(stem(word) for word in option) for option in thing.alternatives} for thing in read_need(text).things]
    assert read == wanted


@given(st.text(max_size=200))
def test_any_text_is_read_without_complaint(text: str) -> None:
    for thing in read_need(text).things:
        assert thing.alternatives
        assert all(alternative for alternative in thing.alternatives)


@given(st.text(max_size=200))
def test_words_stand_where_they_say_and_do_not_overlap(text: str) -> None:
    end = 0
    for word in words(text):
        assert end <= word.start < word.end <= len(text)
        assert stem(text[word.start : word.end]) == word.stem
        end = word.end


def test_inflections_and_spellings_meet() -> None:
    for one, other in [
        ("garnishments", "Garnishment"),
        ("labour", "labor"),
        ("licence", "licensed"),
        ("behaviour", "behavioral"),
        ("organisation", "organization"),
        ("financial", "finance"),
        ("employer's", "employers"),
        ("pay\u200broll", "payroll"),
    ]:
        assert stem(one) == stem(other), (one, other)


def test_signs_that_belong_to_a_word_stay_with_it() -> None:
    assert [word.stem for word in words("C++, C#, node.js and R&D.Then")] == [
        "c++",
        "c#",
        "node.js",
        "and",
        "r&d",
        "then",
    ]


def test_only_bare_capitalised_words_are_names() -> None:
    assert names("Excel and budgeting in Workday, Budgeting") == {"excel", "workday"}


def test_wrapping_words_are_not_looked_for() -> None:
    assert significant("Strong experience with at least 5 years of Kubernetes") == [stem("kubernetes")]


def test_every_invisible_character_is_read_over() -> None:
    for code in (0xAD, 0x200B, 0x200D, 0x202A, 0x2060, 0x2066, 0xFEFF):
        assert [word.stem for word in words(f"pay{chr(code)}roll")] == ["payrol"]

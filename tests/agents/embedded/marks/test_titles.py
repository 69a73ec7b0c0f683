"""A title is found under its abbreviation, and an abbreviation under its title; other words are no such thing."""

from __future__ import annotations

import pytest

from agents.embedded.marking import Marker
from agents.verdict import MarkValue
from retrieval.schema import Criterion, Profile, Role


def title_mark(wanted: str, headline: str) -> MarkValue:
    text = f"{headline}\nWorked nights and weekends"
    return Marker().mark(Role(text="", titles=(Criterion(value=wanted),)), Profile(member_id="m", text=text))[0].value


@pytest.mark.parametrize(
    ("wanted", "headline"),
    [
        ("registered nurse", "Experienced RN, Baytown"),
        ("RN", "Senior Registered Nurse"),
        ("certified nursing assistant", "CNA at a care home"),
        ("welder or registered nurse", "RN Case Manager"),
    ],
)
def test_initials_in_capitals_name_the_title(wanted: str, headline: str) -> None:
    assert title_mark(wanted, headline) is MarkValue.MET


@pytest.mark.parametrize(
    ("wanted", "headline"),
    [("registered nurse", "rn"), ("registered nurse", "Chef"), ("SQL developer", "Sales Quality Lead"), ("nurse", "N")],
)
def test_small_letters_and_single_words_do_not(wanted: str, headline: str) -> None:
    assert title_mark(wanted, headline) is not MarkValue.MET

"""Whatever the text, parsing does not fail, takes linear time, and every span holds the words it claims."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.ingest import parse_resume
from retrieval.ingest.layout import read_sheet
from retrieval.schema import Profile

WORDS = st.sampled_from(
    [
        *(
            "Experience",
            "Education",
            "Skills",
            "Languages:",
            "Certifications",
            "Summary",
            "Company Name",
            "City , State",
        ),
        *("\n", "\n\n", "Senior Accountant", "Acme Corp", "San Jose, CA", "Jan 2015", "to", "Current", "2010 - 2014"),
        *("08/2013 to 01/2014", "Bachelor of Science", ": Accounting ,", "MBA", "University of Texas", "Python, SQL"),
        *("fluent in Spanish", "•", "ï¼\u200b", "â€“", "(", ")", ",", "|", "-", "10 years of experience", "\t", "\r\n"),
        *("Certified Public Accountant", "\u2028", "é", "𝔘", "expected", "Bilingual", "GED", "lead", "2020", "'19"),
    ]
)
RESUMES = st.one_of(st.text(max_size=400), st.lists(WORDS, max_size=40).map(" ".join), st.lists(WORDS).map("\n".join))


def same(words: str) -> str:
    return " ".join(words.split())


def check(profile: Profile) -> None:
    """Every span stands in the text and holds what its field says (line breaks inside it count as blanks)."""
    text = profile.text
    for item in (*profile.skills, *profile.certifications):
        assert item.span is not None
        assert same(item.span.of(text)) == item.name
    for location in profile.locations:
        assert location.span is None or same(location.span.of(text)) == location.text
    for position in profile.positions:
        assert position.span is not None
        assert 0 <= position.span.start < position.span.end <= len(text)
        for said in (position.title, position.company, position.location):
            assert said is None or said in same(position.span.of(text))
        assert position.details is None or position.details.end <= len(text)
    for study in profile.education:
        assert study.span is not None
        for said in (study.degree, study.field, study.school):
            assert said is None or said in same(study.span.of(text))
    for language in profile.languages:
        assert language.span is not None
        assert 0 <= language.span.start < language.span.end <= len(text)
    if profile.headline is not None:
        assert profile.headline_span is not None
        assert same(profile.headline_span.of(text)) == profile.headline
    assert profile.summary is None or profile.summary.end <= len(text)


@settings(max_examples=300, deadline=None)
@given(RESUMES)
def test_any_text_is_parsed_and_every_span_holds_its_words(text: str) -> None:
    profile = parse_resume(text, member_id="m")
    assert profile.text == text
    check(profile)


@settings(max_examples=100, deadline=None)
@given(RESUMES)
def test_parsing_is_deterministic(text: str) -> None:
    assert parse_resume(text, member_id="m") == parse_resume(text, member_id="m")


@given(RESUMES)
def test_the_plain_copy_is_as_long_as_the_text(text: str) -> None:
    assert len(read_sheet(text).plain) == len(text)


HOSTILE = [
    *("a", " ", "\n", "x\n", "A ", "1", "1/", "(", ", ", "\t|", "University ", "Xa of ", "2010-", "Jan 2010 - "),
    *("Company Name ", "City , State ", "Bachelor of ", "BS in Aaaa ", "Manager Jan 2010 to Feb 2011\n"),
    *("english fluent ", "Certified Aa ", "5 years of the ", "Los New San ", "a.b.", "Master Bachelor B.S. "),
]


@pytest.mark.parametrize("piece", HOSTILE)
@pytest.mark.parametrize("heading", ["", "Experience\n", "Education\n", "Skills\n", "Languages\n", "Certifications\n"])
def test_a_megabyte_of_one_thing_takes_seconds_not_hours(piece: str, heading: str) -> None:
    text = heading + piece * (1_000_000 // len(piece))
    started = time.process_time()
    check(parse_resume(text, member_id="m"))
    assert time.process_time() - started < 10


def test_shared_resumes_keep_their_text_and_spans(shared_resumes: list[str]) -> None:
    for text in shared_resumes[::25]:
        profile = parse_resume(text, member_id="m")
        assert profile.text == text
        check(profile)


def test_most_shared_resumes_are_understood(shared_resumes: list[str]) -> None:
    """Floors a little under what is measured, so that a change that loses a layout fails."""
    profiles = [parse_resume(text, member_id="m") for text in shared_resumes[::8]]
    shares = {
        "headline": sum(p.headline is not None for p in profiles),
        "dated position with a title": sum(any(q.title and q.start for q in p.positions) for p in profiles),
        "years": sum(p.years_experience is not None for p in profiles),
        "education level": sum(any(e.level is not None for e in p.education) for p in profiles),
        "skills": sum(bool(p.skills) for p in profiles),
    }
    floors = {
        "headline": 0.95,
        "dated position with a title": 0.96,
        "years": 0.95,
        "education level": 0.87,
        "skills": 0.96,
    }
    assert {
        name: round(count / len(profiles), 3) for name, count in shares.items() if count < floors[name] * len(profiles)
    } == {}
    # Employers and places are masked there.
    assert sum(q.company is not None for p in profiles for q in p.positions) < 0.01 * sum(
        len(p.positions) for p in profiles
    )

"""Invented people are the same whoever asks, consistent with themselves, and say where every field stands."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise
from statistics import median

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offline.synthetic import Truth, generate, person
from offline.synthetic.career import REFERENCE
from offline.synthetic.resume import NOTICE
from offline.synthetic.sources import occupation_tasks
from retrieval.lexicon.degrees import degree_level
from retrieval.lexicon.seniority import seniority_of
from retrieval.schema import EducationLevel, PartialDate, Profile, Seniority, Span

people = given(seed=st.integers(0, 2**31), index=st.integers(0, 10**9))
thorough = settings(max_examples=60, deadline=None)


@pytest.fixture(scope="module")
def sample() -> list[tuple[Profile, Truth]]:
    return list(generate(size=400, seed=11))


def test_the_same_seed_gives_the_same_people(sample: list[tuple[Profile, Truth]]) -> None:
    assert list(generate(size=40, seed=11)) == sample[:40]
    assert [p.text for p, _ in generate(size=40, seed=12)] != [p.text for p, _ in sample[:40]]


def test_a_person_does_not_depend_on_who_was_made_before(sample: list[tuple[Profile, Truth]]) -> None:
    assert [person(11, index) for index in (399, 7, 123)] == [sample[399], sample[7], sample[123]]
    assert list(generate(size=5, seed=11, start=250)) == sample[250:255]


def test_members_are_numbered_from_one() -> None:
    profile, truth = person(3, 0)
    assert profile.member_id == truth.member_id == "s-000000000001"
    with pytest.raises(ValueError, match="numbered from 0"):
        person(3, -1)


@people
@thorough
def test_every_field_stands_where_its_span_says(seed: int, index: int) -> None:
    profile, _ = person(seed, index)
    text = profile.text
    assert profile.headline is not None
    assert profile.headline_span is not None
    assert profile.headline_span.of(text) == profile.headline
    assert [place.span.of(text) for place in profile.locations if place.span] == [
        place.text for place in profile.locations
    ]
    for named in (*profile.skills, *profile.languages, *profile.certifications, *profile.industries):
        assert named.span is not None
        assert named.span.of(text) == named.name
    for language in profile.languages:
        assert language.span is not None
        assert language.level is None or text[language.span.end :].startswith(f" ({language.level})")
    for position in profile.positions:
        assert position.span is not None
        words = position.span.of(text)
        assert position.title is not None
        assert position.title in words
        assert position.company is not None
        assert position.company in words
        assert position.location is None or position.location in words
        assert position.industry is None or position.industry in words
        assert position.start is not None
        assert str(position.start.year) in words
        assert position.end is None or str(position.end.year) in words
        assert not position.current or re.search(r"present|current|now", words, re.IGNORECASE)
        assert position.details is None or _inside(position.details, position.span)
    for study in profile.education:
        assert study.span is not None
        for said in (study.school, study.degree, study.field):
            assert said is None or said in study.span.of(text)
        for date in (study.start, study.end):
            assert date is None or str(date.year) in study.span.of(text)


def _inside(inner: Span, outer: Span) -> bool:
    return outer.start <= inner.start < inner.end <= outer.end


@people
@thorough
def test_careers_make_sense(seed: int, index: int) -> None:
    profile, truth = person(seed, index)
    positions = profile.positions
    starts = [position.start.months for position in positions if position.start]
    assert len(starts) == len(positions) > 0
    assert starts == sorted(starts, reverse=True), "most recent first"
    assert [position.current for position in positions[1:]] == [False] * (len(positions) - 1)
    for position in positions:
        assert (position.end is None) == position.current
        assert position.end is None or position.start is None or position.start.months <= position.end.months
    for later, earlier in pairwise(positions):
        assert earlier.end is not None
        assert later.start is not None
        assert earlier.end.months <= later.start.months, "jobs overlap"
    assert profile.updated_at is not None
    for position in positions:
        for date in (position.start, position.end):
            assert (
                date is None or date.months <= profile.updated_at.year * 12 + profile.updated_at.month - 1 <= REFERENCE
            )
    assert truth.education == max(study.level for study in profile.education if study.level is not None)


@people
@thorough
def test_levels_never_fall(seed: int, index: int) -> None:
    profile, truth = person(seed, index)
    stated = [level for p in reversed(profile.positions) if p.title and (level := seniority_of(p.title)) is not None]
    rising = [max(level, Seniority.ENTRY) for level in stated]  # apprentices and residents read as interns
    # A lead who goes on leading among managers' titles ("Team Lead") may read a step apart, never two.
    for before, after in pairwise(rising):
        assert after >= before - 1, [p.title for p in reversed(profile.positions)]
    assert profile.seniority == seniority_of(profile.positions[0].title or "")
    if truth.level >= Seniority.SENIOR and profile.seniority is not None:
        assert profile.seniority >= Seniority.SENIOR


@people
@thorough
def test_school_comes_before_work_and_work_after_childhood(seed: int, index: int) -> None:
    profile, truth = person(seed, index)
    first = profile.education[-1]
    work = [p.start for p in profile.positions if p.start and "Intern" not in (p.title or "").split()]
    begun = min(date.months for date in work)
    if first.end:
        assert first.end.year * 12 <= begun
    if first.start and first.level is not None and first.level >= EducationLevel.ASSOCIATE:
        assert begun // 12 - first.start.year >= 1, "a degree takes time after school"
    assert truth.years <= 50


@people
@thorough
def test_years_are_the_months_covered_by_the_positions(seed: int, index: int) -> None:
    profile, truth = person(seed, index)
    assert profile.updated_at is not None
    yearly = all(p.start and p.start.month is None for p in profile.positions)
    today = PartialDate(year=profile.updated_at.year, month=None if yearly else profile.updated_at.month)
    worked: set[int] = set()
    for position in profile.positions:
        assert position.start is not None
        worked.update(range(position.start.months, (position.end or today).months))
    assert profile.years_experience is not None
    # Whether the last month of a job counts is a month a job; bare years may be a year off at either end.
    assert abs(profile.years_experience - len(worked) / 12) <= len(profile.positions) / 12 + 0.1
    assert abs(profile.years_experience - truth.years) <= (2.1 if yearly else len(profile.positions) / 12 + 0.1)


@people
@thorough
def test_it_says_that_it_is_synthetic(seed: int, index: int) -> None:
    profile, _ = person(seed, index)
    assert profile.synthetic
    assert profile.text.splitlines()[-1] == NOTICE
    assert Profile.model_validate_json(profile.model_dump_json()) == profile


@people
@thorough
def test_truth_holds_what_the_text_does_not_say(seed: int, index: int) -> None:
    profile, truth = person(seed, index)
    assert truth.occupation in occupation_tasks()
    assert set(truth.unwritten) <= set(truth.skills)
    assert {skill.name for skill in profile.skills} <= set(truth.skills)
    for skill in truth.unwritten:
        assert skill.lower() not in profile.text.lower()
    known = {task for name in truth.occupations for task in occupation_tasks()[name]}
    assert {_plain(task) for task in truth.strengths} <= {_plain(task) for task in known}
    assert profile.locations[0].city == truth.city


def _plain(task: str) -> str:
    return task.strip(" .").lower()


def test_people_differ(sample: list[tuple[Profile, Truth]]) -> None:
    """Text varies: hardly a line is shared but headings, degrees and the notice, and no two people are alike."""
    assert len({profile.text for profile, _ in sample}) == len(sample)
    lines = Counter(
        line for profile, _ in sample for line in set(profile.text.splitlines()) if len(line) > 40 and line != NOTICE
    )
    assert len(lines) / lines.total() > 0.97
    summaries = [profile.summary.of(profile.text) for profile, _ in sample if profile.summary]
    assert len(set(summaries)) == len(summaries)
    assert 0.6 < len(summaries) / len(sample) < 0.95
    assert len({truth.family for _, truth in sample}) >= 50
    assert len({truth.country for _, truth in sample}) >= 15
    assert 120 <= median(len(profile.text.split()) for profile, _ in sample) <= 220


def test_a_title_says_more_of_a_person_than_chance(sample: list[tuple[Profile, Truth]]) -> None:
    """The text is about the occupation: the words of its tasks are nearer to it than to another person's."""
    own = others = 0
    for (profile, truth), (_, stranger) in pairwise(sample):
        words = set(re.findall(r"[a-z]{4,}", profile.text.lower()))
        own += len(words & set(re.findall(r"[a-z]{4,}", " ".join(occupation_tasks()[truth.occupation]).lower())))
        others += len(words & set(re.findall(r"[a-z]{4,}", " ".join(occupation_tasks()[stranger.occupation]).lower())))
    assert own > 2 * others


_PROTECTED = re.compile(
    r"\b(gender|male|female|ethnic\w*|race|racial|religio\w+|church|christian|muslim|jewish|hindu|nationality|"
    r"citizenship|married|marital|single mother|pregnan\w+ leave|date of birth|born in|years old|aged \d|"
    r"sexual orientation|veteran status|disabled person|he/him|she/her|mr\.|mrs\.|ms\.)(?!\w)",
    re.IGNORECASE,
)


def test_degrees_read_as_what_they_are(sample: list[tuple[Profile, Truth]]) -> None:
    read = [(study.degree, study.level) for profile, _ in sample for study in profile.education]
    assert [(degree, level) for degree, level in read if degree_level(degree or "") != level] == []


def test_protected_attributes_never_appear(sample: list[tuple[Profile, Truth]]) -> None:
    found = []
    for profile, _ in sample:
        text = profile.text.replace("Falls Church", "")  # a town in Virginia
        found += [(profile.member_id, match[0]) for match in _PROTECTED.finditer(text)]
    assert found == []

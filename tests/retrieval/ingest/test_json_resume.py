"""JSON Resume: structure in, the same structure out, with text to quote and without contact data."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.ingest import UnreadableError, read
from retrieval.ingest.json_resume import read_json_resume
from retrieval.schema import EducationLevel, PartialDate, Profile, Seniority

RESUME: dict[str, Any] = {
    "basics": {
        "name": "Jane Example",
        "label": "Senior Programmer",
        "image": "https://example.com/jane.png",
        "email": "jane@example.com",
        "phone": "(912) 555-4321",
        "summary": "Builds compilers.",
        "location": {
            "address": "12 Elm St",
            "postalCode": "94115",
            "city": "San Francisco",
            "countryCode": "US",
            "region": "California",
        },
        "profiles": [{"network": "X", "username": "jane"}],
    },
    "work": [
        {
            "name": "Initech",
            "position": "Programmer",
            "startDate": "2010-03-01",
            "endDate": "2013-02-28",
            "summary": "Wrote code.",
        },
        {
            "name": "Pied Piper",
            "position": "Senior Programmer",
            "location": "Palo Alto, CA",
            "startDate": "2013-03",
            "highlights": ["Shipped 1.0", "Hired ten"],
        },
    ],
    "education": [
        {
            "institution": "Lund University",
            "area": "Mathematics",
            "studyType": "Bachelor",
            "startDate": "2006",
            "endDate": "2009",
        }
    ],
    "skills": [{"name": "Compilers", "keywords": ["LLVM", "C++"]}],
    "languages": [{"language": "Swedish", "fluency": "Native speaker"}],
    "certificates": [{"name": "CKA", "date": "2021-11-07"}],
    "meta": {"lastModified": "2015-03-01T00:00:00Z"},
}


def test_a_known_person_round_trips(tmp_path: Path) -> None:
    (tmp_path / "jane.json").write_text(json.dumps(RESUME), encoding="utf-8")
    [profile] = read(tmp_path)
    assert profile.member_id == "jane.json"
    assert (profile.headline, profile.seniority) == ("Senior Programmer", Seniority.SENIOR)
    assert [(p.title, p.company, p.current) for p in profile.positions] == [
        ("Senior Programmer", "Pied Piper", True),
        ("Programmer", "Initech", False),
    ]
    # March 2010 to February 2013, then on until the resume was changed in March 2015.
    assert profile.years_experience == 5.0
    assert profile.education[0].level is EducationLevel.BACHELOR
    assert profile.education[0].end == PartialDate(year=2009)
    assert [skill.name for skill in profile.skills] == ["Compilers", "LLVM", "C++"]
    assert [(x.name, x.level) for x in profile.languages] == [("Swedish", "Native speaker")]
    assert (profile.locations[0].city, profile.locations[0].region) == ("San Francisco", "US-CA")
    spans_hold(profile)
    text = profile.text
    assert not any(private in text for private in ("Jane", "jane@", "555", "Elm St", "94115"))
    assert profile.positions[0].details is not None
    assert profile.positions[0].details.of(text) == "- Shipped 1.0\n- Hired ten"


def spans_hold(profile: Profile) -> None:
    text = profile.text
    if profile.headline:
        assert profile.headline_span is not None
        assert profile.headline_span.of(text) == profile.headline
    for item in (*profile.skills, *profile.languages, *profile.certifications):
        assert item.span is not None
        assert item.span.of(text) == item.name
    for position in profile.positions:
        assert position.span is not None
        assert all(said in position.span.of(text) for said in (position.title, position.company) if said)
    for study in profile.education:
        assert study.span is not None
        assert all(said in study.span.of(text) for said in (study.degree, study.school) if said)


WORD = st.text(max_size=30)
JOB = st.fixed_dictionaries(
    {},
    optional={
        "name": WORD,
        "position": WORD,
        "startDate": st.one_of(WORD, st.dates().map(str)),
        "endDate": st.one_of(st.none(), WORD, st.dates().map(str)),
        "highlights": st.one_of(WORD, st.lists(WORD, max_size=3)),
    },
)
ANYTHING = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), WORD),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(WORD, inner, max_size=3)),
    max_leaves=8,
)
RECORD = st.fixed_dictionaries(
    {"basics": st.one_of(ANYTHING, st.fixed_dictionaries({"label": WORD, "summary": WORD, "location": ANYTHING}))},
    optional={
        "work": st.one_of(ANYTHING, st.lists(JOB, max_size=3)),
        "education": ANYTHING,
        "skills": st.one_of(
            ANYTHING, st.lists(st.fixed_dictionaries({"name": WORD, "keywords": ANYTHING}), max_size=3)
        ),
        "languages": ANYTHING,
        "certificates": ANYTHING,
    },
)


@settings(deadline=None)
@given(RECORD)
def test_whatever_stands_in_the_fields_it_is_read_or_refused(record: dict[str, Any]) -> None:
    try:
        profile = read_json_resume(record, member_id="m", source="s", updated_at=None)
    except UnreadableError:
        return
    spans_hold(profile)
    profile.model_dump_json().encode()

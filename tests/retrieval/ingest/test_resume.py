"""Plain-text resumes of several layouts become structure; masks and silence stay unknown."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest

from retrieval.ingest import parse_resume
from retrieval.schema import EducationLevel, PartialDate, Profile, Seniority


def parsed(text: str) -> Profile:
    return parse_resume(text, member_id="m")


def test_a_whole_resume(resume: str) -> None:
    profile = parsed(resume)
    assert profile.text == resume
    assert profile.headline == "Senior Software Engineer"
    assert profile.seniority is Seniority.SENIOR
    assert [(p.title, p.company, p.location) for p in profile.positions] == [
        ("Senior Software Engineer", "Acme Corp", "San Jose, CA"),
        ("Software Engineer", "Initech LLC", None),
    ]
    assert profile.positions[0].start == PartialDate(year=2018, month=1)
    assert profile.positions[0].end == PartialDate(year=2020, month=12)
    # June 2014 to December 2017 are 43 months, January 2018 to December 2020 are 36.
    assert profile.years_experience == pytest.approx(79 / 12, abs=0.05)
    [study] = profile.education
    assert (study.degree, study.level, study.field) == ("B.S.", EducationLevel.BACHELOR, "Computer Science")
    assert (study.school, study.end) == ("San Jose State University", PartialDate(year=2014))
    assert [skill.name for skill in profile.skills] == ["Python", "Java", "PostgreSQL"]
    assert [(language.name, language.level) for language in profile.languages] == [("Spanish", "fluent")]
    assert [certification.name for certification in profile.certifications] == ["AWS Certified Solutions Architect"]
    assert [(place.city, place.region) for place in profile.locations] == [("San Jose", "US-CA")]
    assert profile.positions[0].details is not None
    assert profile.positions[0].details.of(resume) == "- Built services in Python."


MASKED = [
    "Company Name July 2011 to November 2012 Accountant\nCity , State",
    "Accountant\nJuly 2011 to November 2012 Company Name - City , State",
    "Accountant 07/2011 to 11/2012 Company Name City , State",
    "Company Name City , State Accountant 07/2011 to 11/2012",
    "Accountant Jul 2011 to Nov 2012\nCompany Name - City , State",
    "Accountant\nCity , State Company Name / Jul 2011 to Nov 2012",
    "Accountant , 07/2011 to 11/2012\nCompany Name – City , State",
    "07/2011 to 11/2012\nAccountant Company Name - City , State",
    "July 2011\nto\nNovember 2012\nCompany Name City , State Accountant",
    "Accountant 07/2011 \xef\xbc\u200b 11/2012 Company Name City , State",
    "Company Name Accountant | City , State | July 2011 - November 2012",
]


@pytest.mark.parametrize("heading", MASKED)
def test_layouts_with_masked_employers(heading: str) -> None:
    text = f"ACCOUNTANT\nExperience\n{heading}\n Reconciled ledgers from 2011 to 2012.\nEducation\nNone given\n"
    [position] = parsed(text).positions
    assert (position.title, position.company, position.location) == ("Accountant", None, None)
    assert (position.start, position.end) == (PartialDate(year=2011, month=7), PartialDate(year=2012, month=11))
    assert position.span is not None
    assert "Accountant" in position.span.of(text)


NAMED = [
    ("Marketing Manager, Globex Corporation, Chicago, IL\n2015-2020", "Globex Corporation", "Chicago, IL"),
    ("2015-2020  Marketing Manager, Globex Corporation, Chicago, IL", "Globex Corporation", "Chicago, IL"),
    ("Globex Corporation, Chicago, IL\nMarketing Manager, 2015 to 2020", "Globex Corporation", "Chicago, IL"),
    ("Marketing Manager\nGlobex Corporation, Chicago, IL\n2015 - 2020", "Globex Corporation", "Chicago, IL"),
    ("Marketing Manager | Hooli | 2015 - 2020", "Hooli", None),
    ("Hooli Inc. — Marketing Manager (2015 – 2020)", "Hooli Inc.", None),
    ("Marketing Manager 2015 to 2020", None, None),
]


@pytest.mark.parametrize(("heading", "company", "location"), NAMED)
def test_layouts_with_named_employers(heading: str, company: str | None, location: str | None) -> None:
    [position] = parsed(f"Experience\n{heading}\n- Planned campaigns.\n").positions
    assert (position.title, position.company, position.location) == ("Marketing Manager", company, location)
    assert (position.start, position.end) == (PartialDate(year=2015), PartialDate(year=2020))


def test_a_present_job_is_current_and_has_no_end() -> None:
    for word in ("Current", "present", "Now"):
        [position] = parsed(f"Experience\nNurse, 01/2015 to {word}\n").positions
        assert position.current
        assert position.end is None


def test_a_job_with_one_date_or_none_is_kept_undated() -> None:
    text = "Experience\nDesigner , 02/2011 Company Name - City , State\n Drew.\n Painted.\nCompany Name Cook\n"
    assert [(p.title, p.start, p.end) for p in parsed(text).positions] == [
        ("Designer", None, None),
        ("Cook", None, None),
    ]


def test_a_line_of_business_behind_a_comma_belongs_to_the_title() -> None:
    text = (
        "Experience\nVice President, Digital Services Feb 1996 to Aug 2003\nCompany Name\n"
        "AVP, Finance 2004 to 2005 Company Name\n"
    )
    assert {p.title for p in parsed(text).positions} == {"Vice President, Digital Services", "AVP, Finance"}


def test_dates_inside_prose_open_no_job() -> None:
    text = "Experience\nNurse, 2010 to 2014\n- Led a ward from March 2011 to May 2012 with ten staff.\n"
    assert len(parsed(text).positions) == 1


def test_experience_counts_overlaps_once_and_goes_on_until_the_profile_was_updated() -> None:
    text = "Experience\nNurse, 01/2010 to 12/2011\nTutor, 01/2011 to 12/2011\nCook, 01/2014 to Current\n"
    assert parse_resume(text, member_id="m", updated_at=datetime(2016, 1, 1, tzinfo=UTC)).years_experience == 4.0
    # Without a date of its own the text proves the two years only.
    assert parsed(text).years_experience == 2.0
    assert parse_resume(text, member_id="m", as_of=PartialDate(year=2015, month=1)).years_experience == 3.0


def test_stated_years_count_where_dates_do_not_prove_more() -> None:
    assert parsed("Summary\nCook with over 12 years of experience.\n").years_experience == 12
    assert parsed("Summary\nTwelve years of kitchen experience\n").years_experience == 12
    text = "Summary\n12 years of experience.\nExperience\nCook, 2001 to 2003\n"
    assert parsed(text).years_experience == 2.0
    assert parsed("Summary\nI am 34 years old.\n").years_experience is None
    # One job that goes on since nobody knows when proves nothing.
    assert parsed("Experience\nCook, 2001 to present\n").years_experience is None


@pytest.mark.parametrize(
    ("line", "level", "field", "school", "year"),
    [
        ("Bachelor of Science : Accounting , May 2010 University of North Carolina - City , State Accounting",
         EducationLevel.BACHELOR, "Accounting", "University of North Carolina", 2010),
        ("MBA, Northwestern University, 2012", EducationLevel.MASTER, None, "Northwestern University", 2012),
        ("Master of Business Administration 2012", EducationLevel.MASTER, "Business Administration", None, 2012),
        ("BA English, 2008", EducationLevel.BACHELOR, "English", None, 2008),
        ("Ph.D. in Physics, Stanford University", EducationLevel.DOCTORATE, "Physics", "Stanford University", None),
        ("High School Diploma : 2001", EducationLevel.SECONDARY, None, None, 2001),
    ],
)  # fmt: skip
def test_courses_of_study(
    line: str, level: EducationLevel, field: str | None, school: str | None, year: int | None
) -> None:
    text = f"Education\n{line}\n"
    [study] = parsed(text).education
    assert (study.level, study.field, study.school) == (level, field, school)
    assert (study.end.year if study.end else None) == year
    assert study.span is not None
    assert study.span.of(text) == line


def test_a_degree_that_is_spoken_of_is_not_held() -> None:
    text = "Education\nTaught classes for Bachelor's degree students\nSome college\n"
    assert parsed(text).education == ()


def test_protected_attributes_are_read_into_no_field() -> None:
    text = (
        "Date of Birth: 15 September 1983\nGender: Female\nMarital Status: Married\nNurse\n\n"
        "Experience\nNurse, 2010 to 2014\n"
    )
    fields = parsed(text).model_dump_json(exclude={"text"}).lower()
    assert not any(word in fields for word in ("1983", "female", "married", "gender", "birth"))


def test_a_name_or_contact_line_is_no_headline() -> None:
    assert parsed("Jane Doe\njane@example.com\n\nEducation\nGED\n").headline is None
    assert parsed("JANE DOE\nRegistered Nurse\n").headline == "Registered Nurse"


def test_skills_in_comma_lists_run_over_lines() -> None:
    text = (
        "Skills\nAccounting, Bookkeeping, Contract Negotiation, Payroll, Purchasing, Vendor\nManagement, Excel, excel\n"
    )
    assert [skill.name for skill in parsed(text).skills][-2:] == ["Vendor Management", "Excel"]


def test_languages_need_to_be_spoken() -> None:
    assert [x.name for x in parsed("Summary\nFluent in Spanish and French.\n").languages] == ["Spanish", "French"]
    assert parsed("Experience\nItalian Restaurant Cook, 2010 to 2012\n").languages == ()


def test_parsing_is_fast_enough_for_a_population(resume: str) -> None:
    """A loose bound on the stated 200 resumes a second, so that a slow machine does not fail it."""
    parsed(resume)
    text = resume + " Managed accounts and prepared reports for the board of the company every month.\n" * 60
    started = time.process_time()
    for _ in range(20):
        parsed(text)
    assert (time.process_time() - started) / 20 < 0.03

"""Dates and ranges of dates in the forms resumes use."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.ingest.dates import find_ranges, parse_date
from retrieval.ingest.layout import read_sheet
from retrieval.schema import PartialDate


@pytest.mark.parametrize(
    ("text", "since", "until"),
    [
        ("July 2011 to November 2012", (2011, 7), (2012, 11)),
        ("08/2013 to 01/2014", (2013, 8), (2014, 1)),
        ("Jan 2015 to Current", (2015, 1), None),
        ("2010 - present", (2010, None), None),
        ("June 2015\nto\nAugust 2015", (2015, 6), (2015, 8)),
        ("06/2014 – 12/2017", (2014, 6), (2017, 12)),
        ("Sept. 2014 — Dec. 2017", (2014, 9), (2017, 12)),
        ("2012-03 to 2013-04", (2012, 3), (2013, 4)),
        ("01/02/2012 - 03/04/2013", (2012, 1), (2013, 3)),
        ("Jan '98 - Feb '03", (1998, 1), (2003, 2)),
        ("Since March 2019", (2019, 3), None),
        ("May - August 2015", (2015, 5), (2015, 8)),
        ("Fall 2012 to Spring 2013", (2012, 9), (2013, 3)),
        ("October 2001 through May 2006", (2001, 10), (2006, 5)),
    ],
)
def test_a_range_in_each_form(text: str, since: tuple[int, int | None], until: tuple[int, int | None] | None) -> None:
    plain = read_sheet(text).plain
    [found] = find_ranges(plain, 0, len(plain))
    assert (found.since.year, found.since.month) == since
    assert (found.until and (found.until.year, found.until.month)) == until
    assert found.current is (until is None)


@pytest.mark.parametrize(
    "text",
    [
        "2015 to 2010",
        "555-1234 2010",
        "$2010 - 2012",
        "Windows 2000",
        "call 408-555-2010",
        "1899 - 1901",
        "in 2010 and 2012",
    ],
)
def test_what_is_no_range(text: str) -> None:
    assert find_ranges(text, 0, len(text)) == []


@given(st.integers(1950, 2040), st.one_of(st.none(), st.integers(1, 12)))
def test_a_date_written_by_numbers_is_read_back(year: int, month: int | None) -> None:
    written = f"{month:02d}/{year}" if month else str(year)
    assert parse_date(written) == PartialDate(year=year, month=month)


@given(st.text(max_size=60))
def test_any_text_is_read(text: str) -> None:
    parse_date(text)
    for found in find_ranges(text, 0, len(text)):
        assert 0 <= found.start < found.end <= len(text)

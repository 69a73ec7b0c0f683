"""Boolean: the recruiter's string says who, BM25 says in which order, and the reason shows both."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.query import QuerySyntaxError, parse
from retrieval.query.generation import variants
from retrieval.schema import Criterion, Importance, Kind, Profile, Qualification, Retrieval, Role, Span
from retrieval.snapshot import Snapshot
from retrieval.strategies import boolean
from retrieval.strategies.request import telling_words, wanted_text

Find = Callable[..., Retrieval]
NICE, EXCLUDE = Importance.NICE, Importance.EXCLUDE


@pytest.mark.parametrize(
    ("string", "matches"),
    [
        ("title:nurse", lambda p: any("Nurse" in (x.title or "") for x in p.positions)),
        (
            'title:"software engineer" AND skill:Kubernetes',
            lambda p: (
                any("Software Engineer" in (x.title or "") for x in p.positions)
                and any(x.name == "Kubernetes" for x in p.skills)
            ),
        ),
        ("company:acme -title:manager", lambda p: "Acme" in p.text and "Manager" not in p.text),
        ("skill:(GAAP OR Pastry)", lambda p: any(x.name in ("GAAP", "Pastry") for x in p.skills)),
        ("C++", lambda p: "C++" in p.text),
        ("neonat*", lambda p: "neonatal" in p.text),
        ('"closed the books"', lambda p: "losed the books" in p.text),
        (
            "NOT (nurse OR teacher OR chef)",
            lambda p: not any(w in p.text.lower() for w in ("nurse", "teacher", "chef")),
        ),
    ],
)
def test_a_string_finds_exactly_who_matches(
    string: str, matches: Callable[[Profile], bool], find: Find, people: dict[str, Profile]
) -> None:
    expected = {member for member, profile in people.items() if matches(profile)}
    assert expected
    assert {hit.member_id for hit in find(boolean.create, "anybody", boolean=string).hits} == expected


def test_the_reason_shows_the_string_and_the_terms_that_matched(find: Find, people: dict[str, Profile]) -> None:
    hits = find(boolean.create, "nurse", boolean="title:nurse AND (NICU OR Triage)").hits
    for hit in hits:
        head, _, terms = hit.reason.rpartition(": ")
        assert head == "matches title:nurse AND (NICU OR Triage)"
        said = people[hit.member_id].text
        assert terms.split(", ") == ["nurse", *(skill for skill in ("NICU", "Triage") if skill in said)]


def test_the_requests_words_order_what_the_string_matches(find: Find, people: dict[str, Profile]) -> None:
    hits = find(boolean.create, "QuickBooks", boolean="title:accountant").hits
    with_it = ["QuickBooks" in people[hit.member_id].text for hit in hits]
    assert True in with_it
    assert with_it == sorted(with_it, reverse=True)


def test_a_malformed_string_is_an_error_that_shows_the_place(find: Find) -> None:
    with pytest.raises(QuerySyntaxError, match=r"never closed(.|\n)*\^"):
        find(boolean.create, "nurse", boolean="title:(nurse AND ICU")


def test_a_string_that_nobody_matches_says_so(find: Find) -> None:
    answer = find(boolean.create, "nurse", boolean="zebra AND nurse")
    assert answer.hits == ()
    assert answer.notes == ("boolean: nobody who passes the filter matches zebra AND nurse",)


def test_small_operators_are_pointed_out(find: Find) -> None:
    assert find(boolean.create, "nurse", boolean="nurse or teacher").notes[0] == (
        'boolean: "or" in small letters is a word to find; write OR to join words'
    )


def role(**criteria: object) -> Role:
    return Role.model_validate({"text": "senior accountant with GAAP", **criteria})


@pytest.mark.parametrize(
    ("criteria", "string"),
    [
        ({"titles": [Criterion(value="accountant")]}, "title:accountant"),
        (
            {
                "titles": [Criterion(value="staff accountant"), Criterion(value="controller")],
                "skills": [Criterion(value="SAP", importance=NICE), Criterion(value="month end close")],
            },
            '(title:"staff accountant" OR title:controller) AND ("month end close" OR SAP)',
        ),
        (
            {
                "titles": [Criterion(value="nurse"), Criterion(value="director", importance=EXCLUDE)],
                "companies": [Criterion(value='"Acme" Inc', importance=EXCLUDE)],
                "skills": [Criterion(value="C++")],
                "qualifications": [Qualification(value="RN licence", kind=Kind.CERTIFICATION)],
            },
            'title:nurse AND (C++ OR "RN licence") AND NOT title:director AND NOT company:"Acme Inc"',
        ),
        ({}, ""),
        ({"titles": [Criterion(value="OR")]}, 'title:"OR"'),
    ],
)
def test_the_string_made_from_a_role(criteria: dict[str, object], string: str) -> None:
    assert boolean.generate(role(**criteria)) == string


@given(
    st.lists(st.text(min_size=1), max_size=3),
    st.lists(st.text(min_size=1), max_size=3),
    st.sampled_from(list(Importance)),
)
def test_what_is_made_can_always_be_read(titles: list[str], skills: list[str], importance: Importance) -> None:
    asked = role(
        titles=[Criterion(value=title, importance=importance) for title in titles],
        skills=[Criterion(value=skill) for skill in skills],
    )
    string = boolean.generate(asked)
    assert not string or parse(string)
    assert len(list(variants(asked))) <= 5


def test_the_made_string_lifts_and_is_loosened_until_enough_match(find: Find, people: dict[str, Profile]) -> None:
    asked = role(titles=[Criterion(value="accountant")], skills=[Criterion(value="GAAP"), Criterion(value="Poetry")])
    hits = find(boolean.create, asked).hits
    lifted = [hit for hit in hits if hit.reason.startswith("matches title:accountant AND (GAAP OR Poetry): accountant")]
    assert len(lifted) >= boolean.ENOUGH
    assert all("GAAP" in people[hit.member_id].text for hit in lifted)


def test_without_titles_or_skills_the_requests_words_find(find: Find, people: dict[str, Profile]) -> None:
    hits = find(boolean.create, "someone who cooked menus and knows Pastry").hits
    assert {int(hit.member_id[1:]) % 6 for hit in hits[:10]} == {5}  # the cooks
    assert "Pastry" in hits[0].reason


def test_words_of_what_is_excluded_are_not_searched() -> None:
    text = "accountant, not a director"
    asked = Role(
        text=text,
        titles=(Criterion(value="director", importance=EXCLUDE, span=Span(start=18, end=26)),),
    )
    assert wanted_text(asked).split() == ["accountant,", "not", "a"]
    assert len(wanted_text(asked)) == len(text)


def test_telling_words_are_rare_and_known(small_snapshot: Snapshot) -> None:
    words = telling_words("the Kubernetes and Skills zebra in Triage", small_snapshot.text, most=5)
    assert set(words.values()) == {"Kubernetes", "Triage"}

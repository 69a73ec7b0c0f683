"""Understanding keeps every stated wish, points each criterion at its words, and edits roles; on any model."""

from __future__ import annotations

import asyncio
import json
import re
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic_ai.exceptions import UnexpectedModelBehavior
from pydantic_ai.messages import ModelMessage, ModelResponse, ToolCallPart
from pydantic_ai.models.function import AgentInfo, FunctionModel

from agents.embedded import EmbeddedModel
from agents.embedded.requirements import says_something
from agents.embedded.understanding import reader
from agents.understanding import NothingToSearch, Understanding, Understood
from retrieval.schema import EducationLevel, Importance, Role, Seniority

UNDERSTANDING = Understanding(EmbeddedModel({"Reading": reader()}))


def understand(text: str, previous: Role | None = None) -> Understood:
    return asyncio.run(UNDERSTANDING.understand(text, previous=previous))


def criteria(role: Role) -> list[Any]:
    lists = (
        role.titles,
        role.seniority,
        role.locations,
        role.skills,
        role.industries,
        role.education,
        role.languages,
        role.companies,
        role.qualifications,
    )
    return [criterion for several in lists for criterion in several] + ([role.years] if role.years else [])


def values(found: Any, importance: Importance = Importance.MUST) -> list[str]:
    return [criterion.value for criterion in found if criterion.importance is importance]


def founded(role: Role) -> None:
    """Every span lies in the role's text, and the words of each value stand there, in any case."""
    for criterion in criteria(role):
        assert criterion.span is not None
        assert criterion.span.end <= len(role.text)
        said = criterion.span.of(role.text).lower()
        assert said.strip()
        if criterion in role.languages:
            continue  # named in English whatever the word ("Russians" -> "Russian")
        assert all(word in said for word in criterion.value.lower().split())


def test_a_request_of_several_kinds_is_taken_apart() -> None:
    role = understand(
        "We need a senior accountant for a mid-size manufacturer in Boston or New York: month-end close, comfortable "
        "in SAP or another ERP. CPA preferred, 5+ years, bachelor's degree in accounting or finance, speaks Spanish, "
        "no consultants."
    ).role
    assert values(role.titles) == ["accountant"]
    assert values(role.titles, Importance.EXCLUDE) == ["consultants"]
    assert [level.level for level in role.seniority] == [Seniority.SENIOR]
    assert [place.place.name for place in role.locations if place.place] == ["Boston, MA", "New York City, NY"]
    assert role.years is not None
    assert (role.years.minimum, role.years.maximum) == (5, None)
    assert [(study.level, study.field) for study in role.education] == [
        (EducationLevel.BACHELOR, "accounting or finance")
    ]
    assert values(role.languages) == ["Spanish"]
    assert "comfortable in SAP or another ERP" in values(role.qualifications)
    assert values(role.qualifications, Importance.NICE) == ["CPA"]
    founded(role)


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("Teller or customer service representative in a bank", ["Teller", "customer service representative"]),
        ("Help desk / desktop support technician: tickets", ["Help desk technician", "desktop support technician"]),
        ("Registered nurse - ICU", ["Registered nurse"]),
        ("VP of Marketing based in LA", ["VP of Marketing"]),
        ("Benefits and compensation analyst, HRIS", ["Benefits and compensation analyst"]),
        ("for a CMO with crypto experience", ["CMO"]),
        ("Current position should be customer success specialist", ["customer success specialist"]),
        ("Someone to run arts programs for a museum", []),
        ("python", []),
    ],
)
def test_titles_are_the_job_alone(text: str, titles: list[str]) -> None:
    assert values(understand(text).role.titles) == titles


@pytest.mark.parametrize(
    ("text", "minimum", "maximum"),
    [
        ("nurse with 5+ years", 5, None),
        ("nurse, at least 5 years", 5, None),
        ("nurse, 3-5 years of experience", 3, 5),
        ("nurse, minimum of three years", 3, None),
        ("nurse with up to 4 years experience", None, 4),
        ("nurse, 5 years of ICU and 10 years of experience", 10, None),
    ],
)
def test_years(text: str, minimum: float | None, maximum: float | None) -> None:
    years = understand(text).role.years
    assert years is not None
    assert (years.minimum, years.maximum) == (minimum, maximum)


@pytest.mark.parametrize(
    "text", ["nurse who moved in the last 5 years", "founder of a company 10 years old", "a 2 year degree"]
)
def test_other_years_are_no_experience(text: str) -> None:
    assert understand(text).role.years is None


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("founders of California based tech companies", ["California"]),
        ("backend engineer living in san francisco", ["San Francisco, CA"]),
        ("nurse in Boston, Chicago or Dallas", ["Boston, MA", "Chicago, IL", "Dallas, TX"]),
        ("CEO of a startup. Only show people from the U.S.", ["United States"]),
        ("someone who sold enterprise software in Germany", []),
        ("lawyer with clients in Texas", []),
        ("must be authorized to work in the US", []),
    ],
)
def test_places_are_where_the_person_lives(text: str, names: list[str]) -> None:
    assert [one.place.name for one in understand(text).role.locations if one.place] == names


@pytest.mark.parametrize(
    ("text", "value", "importance"),
    [
        ("Nurse; exposure to pediatric care would be great", "exposure to pediatric care", Importance.NICE),
        ("Pilot, military aviation is fine", "military aviation", Importance.NICE),
        ("Nurse. Nice to have: wound care, triage", "triage", Importance.NICE),
        ("Nurse, ideally with wound care", "wound care", Importance.NICE),
        (
            "Writer. I am not interested in those who have frequent job changes",
            "frequent job changes",
            Importance.EXCLUDE,
        ),
        ("Nurse, phlebotomy is a must", "phlebotomy", Importance.MUST),
    ],
)
def test_cue_words_set_the_importance(text: str, value: str, importance: Importance) -> None:
    role = understand(text).role
    assert value in values((*role.skills, *role.qualifications), importance)


def test_excluded_levels_and_what_is_not_needed() -> None:
    role = understand("customer success specialist, not director or VP of customer success").role
    assert {(one.level, one.importance) for one in role.seniority} == {
        (Seniority.DIRECTOR, Importance.EXCLUDE),
        (Seniority.VP, Importance.EXCLUDE),
    }
    found = understand("Warehouse associate, no experience required")
    assert not values(found.role.qualifications)
    assert any("no experience required" in note for note in found.notes)


@pytest.mark.parametrize(
    "text", ["", "   ", "hello", "???", "the", "\u200b", "hi there, thanks!", "...", "a", "and or with"]
)
def test_nothing_to_search_says_what_would_help(text: str) -> None:
    with pytest.raises(NothingToSearch, match="job title, skills, a place"):
        understand(text)


# --- real requests -----------------------------------------------------------------------------------------------

# Words that carry a request without being asked for.
_CUES = {
    *("hide", "avoid", "interested", "ideal", "persona", "fine", "good", "great", "plus", "preferred", "preferably"),
    *("would", "including", "looking", "need", "seeking", "find", "show"),
}


def requests(shared_data: Path) -> list[str]:
    return [
        json.loads(line)["text"]
        for name in ("requests/requests", "judged/queries", "judged_train/queries")
        for line in (shared_data / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
        if line.strip()
    ]


def test_no_stated_wish_of_a_real_request_is_lost(shared_data: Path) -> None:
    lost = {}
    for text in requests(shared_data):
        role = understand(text).role
        founded(role)
        covered = bytearray(len(text))
        for criterion in criteria(role):
            covered[criterion.span.start : criterion.span.end] = b"\x01" * (criterion.span.end - criterion.span.start)
        left = [
            match.group()
            for match in re.finditer(r"[^\W_][\w+#'-]*", text)
            if not any(covered[match.start() : match.end()])
            and says_something(match.group())
            and match.group().lower() not in _CUES
        ]
        if left:
            lost[text] = left
    assert not lost


def test_real_requests_name_their_titles(shared_data: Path) -> None:
    untitled = [text for text in requests(shared_data) if not understand(text).role.titles]
    # Those name a level, a person to do something, or no job.
    assert all(
        re.match(r"C-level|Someone|someone|Agronomy|Military veteran|Looking for C level", text) for text in untitled
    )


# --- follow-ups --------------------------------------------------------------------------------------------------

FIRST = (
    "Senior accountant in Boston or Chicago, SAP experience, bachelor's degree in accounting, CPA preferred, 5+ years, "
    "speaks Spanish"
)


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        ("make it 7 years", ["years: 5+ -> 7+"]),
        ("make it 7", ["years: 5+ -> 7+"]),
        ("drop Boston", ["location removed: Boston"]),
        ("also NICU", ["requirement added: NICU"]),
        ("remove the SAP requirement", ["requirement removed: SAP experience"]),
        ("only in Texas", ["location removed: Boston", "location removed: Chicago", "location added: Texas"]),
        ("not managers", ["seniority excluded: managers"]),
        ("CPA is a must", ["requirement CPA: nice -> must"]),
        ("Spanish is optional", ["language Spanish: must -> nice"]),
        ("instead of Boston, New York", ["location: Boston -> New York"]),
        ("change Boston to Seattle", ["location: Boston -> Seattle"]),
        ("or Dallas", ["location added: Dallas"]),
        ("no need for a degree", ["education removed: bachelor's degree in accounting"]),
        ("no recruiters and drop Chicago", ["title excluded: recruiters", "location removed: Chicago"]),
        ("not Boston", ["location Boston: must -> exclude"]),
        ("auditors instead of accountants", ["title: accountant -> auditors"]),
        ("nurse practitioner", ["title: accountant -> nurse practitioner"]),
        ("drop the years", ["years: 5+ -> any"]),
    ],
)
def test_a_follow_up_edits_the_role_and_says_how(edit: str, said: list[str]) -> None:
    first = understand(FIRST).role
    found = understand(edit, first)
    assert list(found.changes) == said
    assert found.role.text == f"{FIRST}\n{edit}"
    founded(found.role)


def test_edits_add_up() -> None:
    role = understand("ICU nurse in Boston, 5+ years").role
    for edit in ("make it 7 years", "also NICU", "drop Boston", "only in Texas", "BLS is required"):
        role = understand(edit, role).role
        founded(role)
    assert [one.value for one in role.locations] == ["Texas"]
    assert role.years is not None
    assert role.years.minimum == 7
    assert values(role.titles) == ["ICU nurse"]
    assert {"NICU", "BLS"} <= set(values((*role.skills, *role.qualifications)))
    assert role.text.count("\n") == 5


@pytest.mark.parametrize("text", ["start over: registered nurse in Miami", "Find me a registered nurse in Miami"])
def test_a_new_request_replaces_the_role(text: str) -> None:
    role = understand(text, understand(FIRST).role).role
    assert role.text == text
    assert [(values(role.titles), [one.value for one in role.locations], role.years)] == [
        (["registered nurse"], ["Miami"], None)
    ]
    founded(role)


def test_dropping_what_is_not_there_changes_nothing_and_says_so() -> None:
    found = understand("drop Kubernetes", understand(FIRST).role)
    assert found.changes == ()
    assert any("Kubernetes" in note for note in found.notes)
    with pytest.raises(NothingToSearch):
        understand("hello", understand(FIRST).role)


# --- other models ------------------------------------------------------------------------------------------------


def scripted(*answers: dict[str, Any]) -> Understanding:
    """A model that gives these answers in turn, the last one again and again."""
    waiting = list(answers)

    def answer(messages: list[ModelMessage], info: AgentInfo) -> ModelResponse:
        said = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        return ModelResponse(parts=[ToolCallPart(info.output_tools[0].name, said)])

    return Understanding(FunctionModel(answer))


def test_a_model_without_places_is_pointed_at_the_words() -> None:
    answer = {"titles": [{"words": "ICU nurse"}], "locations": [{"words": "boston"}]}
    role = asyncio.run(scripted(answer).understand("An ICU nurse in Boston")).role
    founded(role)
    assert [(one.value, one.place.name if one.place else None) for one in role.locations] == [("Boston", "Boston, MA")]


def test_invented_words_are_sent_back_and_never_used() -> None:
    invented = {"titles": [{"words": "nurse"}], "skills": [{"words": "Kubernetes"}]}
    honest = {"titles": [{"words": "nurse"}]}
    role = asyncio.run(scripted(invented, honest).understand("A nurse")).role
    assert not role.skills
    with pytest.raises(UnexpectedModelBehavior):
        asyncio.run(scripted(invented).understand("A nurse"))
    with pytest.raises(UnexpectedModelBehavior):
        asyncio.run(scripted({"titles": [{"words": "nurse", "title": "chief nurse"}]}).understand("A nurse"))


# --- any text ----------------------------------------------------------------------------------------------------

_PIECES = st.sampled_from(
    [
        *(
            "nurse",
            "senior",
            "in Boston",
            "5+ years",
            "not",
            "no",
            ", ",
            ". ",
            "; ",
            "\n",
            ": ",
            "and",
            "or",
            "CPA",
            "preferred",
        ),
        *(
            "is a plus",
            "must have",
            "nice to have",
            "(",
            ")",
            "speaks",
            "German",
            "worked at",
            "Google",
            "or above",
            "U.S.",
        ),
        *(
            "Bachelor's degree in",
            "drop",
            "make it",
            "instead of",
            "only",
            "-",
            "\u2022 ",
            "a",
            "the",
            "who",
            "with",
            "/",
        ),
        *(
            ".NET",
            "C++",
            "\u0130",
            "\U0001f600",
            "'",
            '"',
            "1,000",
            "$",
            "\x00",
            "as",
            "w/",
            "at least",
            "VP of",
            "|",
            "it",
        ),
    ]
)
TEXTS = (
    st.text(max_size=200) | st.lists(_PIECES, max_size=25).map(" ".join) | st.lists(_PIECES, max_size=25).map("".join)
)


@given(TEXTS)
@settings(max_examples=300, deadline=None)
def test_any_text_gives_a_founded_role_or_nothing_to_search(text: str) -> None:
    try:
        role = understand(text).role
    except NothingToSearch:
        return
    assert role.text == text
    for criterion in criteria(role):
        assert criterion.span is not None
        assert criterion.span.of(text).strip()


@given(TEXTS)
@settings(max_examples=200, deadline=None)
def test_any_follow_up_gives_a_founded_role_or_nothing_to_search(text: str) -> None:
    previous = understand("Senior accountant in Boston, SAP, 5+ years, no consultants, German is a plus").role
    try:
        role = understand(text, previous).role
    except NothingToSearch:
        return
    for criterion in criteria(role):
        assert criterion.span is not None
        assert criterion.span.of(role.text).strip()


@pytest.mark.parametrize(
    "piece",
    [
        "Senior Java developer in Boston with 5+ years, no recruiters; German is a plus. ",
        "a, ",
        "and ",
        "not ",
        "5 years ",
        "(",
        "in Boston or ",
        "nurse or ",
        "with ",
        "x" * 100,
        "degree in a, b, ",
        "U.S. ",
        "speaks German and ",
        "worked at Google and ",
        "preferably ",
        "we need to ",
        "top ",
    ],
)
def test_time_grows_with_the_text_and_no_faster(piece: str) -> None:
    text = (piece * (20_000 // len(piece) + 1))[:20_000]
    reader()({"request": "nurse in Boston who speaks German", "previous": None})
    began = time.process_time()
    reader()({"request": text, "previous": None})
    assert time.process_time() - began < 1.0

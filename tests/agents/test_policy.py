"""The screen refuses criteria on protected attributes, lets look-alikes pass, and keeps every place in the text."""

from __future__ import annotations

import json
import re
import sys
import time
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.constitution import load
from agents.policy import screen
from agents.policy.rules import Lazy, Rules, rules

_HERE = Path(__file__).parent
REFUSED: list[dict[str, str]] = tomllib.loads((_HERE / "policy_refused.toml").read_text(encoding="utf-8"))["request"]
HARMLESS: list[str] = tomllib.loads((_HERE / "policy_harmless.toml").read_text(encoding="utf-8"))["request"]


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case["text"])
def test_a_criterion_on_a_protected_attribute_is_refused_with_its_words(case: dict[str, str]) -> None:
    screening = screen(case["text"])
    assert screening.refused, "nothing was refused"
    clause = {"origin": "nationality", "caste": "ethnicity"}.get(case["attribute"], case["attribute"])
    assert f"protected.{clause}" in {refusal.clause for refusal in screening.refused}
    places = [match.span() for match in re.finditer(re.escape(case["words"]), case["text"])]
    assert any(not screening.text[start:end].strip() for start, end in places), "the words still stand"
    assert all(refusal.reason for refusal in screening.refused)


@pytest.mark.parametrize("text", HARMLESS)
def test_what_the_work_is_about_passes_untouched(text: str) -> None:
    screening = screen(text)
    assert screening.refused == ()
    assert screening.text == text


def test_real_requests_ask_for_nothing_refused(shared_data: Path) -> None:
    refused: dict[str, Any] = {}
    for name in ("requests/requests", "judged/queries", "judged_train/queries"):
        for line in (shared_data / f"{name}.jsonl").read_text(encoding="utf-8").splitlines():
            if line.strip():
                text = json.loads(line)["text"]
                if found := screen(text).refused:
                    refused[text] = [refusal.words for refusal in found]
    assert not refused


def test_every_refusal_names_a_clause_of_the_constitution() -> None:
    from_rules = {rule.clause for rule in rules().rules}
    assert from_rules <= {clause.id for clause in load().clause}


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("young and energetic female sales rep in Boston, no kids", "sales rep in Boston"),
        ("Looking for a male nurse, must be Christian, 5 years", "Looking for a nurse , 5 years"),
        ("no female engineers, Java developers", ", Java developers"),
        ("Java developers in Austin and only women", "Java developers in Austin"),
        ("Prefer men, ICU nurse", ", ICU nurse"),
        ("Only women.", "."),
        ("white or Asian engineers with C++", "engineers with C++"),
    ],
)
def test_what_is_left_reads_on_without_loose_ends(text: str, left: str) -> None:
    assert " ".join(screen(text).text.split()) == left


def test_each_criterion_is_refused_by_itself() -> None:
    screening = screen("young female Christian nurse with ICU experience, no kids")
    assert [refusal.clause for refusal in screening.refused] == [
        "protected.age",
        "protected.gender",
        "protected.religion",
        "protected.family",
    ]
    assert "nurse with ICU experience" in screening.text


@given(
    st.text(max_size=300)
    | st.lists(st.sampled_from([c["text"] for c in REFUSED] + HARMLESS), max_size=4).map(" \u200b".join)
)
def test_places_hold_for_any_text(text: str) -> None:
    screening = screen(text)
    assert len(screening.text) == len(text)
    for refusal in screening.refused:
        assert refusal.words == text[refusal.span.start : refusal.span.end]
        assert not screening.text[refusal.span.start : refusal.span.end].strip()
    assert all(kept in (" ", was) for kept, was in zip(screening.text, text, strict=True))


@given(st.sampled_from(REFUSED))
def test_screening_twice_finds_nothing_more_to_refuse(case: dict[str, str]) -> None:
    assert screen(screen(case["text"]).text).refused == ()


def test_the_cheap_first_look_never_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [case["text"] for case in REFUSED] + HARMLESS
    seen = [screen(text) for text in texts]
    everything = Rules(rules=tuple(replace(rule, cue=Lazy("")) for rule in rules().rules), filler=rules().filler)
    monkeypatch.setattr(sys.modules["agents.policy.screen"], "rules", lambda: everything)
    assert [screen(text) for text in texts] == seen


@pytest.mark.parametrize(
    "piece",
    [
        "any all some more other ",
        "young, white, old, ",
        "only only only ",
        "no a an the ",
        "senior junior lead ",
        "(",
        "and or ",
        "with people for women in tech, ",
        "25 - 30 ",
        "a" * 50 + " ",
    ],
)
def test_time_grows_with_the_text_and_no_faster(piece: str) -> None:
    screen("warm up")
    text = (piece * (20_000 // len(piece) + 1))[:20_000]
    began = time.perf_counter()
    screen(text)
    assert time.perf_counter() - began < 1.0

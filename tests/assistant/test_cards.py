"""Cards: everything a recruiter needs is on them, and nothing in a profile can act on the terminal."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from agents.models import Usage
from agents.policy import Refusal
from agents.reflection import Broaden, EditMade
from agents.shortlist import Shortlist, Shortlisted, Stage
from agents.verdict import Evidence, Mark, MarkValue
from assistant.answer import as_json
from assistant.cards import SYNTHETIC, print_shortlist, why
from assistant.console import legible
from retrieval.schema import Criterion, Hit, Importance, Kind, Qualification, Role, Span

TEXT = "Registered nurse. BLS certified since 2014."


def mark(value: MarkValue, words: str = "", importance: Importance = Importance.MUST, name: str = "BLS") -> Mark:
    start = TEXT.find(words)
    evidence = (Evidence(quote=words, span=Span(start=start, end=start + len(words))),) if words else ()
    return Mark(
        qualification=Qualification(value=name, importance=importance, kind=Kind.CERTIFICATION),
        value=value,
        evidence=evidence,
        note="a note",
    )


def shortlist(*marks: Mark, headline: str = "Nurse", **changes: object) -> Shortlist:
    person = Shortlisted(
        member_id="m1",
        rank=1,
        headline=headline,
        location="Austin, TX",
        grade=4,
        marks=marks,
        explanation="Meets all.",
        required_met=4,
        required_total=5,
        strategies=("semantic", "boolean"),
        hits=(Hit(member_id="m1", strategy="semantic", rank=2, score=0.5, reason="close in meaning"),),
    )
    given = {
        "request": "a nurse",
        "role": Role(text="a nurse", titles=(Criterion(value="nurse"),)),
        "filter_count": 9,
        "candidates": (person,),
        "waterfall": (Stage(name="blend", count=9, milliseconds=1.5, status="late", detail="boolean took too long"),),
        **changes,
    }
    return Shortlist.model_validate(given)


def printed(answer: Shortlist, *, encoding: str = "utf-8", waterfall: bool = False) -> str:
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    print_shortlist(Console(file=stream, width=100), answer, waterfall=waterfall)
    stream.seek(0)
    return stream.read()


def test_a_card_says_who_how_well_why_and_who_found_them() -> None:
    said = printed(shortlist(mark(MarkValue.MET, "BLS certified")))
    for expected in (
        "Role: nurse",
        " 1  Nurse, Austin, TX  [m1]",
        "highly relevant (4 of 4)",
        "4 of 5 must",
        "found by semantic, boolean",
        "Meets all.",
        "✓ BLS",
        '"BLS certified"',
    ):
        assert expected in said
    assert SYNTHETIC not in said
    assert "Waterfall" not in said


def test_every_mark_has_a_symbol_also_where_the_encoding_has_none() -> None:
    answer = shortlist(*(mark(value) for value in MarkValue))
    assert [line.strip()[0] for line in printed(answer).splitlines() if "BLS" in line] == ["✓", "~", "✗", "?"]
    assert [line.strip()[0] for line in printed(answer, encoding="ascii").splitlines() if "BLS" in line] == [*"+~x?"]


def test_an_excluded_thing_that_was_found_counts_against() -> None:
    found = printed(shortlist(mark(MarkValue.MET, "BLS", Importance.EXCLUDE)))
    absent = printed(shortlist(mark(MarkValue.NOT_SHOWN, "", Importance.EXCLUDE)))
    assert "✗ BLS (not wanted)" in found
    assert 'found "BLS"' in found
    assert "✓ BLS (not wanted)" in absent
    assert "not found" in absent


def test_banner_refusals_notes_and_the_waterfall() -> None:
    refusal = Refusal(words="young", span=Span(start=0, end=5), reason="Age says nothing.", clause="age")
    wider = Broaden(field="locations", wider=Role(text=""), said="widened Boston to anywhere")
    made = EditMade(id=wider.id, round=2, edit=wider, gained=12, shown=("m1",))
    said = printed(shortlist(synthetic=True, refused=(refusal,), notes=("a note",), edits=(made,)), waterfall=True)
    for expected in (
        SYNTHETIC,
        'Refused "young": Age says nothing.',
        "- a note",
        f"- edit 1: widened Boston to anywhere (12 people more, 1 of them shown; undo with {wider.id})",
        "late: boolean",
    ):
        assert expected in said
    assert "Nobody was found" in printed(shortlist(candidates=()))


def test_why_shows_every_quote_and_every_reason() -> None:
    console = Console(file=io.StringIO(), width=100)
    console.print(why(shortlist(mark(MarkValue.MET, "BLS certified")).candidates[0], console))
    said = console.file.getvalue()
    assert "semantic, rank 2: close in meaning" in said
    assert "(a note)" in said


@pytest.mark.parametrize("hostile", ["\x1b[31mred\x1b[0m", "[bold]markup[/bold]", "a\x07b\rc", "\u202eevil", "[/]"])
def test_a_profile_cannot_act_on_the_terminal(hostile: str) -> None:
    said = printed(shortlist(headline=hostile))
    assert legible(hostile) in said
    assert not set(said) & {"\x1b", "\x07", "\r", "\u202e"}


@given(st.text())
def test_legible_text_is_one_printable_line(text: str) -> None:
    shown = legible(text)
    assert shown == legible(shown)
    assert shown.isprintable() or not set(shown) & set(map(chr, (*range(32), 127)))
    assert "\n" not in shown


def test_json_has_the_documented_keys_and_quotes_with_spans() -> None:
    document = as_json(shortlist(mark(MarkValue.MET, "BLS certified"), mark(MarkValue.NOT_SHOWN)))
    assert {"role", "refused", "candidates", "waterfall", "notes", "edits", "relaxed", "synthetic", "run"} <= set(
        document
    )
    (candidate,) = document["candidates"]
    assert {"member_id", "rank", "grade", "marks", "strategies"} <= set(candidate)
    met, missing = candidate["marks"]
    assert TEXT[met["span"]["start"] : met["span"]["end"]] == met["quote"] == "BLS certified"
    assert met["evidence"][0]["quote"] == met["quote"]
    assert (missing["quote"], missing["span"], missing["value"]) == (None, None, "not_shown")


def test_what_servers_cost_is_one_line_and_only_where_one_was_called() -> None:
    used = Usage(requests=20, retries=1, failures=2, input_tokens=30_000, output_tokens=2_000, money=0.0125)
    said = printed(shortlist(usage={"guard": used, "understanding": Usage(cache_hits=1)}))
    [line] = said.split("Models: ")[1:]
    assert " ".join(line.split()) == (
        "guard 20 calls, 1 repeated, 2 failed, 32,000 tokens, 0.0125 money; understanding 0 calls, 1 from the cache"
    )
    assert "Models: " not in printed(shortlist())

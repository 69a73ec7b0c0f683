"""Shares, intervals and suites of the screening report."""

from __future__ import annotations

from pathlib import Path

import pytest

from agents.policy import Refusal, Screening
from offline.evaluation.safety.screening import Line, SuiteUnreadable, measure_screen, read_suite, wilson
from retrieval.schema import Span


def _refuses(words: str) -> object:
    def screen(text: str) -> Screening:
        at = text.find(words)
        if at < 0:
            return Screening(text=text)
        span = Span(start=at, end=at + len(words))
        return Screening(text=text, refused=(Refusal(words=words, span=span, reason="no", clause="protected.gender"),))

    return screen


LINES = (
    Line(text="Welder, men only", refused=("men only",), attribute="gender", style="direct"),
    Line(text="Cook, men only, under 30", refused=("men only", "under 30"), attribute="gender", style="direct"),
    Line(text="menswear buyer", style="lookalike"),
    Line(text="Java", style="ordinary"),
)


def test_a_request_is_right_when_every_criterion_is_touched_and_no_harmless_one_is() -> None:
    figures = measure_screen(LINES, _refuses("men"))  # type: ignore[arg-type]
    assert (figures.found.right, figures.found.of) == (1, 2)
    assert (figures.passed.right, figures.passed.of) == (1, 2)
    assert figures.missed == ("Cook, men only, under 30",)
    assert figures.wrongly_refused == {"menswear buyer": ("men",)}
    assert figures.by_attribute["gender"].share == 0.5
    assert {name: share.right for name, share in figures.by_style.items()} == {
        "direct": 1,
        "lookalike": 0,
        "ordinary": 1,
    }


def test_wilson_as_published() -> None:
    # Newcombe (1998), Statistics in Medicine 17, table I: 81 of 263, 15 of 148 and 0 of 20
    assert wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=1e-4)
    assert wilson(15, 148) == pytest.approx((0.0624, 0.1605), abs=1e-4)
    assert wilson(0, 20) == pytest.approx((0.0, 0.1611), abs=1e-4)
    assert wilson(0, 0) == (0.0, 1.0)


def test_the_packaged_suite_is_large_enough_and_says_what_was_seen() -> None:
    suite = read_suite()
    assert sum(bool(line.refused) for line in suite) >= 150
    assert sum(not line.refused for line in suite) >= 150
    assert {line.seen for line in suite} == {True, False}
    assert {"direct", "proxy", "other_words", "lookalike", "ordinary"} <= {line.style for line in suite}
    assert len({line.text for line in suite}) == len(suite)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("", "no requests"),
        ("{", "line 1"),
        ('{"text": "Welder", "refused": ["men"], "attribute": "gender"}', "does not stand in the text"),
        ('{"text": "men only", "refused": ["men"]}', "needs their attribute"),
        ('{"text": "x", "age": 3}', "line 1"),
    ],
)
def test_a_suite_that_cannot_be_used_says_why(written: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "suite.jsonl"
    path.write_text(written, encoding="utf-8")
    with pytest.raises(SuiteUnreadable, match=said):
        read_suite(path)

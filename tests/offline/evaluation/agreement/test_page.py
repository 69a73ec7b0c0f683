"""The page holds what a profile says as text, whatever it says, and loads nothing."""

from __future__ import annotations

from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import pytest

from agents.judging import DimensionGrade, Judgement
from agents.models import ModelConfig
from agents.verdict import Evidence
from offline.evaluation.agreement import Answers, Asked, Comparison, Score, ScoredPairs, System, compare
from offline.evaluation.agreement.page import page, visible, write_page
from offline.evaluation.agreement.scales import Scale
from retrieval.schema import Qualification, Span

HOSTILE = [
    "<script>alert(1)</script>",
    "</style><img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "{{ 7 * 191 }}{% include '/etc/passwd' %}",
    "javascript:alert(1)",
    "<!-- --><iframe src='https://evil.example'></iframe>",
    "\u202emoc.live\u202c \u200bhidden\x1b[31m",
]


class Reader(HTMLParser):
    """What a browser would make of the page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.fixture
def comparison(judgement: Callable[..., Judgement]) -> Comparison:
    judgements, scores = {}, []
    for number, words in enumerate(HOSTILE):
        part = DimensionGrade(
            dimension="hard-skills",
            qualification=Qualification(value=words),
            grade=4,
            evidence=(Evidence(quote=words, span=Span(start=0, end=len(words))),),
            note=words,
        )
        judgements["q", str(number)] = judgement(str(number), 4, dimensions=(part,), reasoning=words)
        scores.append(Score(qid="q", member_id=str(number), score=1, rater=words))
    pairs = ScoredPairs(name=HOSTILE[0], scale=Scale(low=1, high=7), texts={"q": HOSTILE[1]}, scores=tuple(scores))
    asked = [
        Asked(
            system=System(model=model, constitution="2"),
            config=ModelConfig(),
            answers={pairs.name: Answers(judgements=judgements, failures={("q", "x"): HOSTILE[2]})},
        )
        for model in ("embedded", HOSTILE[3])
    ]
    return compare([pairs], asked, most=30, notes=HOSTILE)


def test_hostile_words_stay_words(comparison: Comparison) -> None:
    read = Reader()
    read.feed(page(comparison))
    assert not {"script", "img", "svg", "iframe", "link", "object", "form", "a"} & set(read.tags)
    assert not any(name.startswith("on") or name in {"src", "href"} for name, _ in read.attributes)
    for words in HOSTILE[:-1]:
        assert words in read.text
    assert str(7 * 191) not in read.text
    assert "\u202e" not in read.text
    assert "\x1b" not in read.text


def test_what_cannot_be_seen_is_shown() -> None:
    assert visible("a\u202eb\x1bc\u200bd\ne") == "a\ufffdb\ufffdc\ufffdd e"


def test_it_says_that_it_is_personal_data_only_where_it_is(comparison: Comparison) -> None:
    assert "Personal data" in page(comparison)
    assert "Personal data" not in page(comparison.model_copy(update={"disagreements": ()}))


def test_it_is_one_file_for_its_owner(comparison: Comparison, tmp_path: Path) -> None:
    write_page(tmp_path / "made" / "page.html", comparison)
    written = tmp_path / "made" / "page.html"
    assert written.stat().st_mode & 0o077 == 0
    assert "http" not in page(comparison).replace("http-equiv", "").replace("https://evil.example", "")
    assert "default-src 'none'" in written.read_text(encoding="utf-8").replace("&#39;", "'")
    assert "prefers-color-scheme: dark" in written.read_text(encoding="utf-8")


def test_a_system_that_answered_nothing_has_its_row() -> None:
    silent = compare(
        [
            ScoredPairs(
                name="x", scale=Scale(low=0, high=4), texts={"q": "a"}, scores=(Score(qid="q", member_id="m", score=1),)
            )
        ],
        [
            Asked(
                system=System(model="embedded", constitution="2"),
                config=ModelConfig(),
                answers={"x": Answers(stopped="down")},
            )
        ],
    )
    assert "no answers" in page(silent)
    assert "Stopped early: down" in page(silent)

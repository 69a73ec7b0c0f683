"""Requests for several roles are taken apart as people would; requests for one stay one, however they are worded.

The figures of `docs/projects.md` come from here, on the vocabulary of the lexicon alone.
"""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace

from agents.embedded.decomposing import decompose, may_be_several
from agents.embedded.vocabulary import Vocabulary
from agents.project.decomposition import problems

WORDS = Vocabulary()


def right(labels: SimpleNamespace, cases: list[dict[str, object]]) -> tuple[int, int]:
    """How many were taken to be several, and how many exactly as labelled."""
    several = exact = 0
    for case in cases:
        found = decompose(str(case["text"]), WORDS)
        several += found.several
        exact += labels.written(found) == (case["parts"], case.get("shared", []))
    return several, exact


def test_several_roles_are_taken_apart(labels: SimpleNamespace) -> None:
    cases = labels.known["several"]
    several, exact = right(labels, cases)
    assert several == len(cases) >= 60
    assert exact >= len(cases) - 1


def test_unseen_requests_too(labels: SimpleNamespace) -> None:
    cases = labels.unseen["several"]
    several, exact = right(labels, cases)
    assert several >= 0.8 * len(cases)
    assert exact >= 0.75 * len(cases)


def test_one_role_stays_one(labels: SimpleNamespace) -> None:
    for name in ("known", "unseen"):
        texts = getattr(labels, name)["single"]["texts"]
        assert len(texts) >= 40
        assert [text for text in texts if decompose(text, WORDS).several] == []


def test_no_real_request_is_taken_apart(shared_data: Path) -> None:
    asked = 0
    for name in ("requests/requests", "judged_train/queries"):
        for line in (shared_data / f"{name}.jsonl").read_text(encoding="utf-8").splitlines():
            text = json.loads(line)["text"]
            assert not decompose(text, WORDS).several, text
            asked += may_be_several(text)
    # So few would be put to a model on a server.
    assert asked <= 10


def test_every_request_for_several_reaches_the_model(labels: SimpleNamespace) -> None:
    for name in ("known", "unseen"):
        assert all(may_be_several(case["text"]) for case in getattr(labels, name)["several"])


def test_what_is_taken_apart_is_sound(labels: SimpleNamespace) -> None:
    for name in ("known", "unseen"):
        for case in getattr(labels, name)["several"]:
            assert problems(decompose(case["text"], WORDS), case["text"]) == []


def test_a_follow_up_edits_unless_it_asks(labels: SimpleNamespace) -> None:
    for name in ("known", "unseen"):
        single = getattr(labels, name)["single"]
        assert not any(decompose(text, WORDS, follow_up=True).several for text in single["follow_ups"])
        assert all(decompose(text, WORDS, follow_up=True).several for text in single["follow_ups_for_several"])

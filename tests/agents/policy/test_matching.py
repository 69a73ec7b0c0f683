"""The rules: their cheap first look never decides, and their time is linear in the text."""

from __future__ import annotations

import sys
import time
from dataclasses import replace

import pytest

from agents.policy.letters import plain
from agents.policy.matching import by_rules
from agents.policy.rules import Lazy, Rules, rules
from offline.evaluation.safety.screening import read_suite


def test_the_cheap_first_look_never_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [plain(line.text).text for line in read_suite()[::9]]
    seen = [by_rules(text) for text in texts]
    everything = Rules(
        rules=tuple(replace(rule, cue=Lazy("")) for rule in rules().rules),
        answers=rules().answers,
        filler=rules().filler,
    )
    monkeypatch.setattr(sys.modules["agents.policy.matching"], "rules", lambda: everything)
    assert [by_rules(text) for text in texts] == seen


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
    by_rules("warm up")
    text = (piece * (20_000 // len(piece) + 1))[:20_000]
    began = time.perf_counter()
    by_rules(text)
    assert time.perf_counter() - began < 1.0

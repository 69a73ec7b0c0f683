"""The policy's network learns from labelled lines, and what is saved answers as what was trained."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from agents.policy.reader import Reader
from offline.evaluation.safety.screening import Line, read_suite
from training.policy import describe, examples, fit, packaged_lines, save
from training.policy_variants import joined, mistyped, recast, variants

LINES = [
    *(Line(text=f"{job}, men only, Leeds", refused=("men only",), attribute="gender") for job in ("Cook", "Clerk")),
    *(Line(text=f"{job}, under 35, Leeds", refused=("under 35",), attribute="age") for job in ("Welder", "Driver")),
    *(Line(text=f"{job}, Excel, Leeds") for job in ("Cook", "Clerk", "Welder", "Driver")),
]


def test_what_it_learned_is_what_it_answers(tmp_path: Path) -> None:
    networks = fit(LINES, seeds=(0,), epochs=20)
    save(networks, tmp_path, describe(LINES))
    reading = Reader(tmp_path).read("baker, men only, york")
    assert reading.chance(7, 15) > 0.5 > reading.chance(0, 5)
    assert [one.attribute for one in reading.criteria(sure=0.5, part=0.3)] == ["gender"]
    (example,) = examples([Line(text="baker, men only, york")])
    with torch.no_grad():
        chances, _ = networks(torch.from_numpy(example.states[None].astype(np.float32)))
    assert chances[0, 1:-1].numpy() == pytest.approx(reading.chances, abs=0.01)


@given(st.integers(0, 10_000))
def test_variants_keep_their_criteria(seed: int) -> None:
    draw = random.Random(seed)
    asking, harmless = draw.choice(LINES[:4]), draw.choice(LINES[4:])
    for made in (mistyped(asking, draw), joined(asking, harmless, draw), recast(asking, harmless, draw)):
        assert len(made.refused) == 1
        assert made.refused[0] in made.text
        assert made.attribute == asking.attribute
    assert joined(harmless, harmless, draw).refused == ()


def test_as_many_variants_as_asked_for() -> None:
    assert len(variants(LINES, 50, random.Random(1))) == 50
    assert variants(LINES[4:], 50, random.Random(1)) == []


def test_no_unseen_request_of_the_suite_is_learned_from() -> None:
    assert not {line.text for line in packaged_lines()} & {line.text for line in read_suite() if not line.seen}

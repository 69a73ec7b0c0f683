"""The chart shows every line, its interval and its name, and is the same for the same figures."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from training.muse.evaluation import Report, Task, evaluate
from training.muse.evaluation.chart import APART, _apart, draw
from training.muse.evaluation.system import System


@pytest.fixture
def report(tmp_path: Path, words: Any, trades: Task) -> Report:
    asked = [System(name=name, open=lambda name=name: words(name)) for name in ("one", "two")]
    return evaluate([trades], asked, tmp_path / "out", baseline="one")


def test_a_picture_and_a_drawing_with_every_name_and_width(report: Report, tmp_path: Path) -> None:
    picture, drawing = draw(report, tmp_path)
    assert picture.read_bytes().startswith(b"\x89PNG")
    said = drawing.read_text()
    for text in ("trades: nDCG@10", "BM25", "one", "two", "8", "16", "32", "4 queries, 20 documents"):
        assert re.search(rf">{re.escape(text)}[^<]*<", said), text


def test_the_same_figures_give_the_same_drawing(report: Report, tmp_path: Path) -> None:
    first = draw(report, tmp_path)[1].read_bytes()
    assert draw(report, tmp_path)[1].read_bytes() == first


def test_without_widths_there_is_nothing_to_draw(tmp_path: Path, trades: Task) -> None:
    assert draw(evaluate([trades], [], tmp_path / "out"), tmp_path) == []


def test_names_that_would_touch_are_moved_apart_in_their_order() -> None:
    places = _apart([0.5, 0.501, 0.1, 0.499], least=APART)
    by_value = [places[at] for at in (2, 3, 0, 1)]
    assert all(after - before >= APART - 1e-9 for before, after in pairwise(by_value))
    assert places[2] == 0.1

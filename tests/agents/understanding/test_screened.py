"""Screening a model's reading once more stops what it made up, and hardly ever what was asked in good faith."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from agents.embedded.understanding import read
from agents.embedded.vocabulary import Vocabulary
from agents.policy import screen
from agents.reading import Reading
from agents.understanding.screened import screened

WORDS = Vocabulary()


@pytest.mark.parametrize(
    ("text", "reading"),
    [
        ("nurse, young companies", {"requirements": [{"words": "young"}]}),
        ("German nurse in Boston", {"languages": [{"words": "German", "name": "native-born only, under 30"}]}),
        ("nurse, school in Boston", {"education": [{"words": "school", "school": "a women's college, women only"}]}),
        ("nurse, a family practice", {"requirements": [{"words": "a family practice"}, {"words": "a family"}]}),
    ],
)
def test_each_criterion_is_screened_by_itself(text: str, reading: dict[str, object]) -> None:
    given = Reading.model_validate({"titles": [{"words": "nurse"}], **reading})
    kept, refused = screened(given, text)
    assert [one.words for one in kept.titles] == ["nurse"]
    assert len(kept.wishes()) + len(refused) == len(given.wishes())
    if "family" not in text:
        assert refused


def test_harmless_criteria_pass(shared_data: Path) -> None:
    criteria = stopped = 0
    for name in ("requests/requests", "judged_train/queries"):
        for line in (shared_data / f"{name}.jsonl").read_text(encoding="utf-8").splitlines():
            text = screen(json.loads(line)["text"]).text
            reading = read(text, WORDS)
            criteria += len(reading.wishes())
            stopped += len(screened(reading, text)[1])
    assert criteria > 300
    assert stopped <= 0.01 * criteria

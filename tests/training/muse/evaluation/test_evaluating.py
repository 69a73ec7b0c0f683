"""An evaluation end to end: runs are kept, figures follow from them, differences are paired, and it goes on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from offline.evaluation import interval, read_run
from training.muse.evaluation import Report, Task, evaluate
from training.muse.evaluation.measures import measure
from training.muse.evaluation.system import NameTaken, System, distinct


def systems(words: Any, *names: str) -> tuple[list[System], dict[str, Any]]:
    made = {name: words(name) for name in names}
    return [System(name=name, open=lambda name=name: made[name]) for name in names], made


def test_figures_follow_from_the_runs_that_are_kept(tmp_path: Path, words: Any, trades: Task) -> None:
    asked, _ = systems(words, "one", "two")
    report = evaluate([trades], asked, tmp_path, baseline="one")
    assert Report.model_validate_json((tmp_path / "report.json").read_bytes()) == report
    (task,) = report.tasks
    assert [row.label for row in task.rows] == [
        "bm25",
        *(f"{name}@{level}" for name in ("one", "two") for level in (8, 16, 32)),
    ]
    for row in task.rows:
        values = measure(read_run(tmp_path / "runs" / "trades" / f"{row.label}.run"), trades)
        assert row.measures == {name: interval(each) for name, each in values.items()}


def test_differences_are_paired_at_the_same_width(tmp_path: Path, words: Any, trades: Task) -> None:
    asked, _ = systems(words, "one", "two")
    report = evaluate([trades], asked, tmp_path, baseline="one")
    rows = {row.label: row for row in report.tasks[0].rows}
    values = {label: measure(read_run(tmp_path / "runs" / "trades" / f"{label}.run"), trades)["ap"] for label in rows}
    (over,) = rows["two@16"].differences
    assert over.over == "one@16"
    assert over.measures["ap"] == interval(np.subtract(values["two@16"], values["one@16"]).tolist())
    assert rows["bm25"].differences[0].over == "one@32"
    assert rows["one@16"].differences == ()
    assert rows["two@16"].of_full == pytest.approx(
        rows["two@16"].measures["ndcg"].mean / rows["two@32"].measures["ndcg"].mean
    )


def test_a_second_evaluation_encodes_nothing_and_says_the_same(tmp_path: Path, words: Any, trades: Task) -> None:
    first = evaluate([trades], systems(words, "one")[0], tmp_path)
    again, made = systems(words, "one")
    second = evaluate([trades], again, tmp_path)
    assert made["one"].encoded == []
    assert second.tasks == first.tasks


def test_words_that_are_shared_are_found_and_others_are_not(tmp_path: Path, words: Any, trades: Task) -> None:
    report = evaluate([trades], systems(words, "one")[0], tmp_path)
    rows = {row.label: row for row in report.tasks[0].rows}
    # the first two of each query's documents share its word; of three queries a third relevant one shares none
    assert rows["bm25"].measures["recall_100"].mean == pytest.approx((1 + 3 * 2 / 3) / 4)
    assert rows["one@32"].measures["recall_10"].mean > rows["one@8"].measures["ndcg"].low


def test_two_systems_of_one_name_are_refused(words: Any) -> None:
    with pytest.raises(NameTaken, match="--weights NAME=DIR"):
        distinct(systems(words, "one")[0] * 2)
    with pytest.raises(NameTaken):
        distinct(systems(words, "bm25")[0])


def test_a_level_that_the_baseline_lacks_is_compared_with_its_full_width(
    tmp_path: Path, words: Any, trades: Task
) -> None:
    narrow, wide = words("narrow"), words("wide", width=64, levels=(8, 64))
    asked = [System(name="narrow", open=lambda: narrow), System(name="wide", open=lambda: wide)]
    rows = {row.label: row for row in evaluate([trades], asked, tmp_path, baseline="narrow", bm25=False).tasks[0].rows}
    assert [rows[f"wide@{level}"].differences[0].over for level in (8, 64)] == ["narrow@8", "narrow@32"]

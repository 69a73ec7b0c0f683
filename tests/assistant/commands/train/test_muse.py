"""`shortlist train muse` from lists to weights that open, with people of the workspace; refused with what helps."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from retrieval.encoder import TorchEncoder
from retrieval.snapshot import Snapshot
from training.muse.lists import Candidate, GradedList, write_lists, write_texts


@pytest.fixture
def data(small_snapshot: Snapshot, tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    person = Candidate(id=f"member:{small_snapshot.member_id(0)}", grade=1, passages=(0,))
    lists = [
        GradedList(
            qid=str(number),
            source="activities",
            query=query,
            candidates=(Candidate(id=f"task:{number}", grade=4), person),
        )
        for number, query in enumerate(("bake bread", "sell tea", "mend shoes", "drive trucks"))
    ]
    write_lists(folder, lists)
    write_texts(folder, {f"task:{number}": f"daily: {one.query}" for number, one in enumerate(lists)})
    return folder


SMALL = ("batch=2", "steps=2", "freeze_layers=5", "max_tokens=16", "mixture={}", "threads=1")


def test_lists_become_weights(shortlist: Callable[..., Any], data: Path, tmp_path: Path) -> None:
    out = tmp_path / "run"
    changes = [word for change in SMALL for word in ("--set", change)]
    arguments = ("train", "muse", "--recipe", "quick", "--data", str(data), "--out", str(out), *changes)
    done = shortlist(*arguments, "--weights", "torch", "--json")
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert said["steps"] == 2
    encoder = TorchEncoder.open(out / "weights", device="cpu")
    assert encoder.id == said["id"]
    vectors = encoder.encode(["bake bread"], side="role", width=192)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1)
    manifest = json.loads((out / "weights" / "manifest.json").read_text())
    assert (manifest["name"], manifest["base"], manifest["recipe"]["batch"]) == ("muse-quick", "minilm", 2)
    assert manifest["metrics"]["training"]["steps"] == 2
    refused = shortlist(*arguments, "--set", "learning_rate=1e-5", "--weights", "torch")
    assert refused.returncode == 1
    assert "another recipe" in refused.stderr


def test_what_is_not_there_is_said(shortlist: Callable[..., Any], data: Path, tmp_path: Path) -> None:
    out = ("--out", str(tmp_path / "run"))
    for arguments, said in (
        (("--data", str(data), "--recipe", "nonesuch"), "there are default"),
        (("--data", str(data), "--set", "bacth=3"), "bacth"),
        (("--data", str(tmp_path), "--set", "threads=1"), "shortlist train muse-data"),
    ):
        done = shortlist("train", "muse", *out, *arguments)
        assert done.returncode == 1
        assert said in done.stderr

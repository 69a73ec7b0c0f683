"""Who is forgotten is shown by no search and stands in none of the workspace's other files."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from agents.models.cache import FILE, AnswerCache
from assistant.cli import app
from assistant.erasure import erase
from assistant.workspace import ledger
from offline.publish import bury
from retrieval.snapshot import Snapshot, SnapshotCorrupt

GONE, OTHER = "m003", "m004"


@pytest.fixture
def workspace(small_workspace: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(small_workspace, tmp_path / "own"))


def filled(workspace: Path) -> None:
    known = ledger(workspace, Snapshot.open(workspace))
    cache = AnswerCache(workspace / FILE)
    for member in (GONE, OTHER):
        known.like("ann", member)
        cache.put(f"key-{member}", job="guard", subject=member, answer=f"said of {member}")
    cache.close()


def test_every_file_but_the_snapshot_forgets_and_nobody_else_is_touched(workspace: Path) -> None:
    filled(workspace)
    erased = erase(workspace, GONE)
    assert (erased.memory, erased.answers, erased.in_snapshot) == (1, 1, True)
    files = [path for path in workspace.iterdir() if path.is_file() and path.name != "tombstones.json"]
    assert files
    assert not [path.name for path in files if GONE.encode() in path.read_bytes()]
    assert AnswerCache(workspace / FILE).get(f"key-{OTHER}") == f"said of {OTHER}"
    assert ledger(workspace, Snapshot.open(workspace)).feedback("ann").liked == (OTHER,)


def test_the_person_leaves_a_snapshot_that_is_already_open(workspace: Path) -> None:
    snapshot = Snapshot.open(workspace)
    row = snapshot.row(GONE)
    assert row in snapshot.alive
    bury(workspace, GONE)
    assert row not in snapshot.alive
    assert erase(workspace, GONE).memory == 0, "twice does no harm"
    assert json.loads((workspace / "tombstones.json").read_text()) == [GONE]


def test_a_damaged_list_of_the_erased_is_not_written_over(workspace: Path) -> None:
    (workspace / "tombstones.json").write_text("{")
    with pytest.raises(SnapshotCorrupt):
        bury(workspace, GONE)
    assert (workspace / "tombstones.json").read_text() == "{"


def test_the_command_says_what_is_left_to_do(workspace: Path) -> None:
    filled(workspace)
    said = CliRunner().invoke(app, ["forget", GONE, "--workspace", str(workspace)])
    assert said.exit_code == 0, said.output
    assert "1 entries of memory" in said.output
    assert "next `shortlist index`" in " ".join(said.output.split())


def test_training_data_forgets_too(workspace: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    people = [{"id": f"member:{member}", "grade": 3, "passages": [0]} for member in (GONE, OTHER)]
    said = {"qid": "roles:g1", "source": "roles", "query": "a nurse", "candidates": people}
    (data / "lists.jsonl").write_text(json.dumps(said) + "\n")
    assert erase(workspace, GONE, labels=[data]).labels == 1
    left = json.loads((data / "lists.jsonl").read_text())
    assert [one["id"] for one in left["candidates"]] == [f"member:{OTHER}"]

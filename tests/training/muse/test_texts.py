"""People's texts are read from the snapshot as the index reads them; who is not to be found has none."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from retrieval.addressed import about
from retrieval.serialisation import passages, whole
from retrieval.snapshot import Snapshot
from training.muse.lists import Candidate, GradedList, write_texts
from training.muse.texts import gather_texts


def naming(*members: str) -> list[GradedList]:
    candidates = tuple(Candidate(id=f"member:{member}", grade=1, passages=(-1, 0)) for member in members)
    return [GradedList(qid="1", source="roles", query="a nurse", candidates=candidates)]


def test_passages_have_the_numbers_of_the_index(
    small_snapshot: Snapshot, small_workspace: Path, tmp_path: Path
) -> None:
    write_texts(tmp_path, {"task:a": "wash hands"})
    rows = range(0, small_snapshot.count, 7)
    members = [small_snapshot.member_id(row) for row in rows]
    texts = gather_texts(naming(*members, "nobody"), tmp_path, small_workspace)
    assert texts.pop(("task:a", 0)) == "wash hands"
    assert {candidate for candidate, _ in texts} == {f"member:{member}" for member in members}
    for row, member in zip(rows, members, strict=True):
        profile = about(small_snapshot.profile(row))
        expected = {number: one.text for number, one in enumerate(passages(profile))}
        if one := whole(profile):
            expected[-1] = one
        assert {number: text for (name, number), text in texts.items() if name == f"member:{member}"} == expected


def test_who_asked_not_to_be_found_is_not_learned_from(small_workspace: Path, tmp_path: Path) -> None:
    workspace = tmp_path / "workspace"
    shutil.copytree(small_workspace, workspace)
    snapshot = Snapshot.open(workspace)
    gone, there = snapshot.member_id(0), snapshot.member_id(1)
    before = gather_texts(naming(gone, there), tmp_path, workspace)
    assert {name for name, _ in before} == {f"member:{gone}", f"member:{there}"}
    (workspace / "tombstones.json").write_text(json.dumps([gone]))
    assert {name for name, _ in gather_texts(naming(gone, there), tmp_path, workspace)} == {f"member:{there}"}


@pytest.mark.parametrize("members", [(), ("m1",)])
def test_without_people_no_workspace_is_opened(tmp_path: Path, members: tuple[str, ...]) -> None:
    if members:
        with pytest.raises(Exception, match="there is no snapshot"):
            gather_texts(naming(*members), tmp_path, tmp_path / "nowhere")
    else:
        assert gather_texts(naming(), tmp_path, tmp_path / "nowhere") == {}

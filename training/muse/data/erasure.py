"""People taken out of training data."""

from __future__ import annotations

import json
from pathlib import Path

from training import labels
from training.muse.data.folder import HELD_OUT, MINED, PAIRS, held, label_folders
from training.muse.data.stages import replace_lines
from training.muse.lists import LISTS, MEMBER


def forget(folder: Path, member_id: str) -> int:
    """Take a person out of a folder's lists, labels and pairs; how many entries went. Train again after it: what was
    learned of somebody cannot be taken out of weights.

    Raises:
        DataBusy, LabelsBusy: a run writes there.
    """
    gone = 0
    with held(folder):
        for name in (LISTS, HELD_OUT):
            gone += _out_of_lists(folder / name, f"{MEMBER}{member_id}")
        for path in (folder / MINED).glob(f"*/{PAIRS}"):
            # What is left of a broken round is not asked any more: its labels belong to the file as it was.
            gone += sum(json.loads(line)["member_id"] == member_id for line in _lines(path))
            path.unlink()
        for path in label_folders(folder):
            gone += labels.forget(path, member_id)
    return gone


def _out_of_lists(path: Path, id: str) -> int:
    """Rewrite a file of lists without a candidate; lists that nobody is left in go too."""
    gone = 0
    kept = []
    for line in _lines(path):
        if json.dumps(id) not in line and id not in line:
            kept.append(line)
            continue
        said = json.loads(line)
        there = [one for one in said["candidates"] if one["id"] != id]
        gone += len(said["candidates"]) - len(there)
        if there:
            kept.append(json.dumps({**said, "candidates": there}, ensure_ascii=False))
    if gone:
        replace_lines(path, kept)
    return gone


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines() if path.is_file() else []

"""Labels read back for training, and people taken out of them."""

from __future__ import annotations

import json
from pathlib import Path

from training.labels.label import Label
from training.labels.parts import parts, read_part, write_part
from training.labels.store import FAILURES, JOURNAL, PLAN, held, read_journal, remove_unfinished, replace_lines


class LabelsMissing(ValueError):
    """The folder holds no labels."""


def read_labels(folder: Path, *, repeats: bool = False) -> list[Label]:
    """Every label of a folder, one a pair, also while a run writes there or after it was killed.

    With `repeats` also the second answers, which were asked for to measure the teacher and are no more examples.

    Raises:
        LabelsMissing: there are none.
    """
    # The journal first: what moves from it into a part meanwhile is then seen twice, not never.
    waiting = read_journal(folder)
    labels = {label.label_id: label for path in parts(folder) for label in read_part(path)}
    for label in waiting:
        labels.setdefault(label.label_id, label)
    if not labels:
        raise LabelsMissing(f"{folder} holds no labels; make some with `shortlist label --out {folder}`")
    return [label for label in labels.values() if repeats or label.is_duplicate_of is None]


def forget(folder: Path, member_id: str) -> int:
    """Take a person out of a folder's labels, plan and failures; returns how many labels went.

    Raises:
        LabelsBusy: a run writes there.
    """
    gone = 0
    with held(folder):
        remove_unfinished(folder)
        for path in parts(folder):
            labels = read_part(path)
            kept = [label for label in labels if label.member_id != member_id]
            if len(kept) < len(labels):
                gone += len(labels) - len(kept)
                if kept:
                    write_part(path, kept)
                else:
                    path.unlink()
        waiting = read_journal(folder)
        kept = [label for label in waiting if label.member_id != member_id]
        gone += len(waiting) - len(kept)
        if waiting:
            replace_lines(folder / JOURNAL, (label.model_dump_json() for label in kept))
        for name in (PLAN, FAILURES):
            path = folder / name
            if path.is_file():
                lines = path.read_text(encoding="utf-8").splitlines()
                replace_lines(path, (line for line in lines if json.loads(line).get("member_id") != member_id))
    return gone

"""O*NET is read as it stands; what is held out, and what belongs to that alone, is told apart."""

from __future__ import annotations

import csv
import gzip
import shutil
from pathlib import Path

import pytest

from training.muse.data.onet import Onet, OnetUnreadable, packaged_onet, read_onet
from training.muse.data.splits import held_out


def test_every_row_is_there(onet: Onet, onet_folder: Path) -> None:
    with gzip.open(onet_folder / "activity_tasks.tsv.gz", "rt") as file:
        joined = {(row["activity_id"], row["task_id"]) for row in csv.DictReader(file, delimiter="\t")}
    assert {(key, task) for key, tasks in onet.of_activity.items() for task in tasks} == joined
    assert len(onet.tasks) == 18
    nurses = onet.occupations[0]
    assert (nurses.title, nurses.titles[:2]) == ("Registered Nurses", ("Registered Nurse", "Staff Nurse"))
    assert [onet.tasks[task] for task in nurses.tasks][2] == "Triage patients."
    assert nurses.technologies == ("Microsoft Excel",)


def test_held_out_activities_and_their_own_tasks(onet: Onet, hidden: set[str]) -> None:
    assert set(onet.evaluated.values()) == hidden
    assert not set(onet.trained) & set(onet.evaluated)
    assert all(held_out(key) for key in onet.evaluated)
    # "Triage patients." and two more belong to nothing else; "Monitor newborns" has a trained activity too
    assert {onet.tasks[task] for task in onet.unseen_tasks} == {
        "Triage patients.",
        "Move software services to other platforms.",
        "Contact new customers by telephone.",
    }


def test_a_missing_table_or_column_is_named(onet_folder: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(onet_folder, tmp_path / "onet"))
    (folder / "tasks.tsv.gz").unlink()
    with pytest.raises(OnetUnreadable, match=r"no tasks\.tsv"):
        read_onet(folder)
    (folder / "tasks.tsv").write_text("id\ttask\n1\tSweep.\n")
    with pytest.raises(OnetUnreadable, match="needs the columns soc, task_id, task"):
        read_onet(folder)
    (folder / "tasks.tsv").unlink()
    (folder / "tasks.tsv.gz").write_bytes(b"nonsense")
    with pytest.raises(OnetUnreadable, match="cannot be read"):
        read_onet(folder)


def test_the_packaged_one_has_occupations_with_tasks() -> None:
    onet = packaged_onet()
    assert len(onet.occupations) > 800
    assert len(onet.tasks) > 15_000
    assert not onet.activities
    assert all(task in onet.tasks for one in onet.occupations for task in one.tasks)

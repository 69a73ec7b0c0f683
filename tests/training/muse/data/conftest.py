"""A small O*NET whose occupations are the trades of the small population."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import pytest

from training.labels import Label, Task
from training.muse.data.onet import Onet, read_onet
from training.muse.data.splits import held_out

OCCUPATIONS = {
    "Registered Nurses": (
        "Care for patients in hospitals and clinics.",
        ("Registered Nurse", "Staff Nurse", "Charge Nurse", "Neonatal Nurse"),
        ("Monitor newborns in intensive care units.", "Record medication in patient charts.", "Triage patients."),
    ),
    "Software Developers": (
        "Design and build software.",
        ("Software Engineer", "Software Developer", "Application Programmer", "Backend Developer"),
        ("Develop payment software in several languages.", "Move software services to other platforms.", "Test code."),
    ),
    "Accountants": (
        "Examine and prepare financial records.",
        ("Accountant", "Staff Accountant", "Cost Accountant", "General Ledger Accountant"),
        ("Close the books of account each month.", "Prepare statements of tax.", "Check ledgers."),
    ),
    "Teachers": (
        "Teach pupils one or more subjects.",
        ("Teacher", "Mathematics Teacher", "Special Education Teacher", "Classroom Teacher"),
        ("Teach mathematics to classes of pupils.", "Prepare lesson plans.", "Grade papers."),
    ),
    "Sales Representatives": (
        "Sell goods to businesses.",
        ("Sales Representative", "Account Executive", "Territory Manager", "Medical Sales Representative"),
        ("Sell medical equipment to surgeons.", "Contact new customers by telephone.", "Negotiate prices."),
    ),
    "Cooks": (
        "Prepare and cook food.",
        ("Line Cook", "Head Chef", "Sous Chef", "Pastry Cook"),
        ("Cook meals on the line.", "Plan menus and control food costs.", "Bake pastries."),
    ),
}
ACTIVITIES = {
    "Watch over the condition of infants.": (0,),
    "Document treatments given to patients.": (1,),
    "Decide which patients are seen first.": (2, 0),
    "Write computer programs.": (3,),
    "Migrate information systems.": (4,),
    "Verify that programs work.": (5, 3),
    "Complete financial statements.": (6,),
    "Calculate what taxes are owed.": (7,),
    "Inspect accounting records.": (8, 6),
    "Instruct students in school subjects.": (9,),
    "Design teaching programs.": (10,),
    "Evaluate the work of students.": (11, 9),
    "Promote products to clients.": (12,),
    "Call potential customers.": (13,),
    "Bargain over terms of sale.": (14, 12),
    "Prepare food for guests.": (15,),
    "Organize what is served.": (16,),
    "Make baked goods.": (17, 15),
}
HIDDEN = {"Migrate information systems.", "Call potential customers.", "Decide which patients are seen first."}
"""Activities whose ids are held out."""


def table(folder: Path, name: str, columns: str, rows: list[tuple[str, ...]]) -> None:
    lines = ["\t".join(columns.split()), *("\t".join(row) for row in rows)]
    with gzip.open(folder / f"{name}.tsv.gz", "wt", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")


def names(held: bool) -> Iterator[str]:
    return (f"4.A.{number}" for number in count() if held_out(f"4.A.{number}") is held)


@pytest.fixture(scope="session")
def onet_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("onet")
    # Numbered so that none of these occupations is held out; that some are is tested apart.
    socs = [f"{n}-1" for n in range(200) if not held_out(f"occupation:{n}-1")][: len(OCCUPATIONS)]
    tasks = [(soc, task) for soc, (_, _, said) in zip(socs, OCCUPATIONS.values(), strict=True) for task in said]
    table(folder, "tasks", "task_id soc task", [(f"{n:03}", soc, task) for n, (soc, task) in enumerate(tasks)])
    seen, unseen = names(held=False), names(held=True)
    ids = {text: next(unseen if text in HIDDEN else seen) for text in ACTIVITIES}
    table(folder, "activities", "activity_id activity", [(key, text) for text, key in ids.items()])
    joined = [(ids[text], f"{task:03}") for text, numbers in ACTIVITIES.items() for task in numbers]
    table(folder, "activity_tasks", "activity_id task_id", joined)
    said = [(soc, *one) for soc, one in zip(socs, OCCUPATIONS.items(), strict=True)]
    table(folder, "occupations", "soc title description", [(soc, title, text) for soc, title, (text, _, _) in said])
    table(folder, "alternate_titles", "soc title", [(soc, title) for soc, _, (_, more, _) in said for title in more])
    table(folder, "technologies", "soc technology", [(soc, "Microsoft Excel") for soc in socs])
    return folder


@pytest.fixture(scope="session")
def onet(onet_folder: Path) -> Onet:
    return read_onet(onet_folder)


@pytest.fixture(scope="session")
def hidden() -> set[str]:
    return HIDDEN


@pytest.fixture(scope="session")
def write_table() -> Callable[[Path, str, str, list[tuple[str, ...]]], None]:
    return table


@pytest.fixture(scope="session")
def label() -> Callable[[str, str, int], Label]:
    """`label(request, member, grade)`, given with a probability of .6."""

    def make(request: str, member: str, grade: int) -> Label:
        return Label(
            label_id=Task(request_id=request, member_id=member).id,
            request_id=request,
            member_id=member,
            snapshot="s1",
            drawn="top",
            grade=grade,
            soft=(*(0.6 if at == grade else 0.1 for at in range(5)),),
            soft_source="confidence",
            confidence=0.8,
            fit="right",
            constitution="shortlist 2",
            model="scripted",
            prompting="full",
            labelled_at=datetime(2026, 1, 2, tzinfo=UTC),
        )

    return make

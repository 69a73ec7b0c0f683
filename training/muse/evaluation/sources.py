"""Tasks as they are read from folders: O*NET activities, titles, and any folder of TREC files."""

from __future__ import annotations

import csv
import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from training.muse.data.splits import held_out
from training.muse.evaluation.task import Task, TaskUnreadable

WHOLE_RANKING = 1000
"""Depth of a run whose average precision is to be that of the whole ranking, or as good as."""


def activities(folder: Path) -> Task:
    """The held-out fifth of O*NET's detailed work activities, against all tasks of all occupations.

    Activity and task say the same in other words, and O*NET's analysts joined them. Reads `activities.tsv.gz`,
    `tasks.tsv.gz` and `activity_tasks.tsv.gz`. Raises: TaskUnreadable.
    """
    every = {row["activity_id"]: row["activity"] for row in _rows(folder / "activities.tsv.gz")}
    documents = {row["task_id"]: row["task"] for row in _rows(folder / "tasks.tsv.gz")}
    qrels: dict[str, dict[str, int]] = {}
    for row in _rows(folder / "activity_tasks.tsv.gz"):
        if held_out(row["activity_id"]) and row["activity_id"] in every and row["task_id"] in documents:
            qrels.setdefault(row["activity_id"], {})[row["task_id"]] = 1
    queries = {activity: text for activity, text in every.items() if activity in qrels}
    return Task(name="activities", queries=queries, documents=documents, qrels=qrels)


def titles(folder: Path) -> Task:
    """TalentCLEF 2025 task A: job titles against titles that a person could as well be called by; known by MAP.

    Reads `queries.tsv`, `corpus_elements.tsv` and `qrels.tsv`. A third of the queries stand in the corpus word for word
    and are not judged relevant there; as in the official evaluation that costs every system the same place. Nothing of
    it is ever trained on. Raises: TaskUnreadable.
    """
    return Task(
        name="titles",
        queries={row["q_id"]: row["jobtitle"] for row in _rows(folder / "queries.tsv")},
        documents={row["c_id"]: row["jobtitle"] for row in _rows(folder / "corpus_elements.tsv")},
        qrels=_qrels(folder / "qrels.tsv"),
        headline="ap",
        depth=WHOLE_RANKING,
    )


def folder_task(folder: Path) -> Task:
    """A task of your own: `queries.tsv` and `corpus.tsv` (`id<TAB>text`, no heading) and `qrels` (TREC).

    `queries` and `corpus` may also be `.jsonl` (`_id` or `qid` or `id`, `text`, perhaps `title`), `qrels` may end in
    `.txt` or `.tsv`, and any may be gzipped. Raises: TaskUnreadable.
    """
    queries, documents = _texts(folder, "queries"), _texts(folder, "corpus")
    qrels = _qrels(_file(folder, "qrels", ("", ".txt", ".tsv")))
    return Task(
        name=folder.resolve().name.replace(" ", "-"),
        queries={qid: text for qid, text in queries.items() if qid in qrels},
        documents=documents,
        qrels={qid: judged for qid, judged in qrels.items() if qid in queries},
    )


def _file(folder: Path, name: str, endings: tuple[str, ...]) -> Path:
    for ending in endings:
        for path in (folder / f"{name}{ending}", folder / f"{name}{ending}.gz"):
            if path.is_file():
                return path
    raise TaskUnreadable(
        f"{folder} has no {name}: a task's folder holds queries.tsv and corpus.tsv (id<TAB>text) and qrels "
        "(lines `query 0 document grade`)"
    )


def _texts(folder: Path, name: str) -> dict[str, str]:
    path = _file(folder, name, (".tsv", ".jsonl"))
    texts: dict[str, str] = {}
    for number, line in enumerate(_lines(path), 1):
        if ".jsonl" in path.suffixes:
            try:
                said = json.loads(line)
                key = str(next(said[field] for field in ("_id", "qid", "id") if field in said))
                text = " ".join(filter(None, (said.get("title"), said["text"])))
            except (ValueError, KeyError, TypeError, StopIteration):
                raise TaskUnreadable(f'{path}, line {number}: expected {{"id": "...", "text": "..."}}') from None
        else:
            key, tab, text = line.partition("\t")
            if not tab:
                raise TaskUnreadable(f"{path}, line {number}: expected an id, a tab and a text")
        if texts.setdefault(key, text) != text:
            raise TaskUnreadable(f"{path}, line {number}: {key} stands twice; give it an id of its own")
    return texts


def _qrels(path: Path) -> dict[str, dict[str, int]]:
    qrels: dict[str, dict[str, int]] = {}
    for number, line in enumerate(_lines(path), 1):
        fields = line.split()
        if len(fields) != 4 or not fields[3].removeprefix("-").isdecimal():
            raise TaskUnreadable(f"{path}, line {number}: expected `query 0 document grade`")
        qrels.setdefault(fields[0], {})[fields[2]] = int(fields[3])
    return qrels


def _rows(path: Path) -> Iterator[dict[str, str]]:
    """Rows of a table with headings."""
    return csv.DictReader(_lines(path), delimiter="\t", quoting=csv.QUOTE_NONE)


def _lines(path: Path) -> Iterator[str]:
    try:
        with _opened(path) as file:
            for line in file:
                if line.strip():
                    yield line.rstrip("\n")
    except FileNotFoundError:
        raise TaskUnreadable(f"there is no {path}") from None
    except (UnicodeDecodeError, gzip.BadGzipFile):
        raise TaskUnreadable(f"{path} is damaged or not UTF-8") from None


def _opened(path: Path) -> IO[str]:
    return gzip.open(path, "rt", encoding="utf-8-sig") if path.suffix == ".gz" else path.open(encoding="utf-8-sig")

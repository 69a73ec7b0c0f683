"""The same question in less time: fewer queries, documents and lists, drawn by hash so that all runs share them."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from hashlib import blake2b
from pathlib import Path

from retrieval.schema import Profile
from training.muse.evaluation.people import People
from training.muse.evaluation.task import Task
from training.muse.lists import DATA, MEMBER, GradedList, read_data, read_lists, read_texts, write_lists, write_texts


def fewer_queries(task: Task, count: int) -> Task:
    """At most `count` of the task's queries."""
    kept = set(_drawn(task.queries, count))
    return replace(
        task,
        queries={qid: text for qid, text in task.queries.items() if qid in kept},
        qrels={qid: marks for qid, marks in task.qrels.items() if qid in kept},
    )


def fewer_documents(task: Task, count: int) -> Task:
    """What is judged for the task's queries, and others up to `count` documents in all.

    Figures are higher than against all documents, and compare only with figures over the same ones.
    """
    judged = {document for marks in task.qrels.values() for document in marks if document in task.documents}
    others = [document for document in task.documents if document not in judged]
    kept = judged | set(_drawn(others, max(0, count - len(judged))))
    return replace(task, documents={key: text for key, text in task.documents.items() if key in kept})


def only(people: People, members: Collection[str]) -> People:
    """Some of the people."""
    chosen = frozenset(members)
    name = blake2b(" ".join((people.name, *sorted(chosen))).encode(), digest_size=8).hexdigest()

    def profiles() -> Iterator[Profile]:
        return (profile for profile in people.profiles() if profile.member_id in chosen)

    return People(name=name, profiles=profiles)


def fewer_lists(data: Path, out: Path, *, count: int) -> Path:
    """A folder of training data with at most `count` lists, each source with its share of them; returns `out`.

    Raises: ListsUnreadable, OSError.
    """
    lists = read_lists(data)
    sources: dict[str, list[GradedList]] = {}
    for one in lists:
        sources.setdefault(one.source, []).append(one)
    kept: set[str] = set()
    for source, found in sources.items():
        share = max(1, round(count * len(found) / len(lists)))
        kept.update(_drawn((f"{source}:{one.qid}" for one in found), share))
    chosen = [one for one in lists if f"{one.source}:{one.qid}" in kept]
    ids = {each.id for one in chosen for each in one.candidates if not each.id.startswith(MEMBER)}
    out.mkdir(parents=True, exist_ok=True)
    write_texts(out, {key: text for key, text in read_texts(data).items() if key in ids})
    (out / DATA).write_text(json.dumps(read_data(data) | {"subset": len(chosen)}, indent=1) + "\n", encoding="utf-8")
    write_lists(out, chosen)
    return out


def _drawn(keys: Iterable[str], count: int) -> list[str]:
    """The first `count` of the keys in the order of their hashes."""
    return sorted(keys, key=lambda key: blake2b(f"smaller:{key}".encode("utf-8", "surrogatepass")).digest())[:count]

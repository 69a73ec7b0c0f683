"""Titles of one occupation beside each other, and beside what people of the occupation do."""

from __future__ import annotations

from collections.abc import Iterator

from offline.synthetic.sources import PROTECTED
from training.muse.data.made import NEAR, RIGHT, Made, candidates, lot, title_id
from training.muse.data.onet import Occupation, Onet
from training.muse.data.splits import held_out
from training.muse.data.unseen import Unseen
from training.muse.lists import GradedList

MOST = 64
"""Titles of an occupation that are used, at most; tasks too."""
ASKED = 4
"""Titles of an occupation that are queries of their own."""


def held_out_occupation(key: str) -> bool:
    """Whether nothing of this occupation is trained on but its tasks."""
    return held_out(f"occupation:{key}")


def titles(onet: Onet, unseen: Unseen, *, seed: int = 0) -> Made:
    """Lists of titles: some titles of an occupation, each with all the others of it as answers.

    Left out are titles near to what an evaluation asks, and those that a held-out occupation has too.
    """
    kept, dropped = _kept(onet, unseen, seed)
    lists: list[GradedList] = []
    texts: dict[str, str] = {}
    for occupation, named in kept:
        by_id = {title_id(title): title for title in named}
        if len(by_id) < 2:
            continue
        texts |= by_id
        for key, title in list(by_id.items())[:ASKED]:
            grades = {other: RIGHT for other in by_id if other != key}
            lists.append(_list("titles", f"{occupation.id}:{key}", title, occupation, grades))
    return Made(lists=tuple(lists), texts=texts, dropped=dropped)


def occupations(onet: Onet, unseen: Unseen, *, seed: int = 0) -> Made:
    """Lists of what an occupation is and does: a title asks for the description and, a grade lower, for the tasks."""
    kept, dropped = _kept(onet, unseen, seed)
    hidden = onet.unseen_tasks
    lists: list[GradedList] = []
    texts: dict[str, str] = {}
    for occupation, named in kept:
        tasks = [task for task in occupation.tasks if task not in hidden and not PROTECTED.search(onet.tasks[task])]
        said = {f"task:{task}": onet.tasks[task] for task in sorted(tasks, key=lambda task: lot(seed, task))[:MOST]}
        grades = dict.fromkeys(said, NEAR)
        if occupation.description and not PROTECTED.search(occupation.description):
            said[f"occupation:{occupation.id}"] = occupation.description
            grades = {f"occupation:{occupation.id}": RIGHT, **grades}
        if not said:
            continue
        texts |= said
        lists += [
            _list("occupations", f"{occupation.id}:{title_id(title)}", title, occupation, grades)
            for title in named[: ASKED // 2]
        ]
    return Made(lists=tuple(lists), texts=texts, dropped=dropped)


def trained_titles(onet: Onet, unseen: Unseen, *, seed: int = 0) -> dict[str, tuple[str, ...]]:
    """Occupation id -> titles that may be trained on."""
    return {occupation.id: tuple(named) for occupation, named in _kept(onet, unseen, seed)[0]}


def _kept(onet: Onet, unseen: Unseen, seed: int) -> tuple[list[tuple[Occupation, list[str]]], int]:
    """The occupations that are not held out with their titles in an order drawn by seed, and how many were too near."""
    taken = {
        title_id(title)
        for occupation in onet.occupations
        if held_out_occupation(occupation.id)
        for title in _named(occupation)
    }
    kept, dropped = [], 0
    for occupation in onet.occupations:
        if held_out_occupation(occupation.id):
            continue
        there = [title for title in _named(occupation) if title_id(title) not in taken and not PROTECTED.search(title)]
        named = [title for title in there if not unseen.meets(title)]
        dropped += len(there) - len(named)
        if named:
            first, *rest = named
            kept.append((occupation, [first, *sorted(rest, key=lambda title: lot(seed, occupation.id, title))][:MOST]))
    return kept, dropped


def _named(occupation: Occupation) -> Iterator[str]:
    yield occupation.title
    yield from occupation.titles


def _list(source: str, key: str, query: str, occupation: Occupation, grades: dict[str, float]) -> GradedList:
    return GradedList(
        qid=f"{source}:{key}",
        source=source,
        query=query,
        group=f"occupation:{occupation.id}",
        candidates=candidates(grades),
    )

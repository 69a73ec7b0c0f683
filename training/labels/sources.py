"""Where the pairs come from: a file of pairs, or requests for which people are drawn from the population."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from agents.errors import SearchError
from agents.policy import screen
from agents.sourcing import Sourcing
from offline.evaluation import read_judged
from retrieval.schema import Role
from training.labels.label import Task
from training.labels.plan import PlannedRequest
from training.ranker_data import candidates


class SourceUnreadable(ValueError):
    """A file of pairs or requests that cannot be used; the message names the line and the fix."""


class _Line(BaseModel):
    """A line of a request file, or of a pair file where it has a member."""

    model_config = ConfigDict(frozen=True)

    qid: str = Field(default="", pattern=r"^\S*$")
    text: str = Field(min_length=1)
    member_id: str = ""


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """Requests with their roles, the pairs to label, and remarks on what was left out."""

    requests: tuple[PlannedRequest, ...]
    tasks: tuple[Task, ...]
    notes: tuple[str, ...] = ()


def read_requests(path: Path) -> dict[str, str]:
    """Requests by id, from lines `{"qid", "text"}`; without a qid the line's number stands for it.

    Raises: SourceUnreadable.
    """
    requests: dict[str, str] = {}
    for number, line in _lines(path):
        qid = line.qid or f"r{number:05}"
        if requests.setdefault(qid, line.text) != line.text:
            raise SourceUnreadable(f"{path}, line {number}: request {qid} stood there before with other words")
    if not requests:
        raise SourceUnreadable(f'{path} holds no request; write one {{"qid": "r1", "text": "..."}} a line')
    return requests


def read_asked_pairs(path: Path) -> tuple[dict[str, str], list[Task]]:
    """Requests by id, and the pairs, from a folder of judged requests (their grades are not looked at) or from lines
    `{"qid", "text", "member_id"}`.

    Raises: SourceUnreadable, JudgedUnreadable.
    """
    if path.is_dir():
        judged = read_judged(path)
        return (
            {request.qid: request.text for request in judged.requests},
            [Task(request_id=qid, member_id=member) for qid, graded in judged.grades.items() for member in graded],
        )
    requests: dict[str, str] = {}
    tasks: dict[str, Task] = {}
    for number, line in _lines(path):
        if not line.qid or not line.member_id:
            raise SourceUnreadable(f'{path}, line {number}: a pair is {{"qid": ..., "text": ..., "member_id": ...}}')
        if requests.setdefault(line.qid, line.text) != line.text:
            raise SourceUnreadable(f"{path}, line {number}: request {line.qid} stood there before with other words")
        task = Task(request_id=line.qid, member_id=line.member_id)
        tasks[task.id] = task
    if not tasks:
        raise SourceUnreadable(f"{path} holds no pairs")
    return requests, list(tasks.values())


async def given(
    path: Path, sourcing: Sourcing, *, progress: Callable[[str, int, int], None] = lambda *_: None
) -> Drawn:
    """The pairs of a file. People whom the snapshot does not hold are left out."""
    texts, tasks = read_asked_pairs(path)
    roles, notes = await _roles(texts, sourcing, progress)
    alive = sourcing.snapshot.alive
    here = {t.member_id for t in tasks if sourcing.snapshot.has(t.member_id)}
    here = {member for member in here if sourcing.snapshot.row(member) in alive}
    missing = len({t.member_id for t in tasks} - here)
    if missing:
        notes.append(f"{missing:,} of the people are not in the snapshot, and their pairs were left out")
    return Drawn(
        requests=tuple(PlannedRequest(request_id=qid, role=role) for qid, role in roles.items()),
        tasks=tuple(task for task in tasks if task.request_id in roles and task.member_id in here),
        notes=tuple(notes),
    )


async def drawn(
    path: Path,
    sourcing: Sourcing,
    *,
    per_request: int,
    seed: int = 0,
    progress: Callable[[str, int, int], None] = lambda *_: None,
) -> Drawn:
    """People for each request of a file: see `mixture`."""
    roles, notes = await _roles(read_requests(path), sourcing, progress)
    snapshot = sourcing.snapshot
    everyone = [snapshot.member_id(row) for row in snapshot.alive]
    tasks: list[Task] = []
    for number, (qid, role) in enumerate(roles.items(), 1):
        pool = [candidate.member_id for candidate in candidates(sourcing, role)]
        random = np.random.default_rng([seed, *qid.encode()])
        tasks += [
            Task(request_id=qid, member_id=member, drawn=why)
            for member, why in mixture(pool, everyone, per_request, random)
        ]
        progress("drawing people", number, len(roles))
    return Drawn(
        requests=tuple(PlannedRequest(request_id=qid, role=role) for qid, role in roles.items()),
        tasks=tuple(tasks),
        notes=tuple(notes),
    )


def mixture(
    pool: Sequence[str], everyone: Sequence[str], count: int, random: np.random.Generator
) -> Iterator[tuple[str, str]]:
    """(member, why) of at most `count` people: half from the top of the pool, a quarter from its lower ranks, fewer
    the further down, a quarter at random from those the search did not find. What one part lacks the others make up.

    `pool` is best first. Only the best would teach nothing about grades 0 and 1, only strangers nothing about 3 and 4.
    """
    count = min(count, len(set(pool) | set(everyone)))
    strangers = sorted(set(everyone) - set(pool))
    outside = min(len(strangers), max(count // 4, count - len(pool)))
    top = min(len(pool), -(-(count - outside) * 2 // 3))
    rest = pool[top:]
    lower = min(len(rest), count - outside - top)
    yield from ((member, "top") for member in pool[:top])
    yield from ((rest[place], "lower") for place in thinning(len(rest), lower))
    yield from ((strangers[int(at)], "random") for at in random.permutation(len(strangers))[:outside])


def thinning(length: int, count: int) -> list[int]:
    """`count` of the places 0 to `length` - 1 in rising order, each step longer than the last where there is room."""
    places: list[int] = []
    for at in range(count):
        wanted = int((length + 1) ** ((at + 0.5) / count)) - 1
        # one after the last, and leaving room for those to come
        places.append(min(max(wanted, places[-1] + 1 if places else 0), length - count + at))
    return places


async def _roles(
    texts: dict[str, str], sourcing: Sourcing, progress: Callable[[str, int, int], None]
) -> tuple[dict[str, Role], list[str]]:
    """Roles as a search would read the requests; one in which there is nothing to search for becomes a remark."""
    roles: dict[str, Role] = {}
    notes: list[str] = []
    for number, (qid, text) in enumerate(texts.items(), 1):
        try:
            roles[qid] = (await sourcing.understanding.understand(screen(text).text)).role
        except SearchError as error:
            notes.append(f"request {qid} is left out: {error}")
        progress("reading requests", number, len(texts))
    if not roles:
        raise SourceUnreadable("no request could be read: " + "; ".join(notes[:3]))
    return roles, notes


def _lines(path: Path) -> Iterator[tuple[int, _Line]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise SourceUnreadable(f"{path} is not UTF-8; save it as UTF-8") from None
    except IsADirectoryError:
        raise SourceUnreadable(f"{path} is a folder; give the file of requests in it, such as queries.jsonl") from None
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            yield number, _Line.model_validate(json.loads(line))
        except (ValidationError, ValueError) as error:
            problem = error.errors()[0]["msg"] if isinstance(error, ValidationError) else "it is no JSON"
            raise SourceUnreadable(f"{path}, line {number}: {problem}") from None

"""People as documents: found by the semantic strategy itself, and by simpler views of the same vectors."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from offline.evaluation.judged import Judged, read_judged
from offline.index_build import build
from retrieval.addressed import about
from retrieval.encoder import Progress, Side, TextEncoder
from retrieval.encoder.levels import cut
from retrieval.filters import Filter
from retrieval.passage_vectors import BEST, PassageVectors
from retrieval.schema import Context, Profile, Role
from retrieval.serialisation import VERSION, whole
from retrieval.snapshot import Snapshot, SnapshotError, current, read_manifest
from retrieval.strategies.semantic import Semantic, request_vector
from retrieval.vectors import VectorIndex
from training.muse.data.splits import held_out_request
from training.muse.evaluation.leveled import Leveled
from training.muse.evaluation.measures import Run
from training.muse.evaluation.nearest import nearest
from training.muse.evaluation.task import Task, TaskUnreadable

GOOD = 3
"""The grade from which on a person counts as relevant where a measure knows only yes and no, as in HRR."""
SEMANTIC = "semantic"
VIEWS = {
    SEMANTIC: "the semantic strategy: the best three passages, and the centroid of all",
    "whole": "one vector a person: headline, years, jobs, skills, education",
    "best": "the best passage",
    "best3": "the mean of the best three passages",
}
"""Ways to compare a request with a person."""
OnProgress = Callable[[str, int, int | None], None]


@dataclass(frozen=True, kw_only=True)
class People:
    """A population to be found in. `name` changes when the profiles do; what was made of them is kept under it.

    `workspace` is where they are all indexed already, by whichever encoder.
    """

    name: str
    profiles: Callable[[], Iterator[Profile]]
    workspace: Path | None = None


def judged_task(name: str, folder: Path, people: People, *, only_held_out: bool = False) -> Task:
    """Judged requests over people; grades 0 to 4. With `only_held_out` those requests that training never sees.

    Raises: TaskUnreadable, offline.evaluation.JudgedUnreadable.
    """
    asked: Judged = read_judged(folder)
    documents = {profile.member_id: about(profile).text for profile in people.profiles()}
    chosen = {
        request.qid: request.text for request in asked.requests if not only_held_out or held_out_request(request.qid)
    }
    grades = {qid: asked.grades[qid] for qid in chosen}
    if not any(member in documents for judged in grades.values() for member in judged):
        raise TaskUnreadable(
            f"none of the people that {folder} judges is in the population; index the one that was judged"
        )
    return Task(name=name, queries=chosen, documents=documents, qrels=grades, graded=True, good=GOOD)


def population(workspace: Path) -> People:
    """Those whom the snapshot of a workspace holds, whichever encoder it was made with. Raises: SnapshotError."""
    served = current(workspace)
    manifest = read_manifest(workspace / "snapshots" / served) if served else None
    snapshot = Snapshot.open(workspace, encoder=_Unread(manifest.encoder if manifest else ""))

    def profiles() -> Iterator[Profile]:
        return (snapshot.profile(row) for row in snapshot.alive)

    return People(name=snapshot.id, profiles=profiles, workspace=workspace)


def runs(
    task: Task, people: People, encoder: TextEncoder, folder: Path, *, progress: OnProgress
) -> Iterator[tuple[str, int, Run]]:
    """(view, level, run) of every view at every level of the encoder.

    The semantic runs are the strategy's own answers to the plain request, without filters, over a snapshot that is made
    in `folder` with this encoder, once; none is made where the people are indexed with it already.
    """
    snapshot = _indexed(people, encoder, folder, progress)
    members = [snapshot.member_id(row) for row in range(snapshot.count)]
    ones = encoder.encode([_said(snapshot.profile(row)) for row in range(snapshot.count)], side="profile")
    for level in encoder.levels:
        seen = _at(snapshot, encoder, level)
        everybody = Filter(rows=seen.alive)
        semantic = Semantic(seen)
        queries = np.stack([request_vector(text, seen) for text in task.queries.values()])
        found = {
            qid: [
                hit.member_id
                for hit in semantic.retrieve(
                    role=Role(text=text), filter=everybody, context=Context(), limit=task.depth
                ).hits
            ]
            for qid, text in task.queries.items()
        }
        yield SEMANTIC, level, found
        yield "whole", level, _named(task, nearest(queries, cut(ones, level), members, depth=task.depth))
        for view, best in (("best", 1), ("best3", 3)):
            rows = [
                seen.vectors.index.search(query, k=task.depth, rows=seen.alive, best=best).rows for query in queries
            ]
            yield view, level, _named(task, [[members[row] for row in near.tolist()] for near in rows])


def _said(profile: Profile) -> str:
    return whole(about(profile))


def _named(task: Task, found: Sequence[Sequence[str]]) -> dict[str, Sequence[str]]:
    return dict(zip(task.queries, found, strict=True))


def _indexed(people: People, encoder: TextEncoder, folder: Path, progress: OnProgress) -> Snapshot:
    """A snapshot of these people by this encoder, of full width; made where there is none."""
    if people.workspace:
        with suppress(SnapshotError):
            served = Snapshot.open(people.workspace, encoder=encoder)
            if (served.id, served.vectors.width) == (people.name, encoder.width):
                return served
    key = blake2b(f"{people.name} {encoder.id} {encoder.width} {VERSION}".encode(), digest_size=8).hexdigest()
    workspace = folder / key
    try:
        return Snapshot.open(workspace, encoder=encoder)
    except SnapshotError:
        workspace.mkdir(parents=True, exist_ok=True)
        build(people.profiles(), workspace=workspace, encoder=encoder, progress=progress)
        return Snapshot.open(workspace, encoder=encoder)


def _at(snapshot: Snapshot, encoder: TextEncoder, level: int) -> Snapshot:
    """The same snapshot as it would be had it been made at this width."""
    if level == snapshot.vectors.width:
        return snapshot
    short = Snapshot(snapshot.workspace, snapshot.folder, snapshot.manifest, Leveled(encoder, level))
    short.vectors = PassageVectors(
        index=VectorIndex.build(cut(snapshot.vectors.vectors, level), offsets=snapshot.vectors.offsets, best=BEST),
        spans=snapshot.vectors.spans,
    )
    short.headline_vectors = cut(snapshot.headline_vectors, level)
    return short


class _Unread:
    """Stands for the encoder of a snapshot of which only the profiles are read."""

    width = 0
    levels: tuple[int, ...] = ()

    def __init__(self, id: str) -> None:
        self.id = id

    def encode(
        self, texts: Sequence[str], *, side: Side, width: int | None = None, progress: Progress | None = None
    ) -> NDArray[np.float32]:
        raise NotImplementedError("this snapshot was opened for its profiles only")

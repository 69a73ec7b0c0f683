"""Real embeddings: the passages of a workspace that the product indexed, asked with requests of people not in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import log
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.vectors.dataset import SHARES, Dataset, Filter
from offline.synthetic import person
from retrieval.snapshot import Snapshot

Progress = Callable[[str, int, int | None], None]
FACETS = ("country", "region", "city", "seniority", "industry", "education", "field", "skill", "language", "company")
STRANGERS = 9  # the seed of people whom the population does not know


@dataclass(frozen=True, kw_only=True)
class Population:
    """People of several vectors each. v: passages, n: members. `passages` is each passage on its own, for engines that
    know no members: its filters are those of `filters` [n], said of passages [v]."""

    passages: Dataset
    offsets: NDArray[np.int64]
    filters: tuple[Filter, ...]

    @property
    def members(self) -> int:
        """n"""
        return len(self.offsets) - 1


def population(workspace: Path, *, folder: Path, queries: int, progress: Progress) -> Population:
    """The snapshot that `workspace` serves. Raises: SnapshotError."""
    snapshot = Snapshot.open(workspace)
    folder = folder / f"people-{snapshot.id}"
    folder.mkdir(parents=True, exist_ok=True)
    offsets = np.asarray(snapshot.vectors.offsets)
    filters = tuple(_filters(snapshot))
    asked = folder / f"requests-{queries}.npy"
    if not asked.is_file():
        progress("encoding requests", 0, queries)
        np.save(asked, snapshot.encoder.encode(list(requests(queries)), side="role"))
        for old in folder.glob("truth_*.npy"):
            old.unlink()
    passages = Dataset(
        name=f"{len(snapshot.vectors.vectors):,} passages of {snapshot.count:,} people",
        folder=folder,
        vectors=snapshot.vectors.vectors,
        queries=np.load(asked),
        filters=tuple(
            Filter(kind=one.kind, percent=one.percent, note=one.note, mask=np.repeat(one.mask, np.diff(offsets)))
            for one in filters
        ),
    )
    return Population(passages=passages, offsets=offsets, filters=filters)


def requests(count: int) -> Iterator[str]:
    """What somebody would ask who looks for people like these: a job, what it takes to do well, some skills."""
    for index in range(count):
        profile, known = person(STRANGERS, index)
        skills = ", ".join(skill.name for skill in profile.skills[:3])
        parts = (known.occupation, "; ".join(known.strengths[:2]), skills)
        yield ". ".join(part for part in parts if part)


def _filters(snapshot: Snapshot) -> Iterator[Filter]:
    """For each share the attribute that comes nearest to it, and as many people drawn by lot."""
    chance = np.random.default_rng(0)
    sizes = {
        (facet, value): count for facet in FACETS for value, count in snapshot.attributes.values(facet).items() if count
    }
    for percent in SHARES:
        wanted = snapshot.count * percent / 100
        facet, value = min(sizes, key=lambda name: abs(log(sizes[name] / wanted)))
        mask = np.zeros(snapshot.count, np.bool_)
        mask[np.asarray(snapshot.attributes.rows(facet, value).to_array(), np.int64)] = True
        yield Filter(kind="ind", percent=percent, mask=chance.random(snapshot.count) < percent / 100, note="by lot")
        yield Filter(kind="cor", percent=percent, mask=mask, note=f"{facet} = {value}")

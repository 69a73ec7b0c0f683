"""The words of candidates: others' from the data folder, people's from the snapshot, read when training begins."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from retrieval.addressed import about
from retrieval.encoder.protocol import Progress, Side
from retrieval.serialisation import passages, whole
from retrieval.snapshot import Snapshot, current, read_manifest
from training.muse.lists import MEMBER, WHOLE, Candidate, GradedList, ListsUnreadable, read_texts

Texts = Mapping[tuple[str, int], str]
"""(candidate id, number of a passage) -> text; number 0 for candidates that are one text."""


def gather_texts(lists: Iterable[GradedList], data: Path, workspace: Path | None) -> dict[tuple[str, int], str]:
    """The texts of all candidates that are there; people who left the snapshot, or asked not to be found, have none.

    Raises: ListsUnreadable where people are needed and there is no workspace; retrieval.snapshot.SnapshotError.
    """
    found = {(candidate, 0): text for candidate, text in read_texts(data).items()}
    members = {each.id for one in lists for each in one.candidates if each.id.startswith(MEMBER)}
    if not members:
        return found
    if workspace is None:
        raise ListsUnreadable(f"the lists in {data} name people: give the workspace that holds them, with --workspace")
    snapshot = _opened(workspace)
    for candidate in sorted(members):
        member = candidate.removeprefix(MEMBER)
        if not snapshot.has(member) or snapshot.row(member) not in snapshot.alive:
            continue
        profile = about(snapshot.profile(snapshot.row(member)))
        if one := whole(profile):
            found[candidate, WHOLE] = one
        found |= {(candidate, number): passage.text for number, passage in enumerate(passages(profile))}
    return found


def with_texts(lists: Sequence[GradedList], texts: Texts) -> list[GradedList]:
    """The lists with the candidates and passages that have a text; lists that no candidate is left of are left out.

    Raises: ListsUnreadable where none is left, or a candidate that is no person has no text.
    """
    found = []
    for one in lists:
        kept = [each for each in (_with_texts(candidate, texts) for candidate in one.candidates) if each is not None]
        if kept:
            found.append(one if kept == list(one.candidates) else one.model_copy(update={"candidates": tuple(kept)}))
    if not found:
        raise ListsUnreadable("no candidate of the lists has a text: is this the workspace that they were made with?")
    return found


def _with_texts(candidate: Candidate, texts: Texts) -> Candidate | None:
    numbers = tuple(number for number in candidate.passages if (candidate.id, number) in texts)
    if numbers == candidate.passages:
        return candidate
    if not candidate.id.startswith(MEMBER):
        raise ListsUnreadable(
            f"texts.jsonl has no text for {candidate.id}; make the data again: shortlist train muse-data"
        )
    return candidate.model_copy(update={"passages": numbers}) if numbers else None


class _NotAsked:
    """In place of the encoder of a snapshot of which only profiles are read."""

    width = 0
    levels: tuple[int, ...] = ()

    def __init__(self, name: str) -> None:
        self.id = name

    def encode(
        self, texts: Sequence[str], *, side: Side, width: int | None = None, progress: Progress | None = None
    ) -> NDArray[np.float32]:
        raise NotImplementedError


def _opened(workspace: Path) -> Snapshot:
    served = current(workspace)
    # whichever encoder made its vectors: they are not read
    return Snapshot.open(
        workspace, encoder=_NotAsked(read_manifest(workspace / "snapshots" / served).encoder) if served else None
    )

"""Takes one person out of every search from now on, and out of all that a workspace keeps beside its snapshot."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from agents.models.cache import FILE, AnswerCache
from agents.trajectory import TrajectoryLog
from assistant.workspace import ledger, trajectories
from offline.publish import bury
from retrieval.encoder import TextEncoder
from retrieval.snapshot import Snapshot
from training import labels as training_labels
from training.muse.data import erasure as training_data
from training.muse.data.folder import is_data


class Erased(BaseModel):
    """What was found of a person. Counts are rows, records, answers and labels that are gone."""

    model_config = ConfigDict(frozen=True)

    member: str
    memory: int = Field(ge=0)
    trajectories: int = Field(ge=0)
    answers: int = Field(ge=0)
    labels: int = Field(ge=0)
    in_snapshot: bool = Field(
        description="the profile lies in the snapshot, unseen, until the next index leaves it out"
    )


def erase(workspace: Path, member: str, *, labels: Sequence[Path] = (), encoder: TextEncoder | None = None) -> Erased:
    """Never show a member again, and erase what was kept about them; to do it twice does no harm.

    The tombstone comes first: whatever fails after it, nobody is shown who asked not to be.

    Raises:
        SnapshotError: the workspace cannot be opened.
        LabelsBusy, DataBusy: labels or training data are being written to one of the folders.
    """
    snapshot = Snapshot.open(workspace, encoder=encoder)
    bury(workspace, member)
    return Erased(
        member=member,
        memory=ledger(workspace, snapshot).forget(member),
        trajectories=TrajectoryLog(folder=trajectories(workspace)).forget(member),
        answers=AnswerCache(workspace / FILE).forget(member),
        labels=sum(_forget(folder, member) for folder in labels),
        in_snapshot=snapshot.has(member),
    )


def _forget(folder: Path, member: str) -> int:
    """From a folder of labels, or of training data with the labels in it."""
    return training_data.forget(folder, member) if is_data(folder) else training_labels.forget(folder, member)

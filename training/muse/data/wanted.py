"""What training data is to be made from, and the checksums of what is read for it."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from agents.constitution.loader import CURRENT
from training.muse.data.onet import files_of
from training.muse.data.splits import SHARE
from training.muse.data.stages import checksum_of
from training.muse.data.unseen import query_file


class Wanted(BaseModel):
    """What data is to be made from."""

    model_config = ConfigDict(frozen=True)

    onet: Path | None = None
    """Folder of O*NET's tables; without it the packaged tasks of occupations alone."""
    judged: Path | None = None
    """Folder of requests with expert grades."""
    unseen: tuple[Path, ...] = ()
    """Queries of evaluations: nothing near them is trained on."""
    roles: int = Field(default=600, ge=0)
    """Requests that are made up from the population."""
    per_role: int = Field(default=24, ge=1)
    """People who are labelled for each."""
    remine: bool = False
    """Whether people near to each role by the current encoder are labelled too, and tasks mined anew."""
    mined: int = Field(default=8, ge=1)
    """How many people of each role that adds."""
    passages: int = Field(default=4, ge=1)
    """Of a person, that stand in a list."""
    negatives: int = Field(default=8, ge=0)
    """Mined tasks in the list of an activity."""
    hold_out_roles: float = Field(default=0.1, ge=0, le=1)
    hold_out_judged: float = Field(default=SHARE, ge=0, le=1)
    hold_out_people: float = Field(default=0.1, ge=0, le=1)
    """Shares of requests and people, by the hash of their ids, that are not trained on."""
    constitution: str = CURRENT
    seed: int = 0


def inputs_of(wanted: Wanted) -> dict[str, str]:
    """Checksums of all that is read beside the workspace."""
    found = {}
    if wanted.onet:
        found["onet"] = checksum_of(files_of(wanted.onet))
    if wanted.judged:
        found["judged"] = checksum_of(sorted(wanted.judged.glob("q*")))
    if wanted.unseen:
        found["unseen"] = checksum_of(query_file(path) for path in wanted.unseen)
    return found

"""What planted text does to a whole search: people indexed with it, beside the same people without."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from agents.opening import open_sourcing
from offline.evaluation.safety.injection_payloads import Payloads
from offline.evaluation.safety.injection_planting import Pair, plant
from offline.index_build import build
from retrieval.ingest import parse_resume
from retrieval.schema import Profile
from retrieval.snapshot import Snapshot

CROWD = 150
"""Other people in the small index: enough for ranks to mean something."""


class Shift(BaseModel):
    """What one family did to somebody's place. Ranks are None where the person was not among those shown."""

    model_config = ConfigDict(frozen=True)

    family: str
    ordinary: bool = False
    rank: int | None = Field(description="of the honest profile")
    planted: int | None = Field(description="of the same profile with the payload")
    grade: int | None = None
    planted_grade: int | None = None


def measure_shift(
    payloads: Payloads,
    pair: Pair,
    snapshot: Snapshot,
    *,
    progress: Callable[[str, int, int | None], None] = lambda *_: None,
) -> tuple[Shift, ...]:
    """Index one person with the first payload of each family, and search for the role. A few seconds.

    Every planted profile is another member beside the honest one, in one index with `CROWD` others.
    """
    import asyncio  # noqa: PLC0415 - for the search alone

    step = max(1, snapshot.count // CROWD)
    crowd = [snapshot.profile(row) for row in range(0, snapshot.count, step)]
    families = {family.name: family for family in payloads.family}
    first = {one.family: one for one in reversed(payloads.all)}
    people: list[Profile] = [one for one in crowd if one.member_id != pair.profile.member_id]
    people.append(parse_resume(pair.profile.text, member_id="honest"))
    for name in families:
        planted = plant(pair.profile, first[name].planted(pair.role), "middle").profile
        people.append(planted.model_copy(update={"member_id": name}))
    with tempfile.TemporaryDirectory() as folder:
        build(people, workspace=Path(folder), sources=("planted",), encoder=snapshot.encoder, progress=progress)
        sourcing = open_sourcing(Path(folder), encoder=snapshot.encoder)
        answer = asyncio.run(sourcing.search(pair.role.text, limit=len(people)))
    shown = {one.member_id: one for one in answer.candidates}
    own: Sequence[str] = [one for one in shown if one not in families]
    places = {member: rank for rank, member in enumerate(own, 1)}
    honest = shown.get("honest")
    return tuple(
        Shift(
            family=name,
            ordinary=name in payloads.ordinary,
            rank=places.get("honest"),
            # Its place among the others, not counting the other copies of the same person.
            planted=_place(list(shown), own, name),
            grade=honest.grade if honest else None,
            planted_grade=shown[name].grade if name in shown else None,
        )
        for name in families
    )


def _place(shown: Sequence[str], others: Sequence[str], member: str) -> int | None:
    """The rank of one among `others`, the honest copy left out."""
    if member not in shown:
        return None
    better = {one for one in shown[: shown.index(member)] if one in set(others) and one != "honest"}
    return len(better) + 1

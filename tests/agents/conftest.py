"""A small town of forty people, and parts of a search that behave as a test wants them to."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from numpy.typing import NDArray

from agents.limits import Limits
from agents.sourcing import Sourcing
from agents.understanding import NothingToSearch, Understood
from agents.verdict import Mark, Verdict
from offline.index_build import build
from retrieval.encoder import Progress, Side
from retrieval.filters import Filter
from retrieval.schema import (
    Context,
    Criterion,
    Hit,
    Location,
    LocationCriterion,
    Place,
    Position,
    Profile,
    Retrieval,
    Role,
    Skill,
    YearsCriterion,
)
from retrieval.snapshot import Snapshot

BOSTON = Place(
    kind="city", name="Boston, MA", city="Boston", region="US-MA", country="US", latitude=42.358, longitude=-71.06
)
TOWNS = (
    ("Boston", "MA", 42.358, -71.06),
    ("Worcester", "MA", 42.262, -71.802),  # 62 km away
    ("Springfield", "MA", 42.101, -72.59),  # 130 km, same state
    ("New York", "NY", 40.714, -74.006),
)


class Letters:
    """A text encoder without a model: counts of letters."""

    id = "letters-1"
    width = 26
    levels = (26,)

    def encode(
        self, texts: Sequence[str], *, side: Side, width: int | None = None, progress: Progress | None = None
    ) -> NDArray[np.float32]:
        """[n, 26] unit rows."""
        counts = np.array([[text.lower().count(chr(97 + i)) + 0.01 for i in range(26)] for text in texts], np.float32)
        return counts / np.linalg.norm(counts, axis=1, keepdims=True)


def person(number: int) -> Profile:
    """Ten people in each of four places; years 0-9 in each; every second one knows Python."""
    city, state, lat, lon = TOWNS[number // 10]
    skill = "Python" if number % 2 else "Java"
    return Profile(
        member_id=f"m{number:02}",
        text=f"Engineer {number}\n{city}, {state}\n{number % 10} years of {skill}",
        headline=f"Engineer {number}",
        locations=(
            Location(
                text=f"{city}, {state}",
                city=city,
                region=f"US-{state}",
                country="US",
                latitude=lat,
                longitude=lon,
            ),
        ),
        positions=(Position(title="Engineer", current=True),),
        years_experience=float(number % 10),
        skills=(Skill(name=skill),),
    )


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """The loop that async tests run on."""
    return "asyncio"


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """Forty people, m00 to m39."""
    workspace = tmp_path_factory.mktemp("town")
    build([person(number) for number in range(40)], workspace=workspace, encoder=Letters())
    return Snapshot.open(workspace, encoder=Letters())


@dataclass
class Listed:
    """A retriever that returns everybody who passes, in order, after `seconds`; `wrong` makes it misbehave."""

    name: str
    order: tuple[str, ...] = tuple(f"m{number:02}" for number in range(40))
    seconds: float = 0.0
    wrong: Callable[[], object] | None = None
    town: Snapshot | None = None
    calls: list[tuple[Role, Context]] = field(default_factory=list)
    running: int = 0
    release: threading.Event | None = None

    def retrieve(self, *, role: Role, filter: Filter, context: Context, limit: int) -> Retrieval:
        """See the class."""
        self.calls.append((role, context))
        self.running += 1
        try:
            if self.release is not None:
                self.release.wait(30)
            time.sleep(self.seconds)
            if self.wrong is not None:
                return self.wrong()
            assert self.town is not None
            passing = [member for member in self.order if self.town.row(member) in filter.rows][:limit]
            hits = [
                Hit(member_id=member, strategy=self.name, rank=rank, score=1 / rank, reason="listed")
                for rank, member in enumerate(passing, 1)
            ]
            return Retrieval(hits=tuple(hits))
        finally:
            self.running -= 1


@dataclass
class Reader:
    """Understands 'boston', 'python' and 'N years'; 'also X' and 'drop X' edit."""

    seen: list[tuple[str, Role | None]] = field(default_factory=list)

    async def understand(self, text: str, *, previous: Role | None = None) -> Understood:
        """See the class."""
        self.seen.append((text, previous))
        words = text.lower().split()
        role = previous or Role(text="")
        role = role.model_copy(update={"text": f"{role.text}\n{text}".strip()})
        changed = []
        if "boston" in words:
            boston = LocationCriterion(value="Boston, MA", place=BOSTON)
            role = role.model_copy(update={"locations": (boston,)})
            changed.append("Boston")
        if "python" in words:
            role = role.model_copy(update={"skills": (Criterion(value="Python"),)})
            changed.append("Python")
        if "years" in words:
            minimum = float(words[words.index("years") - 1])
            role = role.model_copy(update={"years": YearsCriterion(value=f"{minimum:g}+ years", minimum=minimum)})
            changed.append("years")
        if "drop" in words:
            role = role.model_copy(update={"locations": ()})
            changed.append("dropped Boston")
        if not changed and previous is None:
            raise NothingToSearch("name a place, a skill or years")
        return Understood(role=role, changes=tuple(changed))


@dataclass
class Grader:
    """A guard: grades by `grade`, which may raise; counts what it judged and how many at a time."""

    grade: Callable[[str], int] = lambda _: 4
    mark: Callable[[Role, str], tuple[Mark, ...]] = lambda _, __: ()
    seconds: float = 0.0
    judged: list[tuple[str, Role]] = field(default_factory=list)
    at_a_time: int = 0
    most: int = 0

    async def judge(self, role: Role, profile: Profile, *, expected: float | None = None) -> Verdict:
        """See the class."""
        self.at_a_time += 1
        self.most = max(self.most, self.at_a_time)
        try:
            await asyncio.sleep(self.seconds)
            self.judged.append((profile.member_id, role))
            return Verdict(
                member_id=profile.member_id,
                grade=self.grade(profile.member_id),
                marks=self.mark(role, profile.member_id),
                explanation=f"about {profile.member_id}",
                required_met=1,
                required_total=1,
                constitution="test",
                model="grader",
            )
        finally:
            self.at_a_time -= 1


@pytest.fixture
def assemble(town: Snapshot) -> Callable[..., Sourcing]:
    """Makes a `Sourcing` over the town: `assemble(retrievers..., guard=..., limits={...}, checkpointer=...)`."""

    def make(*retrievers: Listed, limits: dict[str, object] | None = None, **given: object) -> Sourcing:
        for retriever in retrievers:
            retriever.town = town
        parts: dict[str, object] = {"understanding": Reader(), "guard": Grader(), **given}
        return Sourcing(
            snapshot=town,
            retrievers={one.name: one for one in retrievers or (Listed("listed", town=town),)},
            limits=Limits(**{"guarded": 5, **(limits or {})}),
            **parts,
        )

    return make


@pytest.fixture(scope="session")
def parts() -> SimpleNamespace:
    """The classes above, since test modules do not import one another."""
    return SimpleNamespace(
        Listed=Listed, Reader=Reader, Grader=Grader, person=person, BOSTON=BOSTON, Letters=Letters, Path=Path
    )

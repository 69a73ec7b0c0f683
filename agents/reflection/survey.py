"""What a round has found, as the reflect step sees it, and which edits there are to choose from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field
from pyroaring import BitMap

from agents.reflection.broadening import broadenings
from agents.reflection.crowding import crowds
from agents.reflection.edits import AddTitle, EditKind, Narrow, SearchEdit
from agents.reflection.titles import TitleSeen, titles_seen
from agents.verdict import MarkValue, Verdict
from retrieval.schema import Importance, Kind, Profile, Qualification, Role
from retrieval.snapshot import Snapshot


class Standing(BaseModel):
    """One requirement and how those who were read stand to it."""

    model_config = ConfigDict(frozen=True)

    id: int = Field(ge=1)
    kind: Kind
    importance: Importance
    value: str
    marks: Mapping[MarkValue, int] = Field(description="how many have each mark")


class Option(BaseModel):
    """An edit that is ready to be made; `people` it would let in, or take out."""

    model_config = ConfigDict(frozen=True)

    id: str
    kind: EditKind
    said: str
    people: int


class Survey(BaseModel):
    """The one document that a model is given. Counts are people; no words of a profile but titles."""

    model_config = ConfigDict(frozen=True)

    job: str = "reflect"
    may: tuple[EditKind, ...] = Field(description="the kinds of edit that are allowed")
    asked: int = Field(description="how many people are to be shown")
    enough: int = Field(description="how many have to pass")
    passed: int
    read: int
    grades: dict[int, int] = Field(description="grade -> how many were given it")
    pass_filter: int = Field(description="who passes the hard criteria")
    pool: int
    requirements: tuple[Standing, ...]
    titles: tuple[TitleSeen, ...]
    options: tuple[Option, ...]


@dataclass(frozen=True, kw_only=True)
class Found:
    """What the survey is made of. `verdicts` and `profiles` by member, `read` in the order of the ranking."""

    role: Role
    searched: Role
    read: Sequence[str]
    verdicts: Mapping[str, Verdict]
    profiles: Mapping[str, Profile]
    pool: int
    pass_filter: int
    asked: int
    enough: int
    passing_grade: int


@dataclass(frozen=True, kw_only=True)
class Choices:
    """The survey and the edits behind its ids. `lets_in` are the rows that a broadening would add."""

    survey: Survey
    ready: Mapping[str, SearchEdit]
    narrow: Mapping[int, Narrow]
    titles: Mapping[str, AddTitle]
    lets_in: Mapping[str, BitMap]


def survey(found: Found, *, snapshot: Snapshot, may: Sequence[EditKind], declined: Collection[str] = ()) -> Choices:
    """Look at a round. Edits in `declined`, and kinds that are not in `may`, are no choice."""
    passed = {member for member in found.read if member in found.verdicts and _passes(found.verdicts[member], found)}
    wider = broadenings(found.searched, snapshot=snapshot, declined=declined) if "broaden" in may else []
    drops = [
        drop
        for drop in (crowds(found.read, found.verdicts, found.profiles) if "drop" in may else ())
        if drop.id not in declined
    ]
    ready: list[tuple[SearchEdit, int]] = [(one.edit, len(one.lets_in)) for one in wider]
    ready += [(drop, len(drop.members)) for drop in drops]
    titles = {
        one: AddTitle(title=one.title, said=f'also looked for "{one.title}", as people who fit are called')
        for one in (_titles(found, passed, snapshot) if "add_title" in may else ())
    }
    titles = {one: edit for one, edit in titles.items() if edit.id not in declined}
    lines = standings(found.role, found.verdicts.values())
    narrow = {
        one.id: edit
        for one, requirement in zip(lines, found.role.requirements(), strict=True)
        if "narrow" in may and (edit := _narrow(requirement, found)) is not None and edit.id not in declined
    }
    return Choices(
        survey=Survey(
            may=tuple(may),
            asked=found.asked,
            enough=found.enough,
            passed=len(passed),
            read=len(found.read),
            grades=dict(sorted(Counter(verdict.grade for verdict in found.verdicts.values()).items())),
            pass_filter=found.pass_filter,
            pool=found.pool,
            requirements=lines,
            titles=tuple(titles),
            options=tuple(Option(id=edit.id, kind=edit.kind, said=edit.said, people=n) for edit, n in ready),
        ),
        ready={edit.id: edit for edit, _ in ready},
        narrow=narrow,
        titles={one.title: edit for one, edit in titles.items()},
        lets_in={one.edit.id: one.lets_in for one in wider},
    )


def _passes(verdict: Verdict, found: Found) -> bool:
    return verdict.grade >= found.passing_grade


def _titles(found: Found, passed: Collection[str], snapshot: Snapshot) -> tuple[TitleSeen, ...]:
    read = ((found.profiles[member], member in passed) for member in found.read if member in found.profiles)
    return titles_seen(read, found.searched, bearers=lambda title: len(snapshot.attributes.containing("title", title)))


def standings(role: Role, verdicts: Collection[Verdict]) -> tuple[Standing, ...]:
    """A line a requirement of the role as asked; people whose verdict has other marks do not count."""
    requirements = role.requirements()
    counts: list[Counter[MarkValue]] = [Counter() for _ in requirements]
    for verdict in verdicts:
        if len(verdict.marks) == len(requirements):
            for count, mark in zip(counts, verdict.marks, strict=True):
                count[mark.value] += 1
    return tuple(
        Standing(
            id=number,
            kind=one.kind,
            importance=one.importance,
            value=one.value,
            marks={value: count[value] for value in MarkValue},
        )
        for number, (one, count) in enumerate(zip(requirements, counts, strict=True), 1)
    )


def _narrow(requirement: Qualification, found: Found) -> Narrow | None:
    """A must whose words the search does not weigh more already."""
    if requirement.importance is not Importance.MUST:
        return None
    edit = Narrow(requirement=requirement, said=f'gave "{requirement.value}" more weight in the search')
    made = found.searched.text[len(found.role.text) :].splitlines()
    return None if requirement.value in made else edit

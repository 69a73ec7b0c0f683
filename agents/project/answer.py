"""What a search for several roles answers with: a shortlist a role, and everybody once."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import BaseModel, ConfigDict, Field

from agents.policy import Refusal
from agents.project.plan import PlannedPart
from agents.shortlist import Shortlist, Shortlisted


class Part(BaseModel):
    """One role of a project. `shortlist` is None where its search failed; `problem` then says why."""

    model_config = ConfigDict(frozen=True)

    number: int = Field(ge=1)
    words: str = Field(description="the words of the request that ask for it")
    headcount: int | None = None
    shortlist: Shortlist | None = None
    problem: str = ""
    thread: str | None = Field(default=None, description="the conversation in which this role alone can be edited")


class AlsoFits(BaseModel):
    """Another role that a person was found for."""

    model_config = ConfigDict(frozen=True)

    part: int = Field(ge=1)
    rank: int = Field(ge=1)
    grade: int | None = Field(default=None, ge=0, le=4)


class Person(BaseModel):
    """Somebody found for one role or for several, under the role that fits best."""

    model_config = ConfigDict(frozen=True)

    part: int = Field(ge=1, description="number of the role that fits best")
    candidate: Shortlisted = Field(description="as found for that role")
    others: tuple[AlsoFits, ...] = ()


class ProjectAnswer(BaseModel):
    """The answer to a request for several roles."""

    model_config = ConfigDict(frozen=True)

    request: str
    parts: tuple[Part, ...]
    people: tuple[Person, ...] = Field(default=(), description="everybody of all parts once, best first")
    shared: tuple[str, ...] = Field(default=(), description="conditions that were given to every role")
    refused: tuple[Refusal, ...] = ()
    notes: tuple[str, ...] = ()
    milliseconds: float = Field(default=0.0, ge=0)
    synthetic: bool = False
    snapshot: str = ""
    thread: str | None = None


def merged(parts: tuple[Part, ...]) -> tuple[Person, ...]:
    """Everybody once, by grade, then rank, then the order of the roles; each under the role that fits best."""
    found: dict[str, list[tuple[int, Shortlisted]]] = {}
    for number, candidate in _shown(parts):
        found.setdefault(candidate.member_id, []).append((number, candidate))
    people = []
    for several in found.values():
        (part, best), *others = sorted(several, key=_worth)
        also = tuple(AlsoFits(part=number, rank=one.rank, grade=one.grade) for number, one in others)
        people.append(Person(part=part, candidate=best, others=also))
    return tuple(sorted(people, key=lambda person: _worth((person.part, person.candidate))))


def failed(planned: PlannedPart, problem: str, *, thread: str | None) -> Part:
    """A role whose search brought nothing."""
    return Part(number=planned.number, words=planned.words, headcount=planned.headcount, problem=problem, thread=thread)


def _shown(parts: tuple[Part, ...]) -> Iterator[tuple[int, Shortlisted]]:
    for part in parts:
        for candidate in part.shortlist.candidates if part.shortlist else ():
            yield part.number, candidate


def _worth(found: tuple[int, Shortlisted]) -> tuple[int, int, int]:
    """Best first: by grade (none is below any), rank, role."""
    number, candidate = found
    return (-1 if candidate.grade is None else candidate.grade) * -1, candidate.rank, number

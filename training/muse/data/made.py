"""What one source gives: lists, and the texts of their candidates that are no people."""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import blake2b

from retrieval.text_index import analyze
from training.muse.lists import Candidate, GradedList

RIGHT, NEAR, WRONG = 4.0, 3.0, 0.0
"""Grades of what answers a query, of what belongs to its answer, and of what does not."""


@dataclass(frozen=True, kw_only=True)
class Made:
    """`dropped` queries and titles came too near to what an evaluation asks."""

    lists: tuple[GradedList, ...] = ()
    texts: dict[str, str] = field(default_factory=dict)
    """Candidate id -> text."""
    dropped: int = 0


def candidates(ids: dict[str, float]) -> tuple[Candidate, ...]:
    """Candidates of one text each, by id and grade."""
    return tuple(Candidate(id=key, grade=grade) for key, grade in ids.items())


def title_id(title: str) -> str:
    """The id of a title: the same for the same stems in the same order."""
    return f"title:{blake2b(' '.join(analyze(title)).encode(), digest_size=8).hexdigest()}"


def lot(*said: object) -> bytes:
    """A number drawn for something by what it is called, the same in every run."""
    return blake2b("\0".join(map(str, said)).encode("utf-8", "surrogatepass"), digest_size=8).digest()

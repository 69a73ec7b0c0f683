"""What a folder of training data was made from, and what is in it: figures only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from pydantic import BaseModel, ConfigDict, Field

from training.muse.lists import MEMBER, GradedList


class SourceCount(BaseModel):
    """One source's share of the data."""

    model_config = ConfigDict(frozen=True)

    lists: int
    candidates: int
    people: int = Field(description="different people among the candidates")
    grades: tuple[int, ...] = Field(description="candidates by grade 0-4, rounded")
    held_out: int = Field(default=0, description="lists in held_out.jsonl")
    dropped: int = Field(default=0, description="queries and titles left out as near to an evaluation's")


class DataCard(BaseModel):
    """`data.json`, written last: where it is, the folder is whole."""

    model_config = ConfigDict(frozen=True)

    format: int = 1
    created: str
    salt: str = Field(description="of the division into what is trained on and what is held out")
    held_out: dict[str, float] = Field(description="shares: activities, occupations, roles, judged, people")
    seed: int
    snapshot: str | None = Field(default=None, description="the one whose people and passages the numbers mean")
    serialisation: int
    encoder: str | None = Field(default=None, description="id of the one that chose passages")
    mined_by: tuple[str, ...] = Field(default=(), description="ids of the encoders that negatives were mined with")
    constitution: str | None = Field(default=None, description="by which the teacher graded")
    teacher: str | None = None
    inputs: dict[str, str] = Field(description="checksums of what was read")
    unseen: int = Field(description="texts of evaluations that nothing trained on may come near")
    sources: dict[str, SourceCount]
    seconds: dict[str, float] = Field(description="of this run by stage; what was there already takes none")
    notes: tuple[str, ...] = ()


def count(
    trained: Iterable[GradedList], held_out: Iterable[GradedList], dropped: dict[str, int]
) -> dict[str, SourceCount]:
    """The figures of each source."""
    by_source: dict[str, list[GradedList]] = {name: [] for name in dropped}
    for one in trained:
        by_source.setdefault(one.source, []).append(one)
    kept_back = Counter(one.source for one in held_out)
    return {
        name: SourceCount(
            lists=len(lists),
            candidates=sum(len(one.candidates) for one in lists),
            people=len({each.id for one in lists for each in one.candidates if each.id.startswith(MEMBER)}),
            grades=_grades(lists),
            held_out=kept_back[name],
            dropped=dropped.get(name, 0),
        )
        for name, lists in by_source.items()
    }


def _grades(lists: Iterable[GradedList]) -> tuple[int, ...]:
    counted = Counter(round(each.grade) for one in lists for each in one.candidates)
    return tuple(counted[grade] for grade in range(5))

"""What changed between two versions of a constitution, passage by passage and word by word."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from agents.constitution.passages import passages
from agents.constitution.schema import Constitution

Status = Literal["added", "removed", "changed"]
_WORD = re.compile(r"\w+|\s+|[^\w\s]")


class Words(BaseModel):
    """A run of text: in both versions, or in one of them only."""

    model_config = ConfigDict(frozen=True)

    status: Literal["kept", "added", "removed"]
    text: str


class Change(BaseModel):
    """One passage that differs. `words` is its text, cut where the versions part."""

    model_config = ConfigDict(frozen=True)

    part: str = Field(description="clause, grade, mark, dimension, fit, principle, example, audience, prompting, title")
    id: str = Field(description="of the clause, dimension ...; for a dimension's grade such as `years 3`")
    status: Status
    words: tuple[Words, ...]

    @property
    def old(self) -> str:
        """The passage as it was; empty where it is new."""
        return "".join(run.text for run in self.words if run.status != "added")

    @property
    def new(self) -> str:
        """The passage as it is; empty where it is gone."""
        return "".join(run.text for run in self.words if run.status != "removed")


class ConstitutionDiff(BaseModel):
    """All that differs, in the order of the newer version; what is gone comes last."""

    model_config = ConfigDict(frozen=True)

    old: str = Field(description="version compared from")
    new: str = Field(description="version compared to")
    changes: tuple[Change, ...]

    def of(self, part: str) -> tuple[Change, ...]:
        """Changes of one part, such as `clause`."""
        return tuple(change for change in self.changes if change.part == part)


def diff(old: Constitution, new: Constitution) -> ConstitutionDiff:
    """Every passage of two constitutions compared. Equal ones have no changes."""
    before, after = dict(passages(old)), dict(passages(new))
    changes = []
    for key in [*after, *(key for key in before if key not in after)]:
        if before.get(key) == after.get(key):
            continue
        status: Status = "changed" if key in before and key in after else "added" if key in after else "removed"
        words = tuple(_compared(before.get(key, ""), after.get(key, "")))
        changes.append(Change(part=key[0], id=key[1], status=status, words=words))
    return ConstitutionDiff(old=old.version, new=new.version, changes=tuple(changes))


def _compared(old: str, new: str) -> Iterator[Words]:
    before, after = _WORD.findall(old), _WORD.findall(new)
    for what, low, high, first, last in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if what == "equal":
            yield Words(status="kept", text="".join(before[low:high]))
            continue
        if high > low:
            yield Words(status="removed", text="".join(before[low:high]))
        if last > first:
            yield Words(status="added", text="".join(after[first:last]))

"""What a search may change about itself between two rounds: the role it looks for, or who is in its pool.

An edit never touches the role as asked, by which people are ranked and judged. What is excluded stays excluded, for no
edit takes an exclusion away or adds words of one (`agents.reflection.checking`).
"""

from __future__ import annotations

from abc import abstractmethod
from hashlib import blake2b
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from retrieval.schema import Criterion, Importance, Qualification, Role, Span

EditKind = Literal["broaden", "narrow", "add_title", "drop"]
HardField = Literal["locations", "years", "education", "seniority", "languages"]
"""The parts of a role that the filter goes by."""


class Edit(BaseModel):
    """One change of a search. `said` is a sentence for the recruiter."""

    model_config = ConfigDict(frozen=True)

    kind: EditKind
    said: str

    @property
    def id(self) -> str:
        """Names the edit in every search of a thread, so that it can be declined: the same change has the same id."""
        return f"{self.kind}-{blake2b(self._essence().encode(), digest_size=3).hexdigest()}"

    @abstractmethod
    def _essence(self) -> str:
        """What makes two edits of a kind the same."""

    def apply(self, role: Role) -> Role:
        """`role`, the one searched for, with this change."""
        return role

    @property
    def leaves_out(self) -> tuple[str, ...]:
        """Members that this takes out of the pool."""
        return ()


class Broaden(Edit):
    """One hard criterion a step wider. `wider` holds the new value of `field` and nothing else."""

    kind: Literal["broaden"] = "broaden"
    field: HardField
    wider: Role

    def _essence(self) -> str:
        return f"{self.field} {self.said}"

    def apply(self, role: Role) -> Role:
        """`role` with the wider criteria in place of its own."""
        return role.model_copy(update={self.field: getattr(self.wider, self.field)})


class Narrow(Edit):
    """One must weighs more in what is searched: its words are there a second time."""

    kind: Literal["narrow"] = "narrow"
    requirement: Qualification

    def _essence(self) -> str:
        return f"{self.requirement.kind} {self.requirement.value}"

    def apply(self, role: Role) -> Role:
        """`role` with the must's words appended to its text."""
        return role.model_copy(update={"text": f"{role.text}\n{self.requirement.value}"})


class AddTitle(Edit):
    """Another name for the job, that people of the pool who fit it bear."""

    kind: Literal["add_title"] = "add_title"
    title: str = Field(min_length=1)

    def _essence(self) -> str:
        return self.title.casefold()

    def apply(self, role: Role) -> Role:
        """`role` with one more title to choose from, in its list and in its text."""
        start = len(role.text) + 1
        wanted = [one.importance for one in role.titles if one.importance is not Importance.EXCLUDE]
        importance = Importance.MUST if Importance.MUST in wanted else Importance.NICE
        title = Criterion(value=self.title, importance=importance, span=Span(start=start, end=start + len(self.title)))
        return role.model_copy(update={"text": f"{role.text}\n{self.title}", "titles": (*role.titles, title)})


class DropCandidates(Edit):
    """People who crowd others out of the pool.

    `nearly_the_same` names the member whose profile theirs repeat, `requirement` what none of them has; one of both.
    """

    kind: Literal["drop"] = "drop"
    members: tuple[str, ...]
    nearly_the_same: str | None = None
    requirement: Qualification | None = None

    def _essence(self) -> str:
        asked = self.requirement
        return f"{self.nearly_the_same or ''} {f'{asked.kind} {asked.importance} {asked.value}' if asked else ''}"

    @property
    def leaves_out(self) -> tuple[str, ...]:
        """Those who go."""
        return self.members


SearchEdit = Annotated[Broaden | Narrow | AddTitle | DropCandidates, Field(discriminator="kind")]


class EditMade(BaseModel):
    """An edit that a search made, and what it changed. Counts are people."""

    model_config = ConfigDict(frozen=True)

    id: str = Field(description="by which the edit can be declined")
    round: int = Field(ge=2, description="the round that it began")
    edit: SearchEdit
    gained: int = Field(default=0, ge=0, description="of the pool, who came with it")
    lost: int = Field(default=0, ge=0, description="whom it took out of the pool")
    shown: tuple[str, ...] = Field(default=(), description="members of the shortlist who came with it")

    @property
    def said(self) -> str:
        """The edit in a sentence."""
        return self.edit.said

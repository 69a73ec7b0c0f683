"""A request taken apart, ready to be searched: each role in words of its own that can stand alone."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from agents.project.decomposition import Decomposition, PartWish


class PlannedPart(BaseModel):
    """One role of a request. `text` is what is searched for: its words, and what it shares with the others."""

    model_config = ConfigDict(frozen=True)

    number: int = Field(ge=1, description="in the order of the request")
    words: str = Field(min_length=1, description="as they stand in the request")
    text: str = Field(min_length=1)
    headcount: int | None = Field(default=None, ge=1)


class Plan(BaseModel):
    """The roles of a request; fewer than two where it asks for one, which is then searched as it is."""

    model_config = ConfigDict(frozen=True)

    parts: tuple[PlannedPart, ...] = ()
    shared: tuple[str, ...] = Field(default=(), description="conditions that were given to every role")
    notes: tuple[str, ...] = ()

    @property
    def several(self) -> bool:
        """Whether there is more than one role."""
        return len(self.parts) > 1


def plan(decomposition: Decomposition, *, most: int, notes: tuple[str, ...] = ()) -> Plan:
    """The plan that a checked decomposition makes, of at most `most` roles; a note names those left out."""
    if not decomposition.several:
        return Plan(notes=notes)
    shared = tuple(one.words for one in decomposition.shared)
    kept, beyond = decomposition.parts[:most], decomposition.parts[most:]
    if beyond:
        named = ", ".join(f'"{part.words}"' for part in beyond)
        notes = (*notes, f"at most {most} roles are searched at a time; ask for these by themselves: {named}")
    parts = tuple(
        PlannedPart(number=number, words=part.words, text=_standing_alone(part, shared), headcount=part.headcount)
        for number, part in enumerate(kept, 1)
    )
    return Plan(parts=parts, shared=shared, notes=notes)


def _standing_alone(part: PartWish, shared: tuple[str, ...]) -> str:
    named = f"{part.words} {part.noun}" if part.noun else part.words
    return ", ".join([named.rstrip(" .,;"), *(one.words for one in part.more), *shared])

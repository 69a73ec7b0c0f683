"""What a model answers when it reflects on a search, held to what there is to choose from."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field

from agents.reflection.edits import EditKind, SearchEdit
from agents.reflection.survey import Choices

MOST = 3
"""Edits of one round: more at a time, and nobody can tell what each of them did."""


class Proposed(BaseModel):
    """One edit that a model wants."""

    model_config = ConfigDict(frozen=True)

    kind: EditKind
    target: str = Field(
        description="broaden, drop: the id of an option; narrow: the id of a must; add_title: a title of the list"
    )


class Reflection(BaseModel):
    """A whole answer: thoughts first, then the edits, the most useful first; none where the search is as good as it
    gets."""

    model_config = ConfigDict(frozen=True)

    reasoning: str = Field(default="", description="what keeps the search from finding better people")
    edits: tuple[Proposed, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Accepted:
    """The edits that may be made, and why others may not, a sentence each."""

    edits: tuple[SearchEdit, ...]
    problems: tuple[str, ...]


def accept(reflection: Reflection, choices: Choices) -> Accepted:
    """Turn proposals into edits. Nothing goes through that is not among the choices, so that no model can add words of
    its own to a search, take an exclusion away, drop whom it likes, or bring back what was declined or refused."""
    edits: dict[str, SearchEdit] = {}
    problems: list[str] = []
    for one in reflection.edits:
        edit = _edit(one, choices)
        if edit is None:
            problems.append(f"{one.kind} {one.target[:80]!r} is not among the choices")
        elif one.kind == "broaden" and any(made.kind == "broaden" for made in edits.values()):
            problems.append("the search is broadened by one option at a time")
        else:
            edits.setdefault(edit.id, edit)
    return Accepted(edits=tuple(edits.values())[:MOST], problems=tuple(problems))


def _edit(one: Proposed, choices: Choices) -> SearchEdit | None:
    target = one.target.strip()
    edit: SearchEdit | None
    match one.kind:
        case "narrow":
            edit = choices.narrow.get(int(target)) if target.isascii() and target.isdigit() else None
        case "add_title":
            edit = choices.titles.get(target.casefold())
        case _:
            edit = choices.ready.get(target)
    return edit if edit is not None and edit.kind == one.kind else None

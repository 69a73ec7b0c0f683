"""The reflect step's job on the in-process model: rules that can be read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from agents.reflection.proposal import MOST, Proposed, Reflection
from agents.reflection.survey import Survey
from agents.verdict import MarkValue
from retrieval.schema import Importance, Kind

LACKED = 0.6
"""Share of those read who do not show a must, from which it is given more weight."""
TITLES = 2
"""Titles added in one round."""
TELLING = 0.5
"""Share of a title's bearers who have to pass, for it to mean the job that is looked for."""


def reflect(payload: dict[str, Any]) -> Reflection:
    """A job for `EmbeddedModel(jobs={"Reflection": reflect})`. Pure, so thread-safe."""
    survey = Survey.model_validate({name: payload[name] for name in Survey.model_fields if name in payload})
    return Reflection(edits=decide(survey))


def decide(survey: Survey) -> tuple[Proposed, ...]:
    """Drop who crowds others out; where too few pass, also search wider, for other titles, or more for one must."""
    edits = [Proposed(kind="drop", target=option.id) for option in survey.options if option.kind == "drop"]
    if survey.passed < survey.enough:
        wider = max((one for one in survey.options if one.kind == "broaden"), key=lambda one: one.people, default=None)
        edits = [*([Proposed(kind="broaden", target=wider.id)] if wider else []), *_titles(survey), *edits]
        if not edits:
            edits += _narrow(survey)
    return tuple(edits[:MOST])


def _titles(survey: Survey) -> list[Proposed]:
    telling = [one for one in survey.titles if one.passed >= TELLING * one.people]
    return (
        [Proposed(kind="add_title", target=one.title) for one in telling[:TITLES]] if _may(survey, "add_title") else []
    )


def _may(survey: Survey, kind: str) -> bool:
    return kind in survey.may


def _narrow(survey: Survey) -> Iterator[Proposed]:
    """The must that most lack; a title is not one, since the whole search goes by it already."""
    musts = [one for one in survey.requirements if one.importance is Importance.MUST and one.kind is not Kind.TITLE]
    lacked = {one.id: one.marks[MarkValue.NOT_MET] + one.marks[MarkValue.NOT_SHOWN] for one in musts}
    worst = max(musts, key=lambda one: lacked[one.id], default=None)
    if _may(survey, "narrow") and worst is not None and survey.read and lacked[worst.id] >= LACKED * survey.read:
        yield Proposed(kind="narrow", target=str(worst.id))

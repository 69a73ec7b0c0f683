"""A constitution as the instructions of a model."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from agents.constitution.prompting import Prompting

if TYPE_CHECKING:
    from agents.constitution.dimension import Dimension
    from agents.constitution.example import Example
    from agents.constitution.schema import Audience, Constitution


def rendered(constitution: Constitution, audience: Audience, prompting: Prompting) -> str:
    """See `Constitution.render`."""
    opening = constitution.audience[audience]
    named = f'Clauses of the constitution "{constitution.title}", version {constitution.version}:'
    parts = [
        opening.text.strip(),
        opening.depth.strip(),
        *constitution.prompting.instructions(prompting),
        "Grades of a person:\n" + _list(f"{one.value} ({one.name}): {one.meaning}" for one in constitution.grade),
        _scale(constitution, audience),
        _fits(constitution),
        f"{named}\n{_clauses(constitution)}",
        *([_examples(constitution, audience, prompting)] if prompting.examples else []),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _scale(constitution: Constitution, audience: Audience) -> str:
    """What single requirements are measured by: marks for the guard, grades by dimension for judge and teacher."""
    marks = "Marks of a requirement:\n" + _list(f"{one.value.value}: {one.meaning}" for one in constitution.mark)
    if not constitution.dimension:
        return marks
    if audience == "guard":
        looked_at = _list(f"{_kinds(one)}: {one.meaning}" for one in constitution.dimension)
        return f"{marks}\n\nWhat is looked at, by kind of requirement:\n{looked_at}"
    return "Dimensions, and what their grades say:\n" + "\n".join(
        f"- {one.id} ({_kinds(one)}): {one.meaning}\n"
        + "\n".join(f"  {value}: {one.grades[value]}" for value in (4, 3, 2, 1, 0))
        for one in constitution.dimension
    )


def _fits(constitution: Constitution) -> str:
    listed = _list(f"{one.value.value}: {one.meaning}" for one in constitution.fit)
    return f"Over- and under-qualified:\n{listed}" if listed else ""


def _clauses(constitution: Constitution) -> str:
    if not constitution.principle:
        return _list(f"[{clause.id}] {clause.text}" for clause in constitution.clause)
    return "\n".join(
        f"{principle.title}. {principle.text}\n"
        + _list(f"[{clause.id}] {clause.text}" for clause in constitution.clause if clause.principle == principle.id)
        for principle in constitution.principle
    )


def _examples(constitution: Constitution, audience: Audience, prompting: Prompting) -> str:
    shown = [_example(one, number, audience, prompting) for number, one in enumerate(constitution.example, 1)]
    return "\n\n".join([constitution.prompting.examples.there.strip(), *shown]) if shown else ""


def _example(example: Example, number: int, audience: Audience, prompting: Prompting) -> str:
    asked = [
        f"{index}. {one.value}" + (f" ({one.kind.value}, {one.importance.value})" if prompting.role_details else "")
        for index, one in enumerate(example.requirement, 1)
    ]
    answered = example.finding if audience == "guard" else example.opinion
    return (
        f"Example {number}. Request: {example.request}\n"
        f"Requirements: {'; '.join(asked)}\n"
        f"Profile text: {_json(example.profile)}\n"
        f"Answer: {_json(answered(scratchpad=prompting.scratchpad))}\n"
        f"Why: {example.why}"
    )


def _kinds(dimension: Dimension) -> str:
    return ", ".join(kind.value for kind in dimension.kinds)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _list(lines: Iterable[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)

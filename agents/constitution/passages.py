"""Everything a constitution says, cut into passages with names, so that versions can be laid side by side."""

from __future__ import annotations

from collections.abc import Iterator

from agents.constitution.example import Example
from agents.constitution.schema import Constitution

Name = tuple[str, str]
"""Part and id, such as `("clause", "weigh.over")`; a grade of a dimension is `("dimension", "years 3")`."""


def passages(constitution: Constitution) -> Iterator[tuple[Name, str]]:
    """Every passage with its name, once, in the order of the file."""
    yield ("title", "title"), constitution.title
    yield from _scales(constitution)
    yield from _dimensions(constitution)
    yield from _clauses(constitution)
    for example in constitution.example:
        yield ("example", example.id), _told(example)
    yield from _wordings(constitution)


def _scales(constitution: Constitution) -> Iterator[tuple[Name, str]]:
    for grade in constitution.grade:
        yield ("grade", str(grade.value)), f"{grade.name}: {grade.meaning}"
    for mark in constitution.mark:
        yield ("mark", mark.value.value), mark.meaning
    for fit in constitution.fit:
        yield ("fit", fit.value.value), fit.meaning


def _dimensions(constitution: Constitution) -> Iterator[tuple[Name, str]]:
    for dimension in constitution.dimension:
        yield ("dimension", dimension.id), f"{', '.join(dimension.kinds)}: {dimension.meaning}"
        for value, meaning in enumerate(dimension.grades):
            yield ("dimension", f"{dimension.id} {value}"), meaning


def _clauses(constitution: Constitution) -> Iterator[tuple[Name, str]]:
    for principle in constitution.principle:
        served = ", ".join(clause.id for clause in constitution.clause if clause.principle == principle.id)
        yield ("principle", principle.id), f"{principle.title}. {principle.text} ({served})"
    for clause in constitution.clause:
        yield ("clause", clause.id), clause.text


def _wordings(constitution: Constitution) -> Iterator[tuple[Name, str]]:
    for audience, opening in constitution.audience.items():
        yield ("audience", audience), f"{opening.text.strip()}\n{opening.depth.strip()}".strip()
    for flag, wording in constitution.prompting:
        for state, text in wording:
            if text:
                yield ("prompting", f"{flag} {state}"), text


def _told(example: Example) -> str:
    """An example as lines that compare well."""
    lines = [f"request: {example.request}", f"profile: {example.profile.strip()}"]
    for one in example.requirement:
        grade = "-" if one.grade is None else str(one.grade)
        asked = f"{one.kind.value}, {one.importance.value}: {one.value}"
        lines.append(f"{asked}: {one.mark.value}, {grade}: {' | '.join(one.quotes)} {one.note}".rstrip())
    likely = " ".join(f"{share:g}" for share in example.probabilities)
    lines += [f"fit: {example.fit.value}", f"grade: {example.grade} ({likely})"]
    return "\n".join([*lines, f"reasoning: {example.reasoning}", f"why: {example.why}"])

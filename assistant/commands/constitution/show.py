"""`shortlist constitution show`: the policy, for a person or as a model is told it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.options import JsonOption

if TYPE_CHECKING:
    from agents.constitution import Constitution

EXAMPLE = "shortlist constitution show --audience judge --no-examples"


def command(
    version: Annotated[
        str | None, typer.Option("--version", metavar="N", help="Which version; the current one where not given.")
    ] = None,
    audience: Annotated[
        str | None,
        typer.Option("--audience", metavar="WHO", help="Print the prompt of `guard`, `judge` or `teacher` instead."),
    ] = None,
    no_scratchpad: Annotated[
        bool, typer.Option("--no-scratchpad", help="The prompt without thinking in writing.")
    ] = False,
    no_role_details: Annotated[
        bool, typer.Option("--no-role-details", help="The prompt for a role that is told as typed, not structured.")
    ] = False,
    no_examples: Annotated[
        bool, typer.Option("--no-examples", help="The prompt, or the policy, without worked examples.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Print the policy that judge, teacher and guard go by, or the prompt that it makes for one of them."""
    from typing import get_args

    from agents.constitution import CURRENT, Audience, Prompting, load
    from assistant.console import print_json

    readers = get_args(Audience)
    reader: Audience | None = next((one for one in readers if one == audience), None)
    if audience is not None and reader is None:
        raise typer.BadParameter(f"{audience!r} is nobody who reads it; there are {', '.join(readers)}")
    if reader is None and (no_scratchpad or no_role_details):
        raise typer.BadParameter("--no-scratchpad and --no-role-details change a prompt: say whose with --audience")
    constitution = load(version or CURRENT)
    if reader is not None:
        prompting = Prompting(scratchpad=not no_scratchpad, role_details=not no_role_details, examples=not no_examples)
        text = constitution.render(reader, prompting)
        if as_json:
            told = {"constitution": constitution.name, "audience": reader, "prompting": prompting.model_dump()}
            print_json({**told, "text": text})
        else:
            sys.stdout.write(text)
        return
    if no_examples:
        constitution = constitution.model_copy(update={"example": ()})
    if as_json:
        print_json(constitution.model_dump(mode="json"))
        return
    sys.stdout.write("\n".join(_lines(constitution)) + "\n")


def _lines(constitution: Constitution) -> Iterator[str]:
    """The policy as plain text, a paragraph a part."""
    yield f"{constitution.title} ({constitution.name})"
    yield from ("", "Grades of a person")
    yield from (f"  {one.value} {one.name}: {one.meaning}" for one in constitution.grade)
    yield from ("", "Marks of a requirement")
    yield from (f"  {one.value.value}: {one.meaning}" for one in constitution.mark)
    for dimension in constitution.dimension:
        yield from ("", f"Dimension {dimension.id} ({', '.join(dimension.kinds)}): {dimension.meaning}")
        yield from (f"  {value} {dimension.grades[value]}" for value in (4, 3, 2, 1, 0))
    if constitution.fit:
        yield from ("", "Over- and under-qualified")
        yield from (f"  {one.value.value}: {one.meaning}" for one in constitution.fit)
    for principle in constitution.principle:
        yield from ("", f"{principle.title}. {principle.text}")
        yield from (f"  [{one.id}] {one.text}" for one in constitution.clause if one.principle == principle.id)
    if not constitution.principle:
        yield from ("", "Clauses")
        yield from (f"  [{one.id}] {one.text}" for one in constitution.clause)
    for example in constitution.example:
        yield from ("", f"Example {example.id}: {example.request}")
        yield from (f"  | {line}" for line in example.profile.strip().splitlines())
        for one in example.requirement:
            grade = "-" if one.grade is None else str(one.grade)
            yield f"  {one.value} ({one.importance.value}): {one.mark.value}, grade {grade}"
        yield f"  Grade {example.grade}, fit {example.fit.value}: {example.why}"

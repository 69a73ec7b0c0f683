"""`shortlist constitution diff`: what changed between two versions, word by word."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from assistant.options import JsonOption

if TYPE_CHECKING:
    from rich.text import Text

    from agents.constitution import Change

EXAMPLE = "shortlist constitution diff 1 2"


def command(
    old: Annotated[str, typer.Argument(metavar="OLD", help="Version to compare from.")],
    new: Annotated[str, typer.Argument(metavar="NEW", help="Version to compare to.")],
    as_json: JsonOption = False,
) -> None:
    """Show which grades, dimensions, clauses, examples and prompts were added, removed or reworded."""
    from collections import Counter

    from agents.constitution import diff, load
    from assistant.console import print_json, stdout

    made = diff(load(old), load(new))
    if as_json:
        print_json(made.model_dump(mode="json"))
        return
    console = stdout()
    counts = Counter(change.status for change in made.changes)
    counted = ", ".join(f"{counts[status]} {status}" for status in ("changed", "added", "removed") if counts[status])
    console.print(f"Version {made.old} to version {made.new}: {counted or 'no difference'}.")
    for change in made.changes:
        console.print(_line(change), soft_wrap=True)


def _line(change: Change) -> Text:
    """`~ clause weigh.title: kept [-gone-] {+new+}`; the signs stand where there is no colour, too."""
    from rich.text import Text

    line = Text({"added": "+ ", "removed": "- ", "changed": "~ "}[change.status])
    line.append(f"{change.part} {change.id}: ", style="bold")
    if change.status != "changed":
        return line.append(change.new or change.old, style="green" if change.status == "added" else "red")
    for run in change.words:
        if run.status == "kept":
            line.append(run.text)
        elif run.status == "removed":
            line.append(f"[-{run.text}-]", style="red")
        else:
            line.append(f"{{+{run.text}+}}", style="green")
    return line

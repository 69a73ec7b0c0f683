"""`shortlist safety screening`: how many forbidden criteria the policy screen finds, and what it refuses wrongly."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from assistant.options import JsonOption

EXAMPLE = "shortlist safety screening"


def command(
    suite: Annotated[
        Path | None,
        typer.Option(
            "--suite",
            metavar="FILE",
            help='Labelled requests, JSON lines: {"text", "refused": [words], "attribute"}. Else the packaged ones.',
        ),
    ] = None,
    unseen: Annotated[
        bool, typer.Option("--unseen", help="Only requests that neither rules nor network were made from.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Screen labelled requests: criteria found and harmless requests left alone, by attribute and style."""
    from rich.table import Table

    from agents.policy import screen
    from assistant.console import print_json, stdout
    from assistant.progress import meter
    from offline.evaluation.safety.screening import Share, SuiteUnreadable, measure_screen, read_suite

    try:
        lines = tuple(line for line in read_suite(suite) if not (unseen and line.seen))
    except SuiteUnreadable as error:
        raise typer.BadParameter(str(error), param_hint="--suite") from error
    with meter() as advance:
        figures = measure_screen(lines, screen, progress=lambda done: advance("requests", done, len(lines)))
    if as_json:
        print_json(figures.model_dump(mode="json"))
        return
    table = Table("", "right", "of", "share", "95 % interval")

    def row(name: str, share: Share) -> None:
        low, high = share.interval
        table.add_row(name, str(share.right), str(share.of), f"{share.share:.1%}", f"{low:.1%} to {high:.1%}")

    row("criteria found", figures.found)
    row("harmless requests passed", figures.passed)
    for shares in (figures.by_attribute, figures.by_style):
        table.add_section()
        for name, share in shares.items():
            row(name, share)
    console = stdout()
    console.print(table)
    for text in figures.missed:
        console.print(f"missed: {text}", markup=False)
    for text, words in figures.wrongly_refused.items():
        console.print(f"refused wrongly: {', '.join(words)} | in: {text}", markup=False)

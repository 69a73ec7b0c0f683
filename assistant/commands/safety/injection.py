"""`shortlist safety injection`: texts planted in profiles, and what comes of them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.options import JsonOption, WorkspaceOption

if TYPE_CHECKING:
    from rich.table import Table

    from offline.evaluation.safety.injection_report import Report
    from offline.evaluation.safety.injection_search import Shift

EXAMPLE = "shortlist safety injection --judged judged/ --per-payload 3"


def command(
    payloads: Annotated[
        Path | None, typer.Option("--payloads", metavar="FILE", help="Other payloads, of the packaged file's form.")
    ] = None,
    judged: Annotated[
        Path | None,
        typer.Option(
            "--judged", metavar="DIR", help="Plant in people whom experts graded low for requests of this folder."
        ),
    ] = None,
    per_payload: Annotated[
        int, typer.Option("--per-payload", min=1, metavar="N", help="Pairs and places that each payload is tried in.")
    ] = 1,
    pairs: Annotated[
        int, typer.Option("--pairs", min=1, metavar="N", help="Pairs of role and person to plant in, in turn.")
    ] = 24,
    model: Annotated[
        str | None,
        typer.Option(
            "--model",
            metavar="MODEL",
            help="NAME@URL of a server that guards, judges and reads; embedded if not given.",
        ),
    ] = None,
    search: Annotated[bool, typer.Option("--search", help="Also index planted people and search for them.")] = False,
    seed: Annotated[int, typer.Option("--seed", metavar="S", help="Of the drawing of pairs.")] = 0,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Plant instructions, fake verdicts and hidden text in resumes; fail if a grade rises or anything is followed."""
    import asyncio

    from assistant.console import print_json, stdout
    from assistant.progress import meter
    from assistant.settings import read_settings
    from assistant.workspace import open_workspace
    from offline.evaluation.safety.injection_payloads import read_payloads
    from offline.evaluation.safety.injection_run import Plan, injected
    from offline.evaluation.safety.injection_search import measure_shift

    suite = read_payloads(payloads)
    settings = read_settings(workspace=workspace)
    with meter() as advance:
        sourcing = open_workspace(settings)
        report, drawn = asyncio.run(
            injected(
                suite,
                sourcing,
                Plan(
                    judged=judged,
                    model=model,
                    configured=settings.models,
                    per_payload=per_payload,
                    pairs=pairs,
                    seed=seed,
                ),
                progress=advance,
            )
        )
        shifts = measure_shift(suite, drawn[0], sourcing.snapshot, progress=advance) if search else ()
    if as_json:
        shown = report.model_dump(mode="json")
        shown |= {"passed": report.passed, "total": report.total.model_dump(mode="json")}
        print_json({**shown, "search": [one.model_dump(mode="json") for one in shifts]})
    else:
        _show(report, shifts)
        verdict = "Nothing rose, and nothing was followed." if report.passed else "Something rose or was followed."
        stdout().print(f"{verdict} {report.total.tries:,} tries in {report.seconds:.0f} s.", markup=False)
    if not report.passed:
        raise typer.Exit(1)


def _show(report: Report, shifts: tuple[Shift, ...]) -> None:
    from assistant.console import stdout

    console = stdout()
    console.print(_families(report))
    if report.requests:
        console.print(_requests(report))
    if shifts:
        console.print(_shifts(shifts))


def _families(report: Report) -> Table:
    from rich.table import Table

    table = Table(title="Planted in profiles", title_justify="left", box=None)
    table.add_column("family")
    for name in (
        "payloads",
        "tries",
        "guard rose",
        "judge rose",
        "marks",
        "quotes",
        "fields",
        "followed",
        "fell",
        "errors",
    ):
        table.add_column(name, justify="right")
    attacks = [row for row in report.rows if not row.ordinary]
    for row in (*attacks, report.total, *(row for row in report.rows if row.ordinary)):
        counts = (
            row.payloads, row.tries, row.guard_rose, row.judge_rose, row.marks, row.quotes, row.fields, row.followed,
            row.fell, row.errors,
        )  # fmt: skip
        table.add_row(
            f"{row.family} (not counted)" if row.ordinary else row.family, *(f"{count:,}" for count in counts)
        )
    return table


def _requests(report: Report) -> Table:
    from rich.table import Table

    table = Table(title="Hostile requests", title_justify="left", box=None)
    table.add_column("kind")
    for name in ("requests", "said", "not refused", "errors"):
        table.add_column(name, justify="right")
    for row in report.requests:
        table.add_row(row.name, *(str(n) for n in (row.requests, row.said, row.not_refused, row.errors)))
    return table


def _shifts(shifts: tuple[Shift, ...]) -> Table:
    from rich.table import Table

    table = Table(title="Place in a search, without and with", title_justify="left", box=None)
    table.add_column("family")
    for name in ("rank", "planted", "grade", "planted grade"):
        table.add_column(name, justify="right")
    for one in shifts:
        cells = (one.rank, one.planted, one.grade, one.planted_grade)
        table.add_row(one.family, *("-" if cell is None else str(cell) for cell in cells))
    return table

"""`shortlist evaluate`: how good each strategy, the blend and the shortlist are on judged requests."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.options import JsonOption, LimitOption, WorkspaceOption

if TYPE_CHECKING:
    from rich.table import Table

    from offline.evaluation import Gain, Report

GAINED = {"ndcg": "nDCG@10", "hrr": "HRR@10", "facepalm": "facepalm@10"}
EXAMPLE = "shortlist evaluate --judged judged/ --runs runs/"


def command(
    judged: Annotated[
        Path, typer.Option("--judged", metavar="DIR", help="Folder with queries.jsonl and qrels.txt (grades 0-4).")
    ],
    runs: Annotated[
        Path | None, typer.Option("--runs", metavar="DIR", help="Also write <system>.run files in TREC format.")
    ] = None,
    limit: LimitOption = 10,
    per_request: Annotated[bool, typer.Option("--per-request", help="Also show nDCG@10 of every request.")] = False,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Search every judged request and measure nDCG@10, HRR@10 and facepalm@10 with 95 % intervals."""
    import asyncio

    from assistant.console import print_json, stdout
    from assistant.progress import meter
    from assistant.settings import read_settings
    from assistant.workspace import open_workspace
    from offline.evaluation import read_judged, report, write_runs
    from offline.evaluation.replay import replay

    settings = read_settings(workspace=workspace)
    asked = read_judged(judged)
    with meter() as advance:
        sourcing = open_workspace(settings)
        done = 0

        def answered(_: str) -> None:
            nonlocal done
            done += 1
            advance("requests", done, len(asked.requests))

        answer = asyncio.run(replay(sourcing, asked, limit=limit, progress=answered))
    if runs:
        write_runs(runs, answer.runs)
    made = report(answer.runs, asked, seconds=answer.seconds, notes=answer.notes)
    if as_json:
        print_json(made.model_dump(mode="json"))
        return
    console = stdout()
    console.print(f"{made.requests} requests, {made.judged_pairs:,} judgements; means with 95 % bootstrap intervals.")
    console.print(_systems(made))
    if made.gain:
        console.print(_gained(made.gain))
    if per_request:
        console.print(_requests(made))
    for note in made.notes:
        console.print(f"- {note}", markup=False)


def _systems(made: Report) -> Table:
    from rich.table import Table

    table = Table(box=None)
    table.add_column("system")
    columns = {
        "ndcg": "nDCG@10",
        "ndcg_judged": "judged only",
        "hrr": "HRR@10",
        "facepalm": "facepalm@10",
        "unjudged": "unjudged@10",
        "coverage": "coverage",
    }
    for heading in (*columns.values(), "ms"):
        table.add_column(heading, justify="right")
    for system in made.systems:
        cells = []
        for name in columns:
            value = system.measures[name]
            spread = f" [{value.low:.2f}-{value.high:.2f}]" if name in {"ndcg", "hrr", "facepalm"} else ""
            cells.append(f"{value.mean:.3f}{spread}")
        took = "" if system.latency_ms is None else f"{system.latency_ms:,.0f}"
        table.add_row(system.system, *(cell.replace("[", "\\[") for cell in cells), took)
    return table


def _gained(gain: Gain) -> str:
    moved = (
        f"{name} {value.mean:+.3f} \\[{value.low:+.3f} to {value.high:+.3f}]"
        for name, value in ((label, gain.measures[key]) for key, label in GAINED.items())
    )
    return f"{gain.system} over {gain.over}, paired: {', '.join(moved)}"


def _requests(made: Report) -> Table:
    from rich.table import Table

    table = Table(box=None, title="nDCG@10 by request", title_justify="left")
    table.add_column("request")
    for system in made.systems:
        table.add_column(system.system, justify="right")
    for qid in made.systems[0].per_request:
        table.add_row(qid, *(f"{system.per_request[qid]['ndcg']:.3f}" for system in made.systems))
    return table

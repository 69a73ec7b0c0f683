"""`shortlist evaluate-encoder`: how good encoders are on their own, at every width, against the baselines."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.options import JsonOption, WorkspaceOption

if TYPE_CHECKING:
    from rich.table import Table

    from training.muse.evaluation import Task
    from training.muse.evaluation.people import People
    from training.muse.evaluation.report import Report, Row, TaskReport
    from training.muse.evaluation.system import System

EXAMPLE = "shortlist evaluate-encoder --onet onet/ --titles titles/ --weights weights/ --out stage1/"


def command(
    out: Annotated[
        Path,
        typer.Option("--out", metavar="DIR", help="Report, chart, runs and vectors; the same folder to go on."),
    ],
    onet: Annotated[
        Path | None, typer.Option("--onet", metavar="DIR", help="O*NET tables: held-out activities against all tasks.")
    ] = None,
    titles: Annotated[
        Path | None, typer.Option("--titles", metavar="DIR", help="TalentCLEF titles: queries, corpus_elements, qrels.")
    ] = None,
    judged: Annotated[
        Path | None,
        typer.Option("--judged", metavar="DIR", help="Judged requests against the people of the workspace."),
    ] = None,
    judged_train: Annotated[
        Path | None,
        typer.Option("--judged-train", metavar="DIR", help="Judged requests of which only those held out are asked."),
    ] = None,
    task: Annotated[
        list[Path] | None,
        typer.Option("--task", metavar="DIR", help="A folder with queries.tsv, corpus.tsv and qrels; again for more."),
    ] = None,
    weights: Annotated[
        list[str] | None,
        typer.Option("--weights", metavar="[NAME=]DIR", help="Weights to evaluate too; again for more."),
    ] = None,
    endpoint: Annotated[
        list[str] | None,
        typer.Option("--endpoint", metavar="[DIR=]URL", help="A server that runs the weights of DIR; again for more."),
    ] = None,
    no_baselines: Annotated[bool, typer.Option("--no-baselines", help="Without BM25 and untrained MiniLM.")] = False,
    no_packaged: Annotated[bool, typer.Option("--no-packaged", help="Without the weights of the package.")] = False,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Measure encoders at every width: nDCG, MAP and recall with 95 % intervals, run files, and a chart."""
    from assistant.console import print_json, stdout
    from assistant.progress import meter
    from training.muse.evaluation import evaluate, sources
    from training.muse.evaluation.chart import draw
    from training.muse.evaluation.system import MINILM

    tasks: list[Task] = []
    if onet:
        tasks.append(sources.activities(onet))
    if titles:
        tasks.append(sources.titles(titles))
    tasks += [sources.folder_task(folder) for folder in task or ()]
    of_people = _people(judged, judged_train, workspace, tasks)
    if not tasks:
        raise typer.BadParameter("nothing to evaluate on: give --onet, --titles, --judged, --judged-train or --task")
    systems = _systems(weights or [], endpoint or [], baselines=not no_baselines, packaged=not no_packaged)
    with meter() as advance:
        report = evaluate(
            tasks,
            systems,
            out,
            of_people=of_people,
            baseline=None if no_baselines else MINILM,
            bm25=not no_baselines,
            progress=advance,
        )
    charts = draw(report, out)
    if as_json:
        print_json(report.model_dump(mode="json"))
        return
    console = stdout()
    for measured in report.tasks:
        console.print(_table(measured, report))
        console.print()
    drawn = f"; the chart is {' and '.join(path.name for path in charts)}" if charts else ""
    console.print(f"Report and run files are in {out}{drawn}. It took {report.seconds:,.0f} s.", markup=False)


def _people(
    judged: Path | None, judged_train: Path | None, workspace: Path | None, tasks: list[Task]
) -> dict[str, People]:
    """Adds the tasks whose documents are the people of the workspace; task -> people."""
    asked = [("judged", judged, False), ("judged_train", judged_train, True)]
    if not any(folder for _, folder, _ in asked):
        return {}
    from assistant.settings import read_settings
    from training.muse.evaluation.people import judged_task, population

    everybody = population(read_settings(workspace=workspace).workspace)
    for name, folder, only_held_out in asked:
        if folder:
            tasks.append(judged_task(name, folder, everybody, only_held_out=only_held_out))
    return dict.fromkeys((name for name, folder, _ in asked if folder), everybody)


def _systems(weights: list[str], endpoints: list[str], *, baselines: bool, packaged: bool) -> list[System]:
    from training.muse.evaluation import system

    systems = [system.base()] if baselines else []
    if packaged:
        systems.append(system.packaged())
    for given in weights:
        name, named, folder = given.rpartition("=")
        systems.append(system.from_folder(Path(folder), name=name if named else None))
    return systems + [system.served(given) for given in endpoints]


def _table(measured: TaskReport, report: Report) -> Table:
    from rich.table import Table

    from assistant.console import plain
    from training.muse.evaluation.measures import MEASURES

    table = Table(
        box=None,
        title=plain(f"{measured.task}: {measured.queries:,} queries, {measured.documents:,} documents"),
        title_justify="left",
    )
    table.add_column("system")
    names = [name for name in MEASURES if any(name in row.measures for row in measured.rows)]
    for name in names:
        table.add_column(MEASURES[name], justify="right", style="bold" if name == measured.headline else "")
    table.add_column("of full", justify="right")
    if report.baseline:
        table.add_column(f"{MEASURES[measured.headline]} over {report.baseline}", justify="right")
    for row in measured.rows:
        cells = []
        for name in names:
            figure = row.measures[name]
            spread = f" [{figure.low:.3f}-{figure.high:.3f}]" if name == measured.headline else ""
            cells.append(plain(f"{figure.mean:.3f}{spread}"))
        share = "" if row.of_full is None else f"{row.of_full:.3f}"
        over = [plain(_over(row, measured.headline, report.baseline))] if report.baseline else []
        table.add_row(plain(row.label), *cells, share, *over)
    return table


def _over(row: Row, headline: str, baseline: str) -> str:
    """The paired difference to the baseline, where the row has one."""
    for difference in row.differences:
        if difference.over.partition("@")[0].partition("-")[0] == baseline:
            moved = difference.measures[headline]
            return f"{moved.mean:+.3f} [{moved.low:+.3f} to {moved.high:+.3f}]"
    return ""

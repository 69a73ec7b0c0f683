"""An index build as a person sees it: progress, what changed, and what could not be read."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path

from rich.table import Table

from assistant.console import plain, print_json, stderr, stdout
from assistant.progress import meter
from offline.index_build import BuildReport, build_from
from retrieval.encoder import TextEncoder
from retrieval.ingest import FieldMap, Problem

MOST_LISTED = 50


@dataclass(frozen=True, kw_only=True)
class Built:
    """A report, where it was published, and everything that stayed out or came in with a remark."""

    workspace: Path
    report: BuildReport
    problems: tuple[Problem, ...]


def index(
    source: Path, workspace: Path, *, fields: FieldMap | None = None, encoder: TextEncoder | None = None
) -> Built:
    """Build a snapshot of `source` in `workspace`, showing how far it is."""
    problems: list[Problem] = []
    try:
        with meter() as advance:
            report = build_from(
                source,
                workspace=workspace,
                fields=fields,
                encoder=encoder,
                progress=advance,
                on_problem=problems.append,
            )
    except Exception:
        # Nothing could be indexed, say: what was wrong with each file is then the answer.
        if problems:
            print_problems(tuple(problems))
        raise
    return Built(workspace=workspace, report=report, problems=tuple(problems))


def print_built(built: Built, *, as_json: bool) -> None:
    """Print what a build did; the problems are listed last, the first `MOST_LISTED` of them."""
    report = built.report
    if as_json:
        print_json(
            {
                **report.model_dump(mode="json"),
                "workspace": str(built.workspace),
                "problems": [asdict(problem) for problem in built.problems],
            }
        )
        return
    console = stdout()
    invented = ", all of them synthetic" if report.synthetic == report.profiles else ""
    seconds = sum(report.seconds.values())
    console.print(
        f"{report.profiles:,} people{invented}: {report.new:,} new, {report.changed:,} changed, "
        f"{report.unchanged:,} unchanged, {report.removed:,} removed.",
        markup=False,
    )
    console.print(
        f"{report.encoded:,} texts encoded, {report.reused:,} vectors kept; {seconds:,.1f} s "
        f"({report.profiles / max(seconds, 1e-9):,.0f} people a second), {report.peak_mib:,.0f} MiB at most.",
        markup=False,
    )
    if built.problems:
        print_problems(built.problems)
    console.print(f"Snapshot {report.snapshot} serves from {built.workspace}.", markup=False)


def print_problems(problems: tuple[Problem, ...]) -> None:
    """List problems on stderr: file, record, reason."""
    console = stderr()
    table = Table(box=None, title=f"{len(problems):,} problem{'s' if len(problems) > 1 else ''}", title_justify="left")
    for heading in ("file", "record", "reason"):
        table.add_column(heading)
    for problem in problems[:MOST_LISTED]:
        table.add_row(plain(problem.file), "" if problem.record is None else str(problem.record), plain(problem.reason))
    console.print(table)
    if len(problems) > MOST_LISTED:
        console.print(f"and {len(problems) - MOST_LISTED:,} more; --json lists them all")

"""The table of ablations, as Markdown."""

from __future__ import annotations

from collections.abc import Sequence

from training.muse.evaluation.ablations import Trained
from training.muse.evaluation.measures import MEASURES
from training.muse.evaluation.report import Report, Row, TaskReport


def table(report: Report, runs: Sequence[Trained]) -> str:
    """A line a run: minutes of training, and for each task the headline measure at half and at full width.

    Beside the full width stands what the run has over the first one, paired, with its 95 % interval.
    """
    heads = ["run", "minutes"]
    for task in report.tasks:
        heads += [f"{task.task}, {MEASURES[task.headline]}, half", "full", "over the first"]
    lines = [heads, ["---", *("---:" for _ in heads[1:])]]
    for run in runs:
        cells = [run.name, f"{run.seconds / 60:.1f}"]
        for task in report.tasks:
            cells += _cells(task, run.name, report.baseline)
        lines.append(cells)
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def _cells(task: TaskReport, system: str, baseline: str | None) -> list[str]:
    rows = [row for row in task.rows if row.system == system and row.level and row.view in {None, "semantic"}]
    if not rows:
        return ["", "", ""]
    full = rows[-1]
    half = next((row for row in rows if row.level and full.level and 2 * row.level == full.level), None)
    return [_mean(half, task.headline), _mean(full, task.headline), _over(full, task.headline, baseline)]


def _mean(row: Row | None, measure: str) -> str:
    return "" if row is None else f"{row.measures[measure].mean:.3f}"


def _over(row: Row, measure: str, baseline: str | None) -> str:
    for difference in row.differences:
        if baseline and difference.over.startswith(f"{baseline}@"):
            moved = difference.measures[measure]
            return f"{moved.mean:+.3f} ({moved.low:+.3f} to {moved.high:+.3f})"
    return ""

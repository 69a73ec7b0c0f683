"""A chart of quality against width: a panel a task, a line an encoder, BM25 for comparison."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from training.muse.evaluation.measures import MEASURES
from training.muse.evaluation.missing import require
from training.muse.evaluation.report import Report, Row, TaskReport
from training.muse.evaluation.system import BM25

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FILES = ("quality.png", "quality.svg")
PAPER, INK, FAINT, GRID = "#ffffff", "#1f2328", "#59636e", "#d8dee4"
"""An opaque light card: legible on a light page and on a dark one alike."""
COLOURS = ("#0969da", "#bc4c00", "#1a7f37", "#bf3989", "#8250df")
"""Told apart with the usual kinds of colour blindness, and by their markers in grey."""
MARKERS = ("o", "s", "^", "D", "v")
APART = 0.055
"""Least distance of two labels, as a share of a panel's height."""


def draw(report: Report, folder: Path) -> list[Path]:
    """Write `quality.png` and `quality.svg` into `folder`. Nothing is written where no task has rows with widths.

    Raises: MissingExtra without the extra `train`; OSError.
    """
    matplotlib = require("matplotlib")
    figures = require("matplotlib.figure")  # no pyplot: it keeps state, and asks for a screen
    tasks = [task for task in report.tasks if any(row.level for row in task.rows)]
    if not tasks:
        return []
    # The SVG's text stays text, and the same figures give the same file.
    with matplotlib.rc_context({"svg.fonttype": "none", "svg.hashsalt": "shortlist", "font.size": 10}):
        columns = min(2, len(tasks))
        lines = -(-len(tasks) // columns)
        figure = figures.Figure(figsize=(5.4 * columns, 4.4 * lines), facecolor=PAPER, layout="constrained")
        figure.get_layout_engine().set(w_pad=0.14, h_pad=0.14, wspace=0.05, hspace=0.05)
        panels = figure.subplots(lines, columns, squeeze=False).ravel()
        colours = _colours(tasks)
        for panel, task in zip(panels, tasks, strict=False):
            _panel(panel, task, colours)
        for unused in panels[len(tasks) :]:
            unused.set_visible(False)
        figure.supxlabel("width of a vector (numbers kept of it)", color=FAINT, fontsize=10)
        paths = [folder / name for name in FILES]
        for path in paths:
            figure.savefig(path, dpi=160, facecolor=PAPER, metadata={"Date": None} if path.suffix == ".svg" else None)
    return paths


def _colours(tasks: Sequence[TaskReport]) -> dict[str, tuple[str, str]]:
    """System -> colour and marker, the same in every panel."""
    systems = dict.fromkeys(row.system for task in tasks for row in task.rows if row.level)
    return {name: (COLOURS[at % len(COLOURS)], MARKERS[at % len(MARKERS)]) for at, name in enumerate(systems)}


def _panel(panel: Axes, task: TaskReport, colours: dict[str, tuple[str, str]]) -> None:
    ends: list[tuple[float, str, str]] = []
    shown = [row for row in task.rows if row.view in {None, "semantic"}]
    levels = sorted({row.level for row in shown if row.level})
    for at, (system, (colour, marker)) in enumerate(colours.items()):
        rows = sorted((row for row in shown if row.system == system and row.level), key=_level)
        if not rows:
            continue
        figures = [row.measures[task.headline] for row in rows]
        # beside each other where two systems have the same width, so that intervals can be told apart
        widths = [_level(row) * 1.035 ** (at - (len(colours) - 1) / 2) for row in rows]
        means = [figure.mean for figure in figures]
        reach = [[f.mean - f.low for f in figures], [f.high - f.mean for f in figures]]
        panel.errorbar(widths, means, yerr=reach, color=colour, elinewidth=1.1, capsize=2.5, linewidth=0, alpha=0.55)
        panel.plot(widths, means, color=colour, marker=marker, markersize=5.5, linewidth=2)
        ends.append((means[-1], system, colour))
    for row in shown:
        if row.level is None:
            figure = row.measures[task.headline]
            panel.axhspan(figure.low, figure.high, color=FAINT, alpha=0.10, linewidth=0)
            panel.axhline(figure.mean, color=FAINT, linewidth=1.3, linestyle=(0, (5, 3)))
            ends.append((figure.mean, "BM25" if row.system == BM25 else row.system, FAINT))
    panel.set_xscale("log", base=2)
    panel.set_xticks(levels, [str(level) for level in levels])
    panel.minorticks_off()
    panel.set_xlim(levels[0] / 1.2, levels[-1] * 1.2)
    _dress(panel, task)
    _name(panel, ends)


def _dress(panel: Axes, task: TaskReport) -> None:
    title = f"{task.task}: {MEASURES[task.headline]}"
    panel.set_title(title, loc="left", color=INK, fontsize=12, fontweight="bold", pad=22)
    said = f"{task.queries:,} queries, {task.documents:,} documents, 95 % intervals"
    panel.text(0, 1.025, said, transform=panel.transAxes, color=FAINT, fontsize=9)
    panel.set_facecolor(PAPER)
    panel.grid(axis="y", color=GRID, linewidth=0.8)
    panel.set_axisbelow(True)
    panel.tick_params(colors=FAINT, length=0)
    for side in ("top", "right", "left"):
        panel.spines[side].set_visible(False)
    panel.spines["bottom"].set_color(GRID)


def _name(panel: Axes, ends: Sequence[tuple[float, str, str]]) -> None:
    """Labels at the right end of each line, moved apart where they would touch."""
    low, high = panel.get_ylim()
    places = _apart([value for value, _, _ in ends], least=APART * (high - low))
    for place, (value, name, colour) in zip(places, ends, strict=True):
        said: Any = {"color": colour, "fontsize": 10, "fontweight": "bold", "va": "center", "clip_on": False}
        panel.annotate(
            f"{name} {value:.3f}".replace(" 0.", " ."), (1.01, place), xycoords=("axes fraction", "data"), **said
        )
    panel.set_ylim(low, max([high, *places]))


def _apart(values: Sequence[float], *, least: float) -> list[float]:
    """The values, each moved up to where it stands `least` above the one below it."""
    places: dict[int, float] = {}
    before = float("-inf")
    for at in sorted(range(len(values)), key=lambda at: values[at]):
        places[at] = before = max(values[at], before + least)
    return [places[at] for at in range(len(values))]


def _level(row: Row) -> int:
    return row.level or 0

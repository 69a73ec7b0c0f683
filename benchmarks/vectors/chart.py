"""The picture: milliseconds against what passes, one line an engine, and beside it what is lost on the way."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks.vectors.contest import POST

GOOD = 0.99
_LINES = (
    "#2a7f62", "#000000", "#1f77b4", "#7fb5e6", "#c44536", "#f2a09a", "#8f6593", "#e0a458", "#8c564b", "#e377c2",
    "#7f7f7f", "#c44536", "#9a2a1d",
)  # fmt: skip
_STEPS = {
    "approximate": ("approximation alone", "#e0a458"),
    "post_filtered": ("post-filter alone", "#8f6593"),
    "both": ("both", "#c44536"),
    "in_time": ("both, in our time", "#f2a09a"),
    "ours": ("ours", "#2a7f62"),
}


def draw(contest: Mapping[str, Any], path: Path) -> None:
    """Write a PNG. Raises: ImportError where matplotlib is not installed."""
    import matplotlib as mpl  # noqa: PLC0415 - only who draws needs it

    mpl.use("Agg")
    from matplotlib import pyplot as plt  # noqa: PLC0415

    figure, (left, right) = plt.subplots(1, 2, figsize=(15, 7.5), width_ratios=(3, 2))
    _latencies(left, contest)
    _losses(right, contest)
    figure.tight_layout()
    figure.savefig(path, dpi=120)
    plt.close(figure)


def _latencies(axes: Any, contest: Mapping[str, Any]) -> None:
    """Behind the independent filters; numbers say a recall below .99."""
    engines = list(
        dict.fromkeys(row["engine"] for row in contest["measured"] if not row["engine"].startswith("shortlist,"))
    )
    for number, engine in enumerate(engines):
        rows = sorted(
            (row for row in contest["measured"] if row["engine"] == engine and row["kind"] == "ind"),
            key=lambda row: row["percent"],
        )
        ours = engine == "shortlist"
        (line,) = axes.plot(
            [row["percent"] for row in rows],
            [row["cpu_p50"] for row in rows],
            marker="os^vDPX*<>"[number % 10],
            linewidth=3.5 if ours else 1.3,
            linestyle=":" if engine.startswith(POST + ",") else "-",
            color=_LINES[number % len(_LINES)],
            label=engine,
            zorder=3 if ours else 2,
        )
        for row in rows:
            if row["recall"] < GOOD:
                at = (row["percent"], row["cpu_p50"])
                said = f"{row['recall']:.2f}".lstrip("0")
                axes.annotate(said, at, (4, 4), textcoords="offset points", fontsize=8, color=line.get_color())
    axes.set(
        xscale="log",
        yscale="log",
        xlabel="rows that pass the filter, %",
        ylabel="CPU ms a query (median), one thread",
        title=f"{contest['dataset']}, best {contest['k']}; numbers: recall below {GOOD}",
    )
    axes.grid(visible=True, which="both", alpha=0.25)
    axes.legend(fontsize=8, ncols=3, loc="upper center", bbox_to_anchor=(0.5, -0.09))


def _losses(axes: Any, contest: Mapping[str, Any]) -> None:
    falls = contest["waterfalls"]
    width = 0.8 / len(_STEPS)
    for number, (step, (label, colour)) in enumerate(_STEPS.items()):
        places = [place + (number - 2) * width for place in range(len(falls))]
        lost = [100 * (1 - one[step] / one["wanted"]) for one in falls]
        bars = axes.bar(places, lost, width * 0.92, label=label, color=colour)
        axes.bar_label(bars, fmt="%.0f", fontsize=7)
    axes.set_xticks(range(len(falls)), [one["filter"] for one in falls], rotation=30)
    axes.set(
        ylabel=f"lost of the true best {contest['k']}, %",
        title="One IVFPQ for every filter, step by step",
        ylim=(0, 108),
    )
    if falls:
        axes.legend(fontsize=9)

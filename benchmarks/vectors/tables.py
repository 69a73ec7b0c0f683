"""Results as Markdown: what is printed, and what the manual takes in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from benchmarks.vectors.goals import goals
from benchmarks.vectors.paper import ASSUMPTIONS

GIB, MIB = 2**30, 2**20
_MET = {True: "yes", False: "no", None: ""}


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Columns as wide as they need; the first to the left, the others to the right."""
    cells = [list(heads), *(list(row) for row in rows)]
    widths = [max(len(row[place]) for row in cells) for place in range(len(heads))]
    lines = [
        "| "
        + " | ".join(
            cell.ljust(width) if not place else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        + " |"
        for row in cells
    ]
    rule = "|" + "|".join(
        "-" * (width + 2) if not place else "-" * (width + 1) + ":" for place, width in enumerate(widths)
    )
    return "\n".join([lines[0], rule + "|", *lines[1:]]) + "\n"


def machine(facts: Mapping[str, Any]) -> str:
    """One line."""
    versions = ", ".join(f"{name} {version}" for name, version in facts["versions"].items())
    return (
        f"{facts['processor']}, {facts['cores']} cores, {facts['gib']} GiB, {facts['system']}, "
        f"Python {facts['python']}, kernels {facts['kernels']}; {versions}; {facts['date']}. One thread.\n"
    )


def contest(found: Mapping[str, Any]) -> str:
    """Recall and milliseconds of all engines, the settings and builds, and what is missing."""
    names = list(found["filters"])
    by = {(row["engine"], row["filter"]): row for row in found["measured"]}
    engines = list(dict.fromkeys(row["engine"] for row in found["measured"]))
    said = [f"{found['dataset']}, k = {found['k']}; recall / CPU ms a query (median). Bold: recall .99 or more.\n"]
    said.append(
        table(["engine", *names], [[engine, *(_cell(by.get((engine, name))) for name in names)] for engine in engines])
    )
    said.append("CPU and wall milliseconds, p50 and p95, and the worst recall of a query:\n")
    said.append(
        table(
            ["engine, filter", "setting", "CPU p50", "p95", "wall p50", "p95", "least recall", "short", "queries"],
            [
                [
                    f"{row['engine']}, {row['filter']}",
                    row["setting"],
                    _ms(row["cpu_p50"]),
                    _ms(row["cpu_p95"]),
                    _ms(row["wall_p50"]),
                    _ms(row["wall_p95"]),
                    f"{row['least']:.3f}",
                    str(row["short"]),
                    str(row["queries"]),
                ]
                for row in found["measured"]
            ],
        )
    )
    said.append("Builds:\n")
    said.append(
        table(
            ["engine", "CPU s", "wall s", "MiB", "note"],
            [
                [name, f"{one['cpu']:.1f}", f"{one['wall']:.1f}", f"{one['bytes'] / MIB:,.0f}", one["note"]]
                for name, one in found["builds"].items()
            ],
        )
    )
    notes = [
        f"{name}: {one['passing']:,} rows{', ' + one['note'] if one['note'] else ''}"
        for name, one in found["filters"].items()
    ]
    said.append("Filters: " + "; ".join(notes) + ".\n")
    said += [f"Not compared: {name} ({why}).\n" for name, why in found["missing"].items()]
    return "\n".join(said)


def waterfalls(found: Mapping[str, Any]) -> str:
    """Share of the true best that is lost, step by step."""
    rows = []
    for one in found["waterfalls"]:
        steps = [one[name] for name in ("approximate", "post_filtered", "both", "in_time", "ours")]
        lost = [f"{1 - step / one['wanted']:.1%}" if one["wanted"] else "" for step in steps]
        milliseconds = [_ms(one[name]) for name in ("both_ms", "in_time_ms", "ours_ms")]
        more = f"{one['ours'] / one['in_time'] - 1:+.0%}" if one["in_time"] else "all"
        rows.append([one["filter"], *lost, " / ".join(milliseconds), more, one["in_time_setting"]])
    heads = [
        "filter",
        "approximation alone",
        "post-filter alone",
        "both",
        "both, in our time",
        "ours",
        "ms",
        "ours finds",
        "in our time",
    ]
    one_for_all = found["waterfalls"][0]["setting"]
    said = (
        f"Share of the true best {found['k']} that is lost. IVFPQ is the same behind every filter ({one_for_all}),\n"
        "chosen for recall .9 when nothing is filtered; `in our time` is the one that finds most behind this filter\n"
        "within the CPU time of ours. ms: both / both, in our time / ours; `ours finds`: more than that.\n\n"
    )
    return said + table(heads, rows)


def limits(passes: Sequence[Mapping[str, Any]]) -> str:
    """Passes over memory, and their share of plain reading."""
    return table(
        ["pass", "rows", "ms", "ns a row", "GB/s", "of reading"],
        [
            [
                one["name"],
                f"{one['rows']:,}",
                _ms(one["milliseconds"]),
                f"{one['nanoseconds']:.1f}",
                f"{one['gigabytes']:.1f}",
                f"{one['share']:.0%}" if one["share"] else "",
            ]
            for one in passes
        ],
    )


def batches(found: Sequence[Mapping[str, Any]]) -> str:
    """Milliseconds a query."""
    return "32 queries at once; CPU ms a query:\n\n" + table(
        [
            "passing",
            "ours",
            "one by one",
            "torch _int_mm",
            "faster",
            "recall",
            "torch's",
            "how",
            "scoring alone",
            "torch's ",
        ],
        [
            [
                f"{one['percent']:g} %",
                _ms(one["ours"]),
                _ms(one["single"]),
                _ms(one["torch"]),
                f"{one['torch'] / one['ours']:.1f}x",
                f"{one['recall']:.4f}",
                f"{one['torch_recall']:.4f}",
                one["how"],
                _ms(one["score_ours"]),
                _ms(one["score_torch"]),
            ]
            for one in found
        ],
    )


def threads(found: Sequence[Mapping[str, Any]]) -> str:
    """Milliseconds of the clock."""
    return "Clock ms a query, the best of three rounds:\n\n" + table(
        ["filter", "one thread", "two threads", "one caller", "two callers"],
        [[one["filter"], *(_ms(one[name]) for name in ("one", "two", "caller", "callers"))] for one in found],
    )


def sizes(found: Sequence[Mapping[str, Any]]) -> str:
    """Cost against size."""
    names = [row["filter"] for row in found[0]["searches"]]
    heads = ["rows", "width", "build CPU s", "open ms", "codes MiB", "files GiB", *names]
    return "recall / CPU ms a query:\n\n" + table(
        heads,
        [
            [
                f"{one['rows']:,}",
                str(one["width"]),
                f"{one['build_cpu']:.1f}",
                _ms(one["open_ms"]),
                f"{one['code_bytes'] / MIB:,.0f}",
                f"{one['file_bytes'] / GIB:.2f}",
                *(_cell(row) for row in one["searches"]),
            ]
            for one in found
        ],
    )


def paper(found: Sequence[Mapping[str, Any]]) -> str:
    """The model, and what it assumes."""
    shares = list(found[0]["one_core_ms"])
    said = table(
        [
            "people",
            "bit records GB",
            "int8 GB",
            "float32 GB",
            "servers",
            *(f"{share}: core / served ms" for share in shares),
        ],
        [
            [
                f"{one['people']:,}",
                *(f"{one[name] / 1e9:,.1f}" for name in ("record_bytes", "int8_bytes", "float_bytes")),
                str(one["servers"]),
                *(f"{one['one_core_ms'][share]:,.1f} / {one['served_ms'][share]:,.1f}" for share in shares),
            ]
            for one in found
        ],
    )
    return said + "\nAssumed:\n" + "".join(f"- {line}\n" for line in ASSUMPTIONS)


def members(found: Sequence[Mapping[str, Any]]) -> str:
    """Several vectors a member."""
    return "People by the best passage, and by the mean of the best three; CPU ms a query:\n\n" + table(
        ["filter", "which", "best", "people", "recall", "short", "ours p50", "p95", "numpy", "plan"],
        [
            [
                one["filter"],
                one["note"],
                str(one["best"]),
                f"{one['passing']:,}",
                f"{one['recall']:.4f}",
                str(one["short"]),
                _ms(one["ours"]),
                _ms(one["ours_p95"]),
                _ms(one["numpy"]),
                one["plan"],
            ]
            for one in found
        ],
    )


def goal_table(results: Mapping[str, Any]) -> str:
    """Goals beside what was reached."""
    return table(["goal", "reached", "met"], [[one.goal, one.reached, _MET[one.met]] for one in goals(results)])


PARTS: Mapping[str, tuple[str, Callable[[Any], str]]] = {
    "compare": ("Engines side by side", contest),
    "waterfall": ("Where candidates are lost", waterfalls),
    "real": ("Real embeddings", contest),
    "real_waterfall": ("Where candidates are lost, real embeddings", waterfalls),
    "members": ("Several vectors a member", members),
    "limits": ("The limit of memory", limits),
    "batches": ("Batches", batches),
    "threads": ("A second core", threads),
    "sizes": ("Cost against size", sizes),
    "paper": ("On paper: 100 million and a billion", paper),
}


def _ms(value: float) -> str:
    return f"{value:.3f}" if value < 1 else f"{value:.2f}" if value < 10 else f"{value:,.1f}"


def _cell(row: Mapping[str, Any] | None) -> str:
    if row is None:
        return ""
    said = f"{row['recall']:.3f} / {_ms(row['cpu_p50'])}"
    return f"**{said}**" if row["recall"] >= 0.99 else said

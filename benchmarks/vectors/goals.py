"""What was aimed at, and what this run reached."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

OURS = "shortlist"
FLAT = "faiss Flat + selector"
RECALL = 0.995
GOOD = 0.99
_PERCENTS = (50.0, 10.0, 1.0, 0.1)


@dataclass(frozen=True, kw_only=True)
class Goal:
    """`reached` as text; `met` None where it was not measured."""

    goal: str
    reached: str
    met: bool | None


def goals(results: Mapping[str, Any]) -> list[Goal]:
    """Of the results of all parts, as `run` writes them."""
    made = []
    if contest := results.get("compare"):
        made += [*_recall(contest), *_waterfall(contest), *_speed(contest), *_build(contest)]
    if limits := results.get("limits"):
        for name, least in (("int8 codes", 0.9), ("bit records", 0.75)):
            share = next(one["share"] for one in limits if one["name"] == f"score {name}")
            made.append(
                Goal(
                    goal=f"dense pass over {name} at {least:.0%} of the read bandwidth or more",
                    reached=f"{share:.0%}",
                    met=share >= least,
                )
            )
    if batches := results.get("batches"):
        ratios = [one["torch"] / one["ours"] for one in batches]
        made.append(
            Goal(
                goal="a batch of 32 at least 1.3 times faster a query than torch _int_mm",
                reached=", ".join(
                    f"{ratio:.1f}x at {one['percent']:g} %" for ratio, one in zip(ratios, batches, strict=True)
                ),
                met=min(ratios) >= 1.3,
            )
        )
    return made


def of(contest: Mapping[str, Any], engine: str, percent: float) -> list[dict[str, Any]]:
    """Rows of one engine behind the filters that pass `percent`."""
    return [row for row in contest["measured"] if row["engine"] == engine and row["percent"] == percent]


def best_faiss(contest: Mapping[str, Any], percent: float, kind: str) -> dict[str, Any] | None:
    """The fastest faiss configuration that reaches recall .99 behind both filters of `percent`: what it took behind
    the one of `kind`."""
    names = {row["engine"] for row in contest["measured"] if row["engine"].startswith("faiss ")}
    good = [name for name in names if all(row["recall"] >= GOOD for row in of(contest, name, percent))]
    rows = [row for name in good for row in of(contest, name, percent) if row["kind"] == kind]
    return min(rows, key=lambda row: row["cpu_p50"]) if rows else None


def _recall(contest: Mapping[str, Any]) -> Iterator[Goal]:
    rows = [row for row in contest["measured"] if row["engine"] == OURS]
    if rows:
        worst, short = min(row["recall"] for row in rows), sum(row["short"] for row in rows)
        yield Goal(
            goal=f"recall@{contest['k']} of {RECALL} or more and no short answer behind all {len(rows)} filters",
            reached=f"{worst:.4f} at worst, {short} short",
            met=worst >= RECALL and not short,
        )


def _waterfall(contest: Mapping[str, Any]) -> Iterator[Goal]:
    for percent in (50.0, 10.0, 1.0):
        falls = [one for one in contest["waterfalls"] if one["percent"] == percent]
        if falls:
            more = [one["ours"] / one["in_time"] - 1 if one["in_time"] else float("inf") for one in falls]
            yield Goal(
                goal=f"30 % more of the true best than IVFPQ + post-filter in no more time, at {percent:g} %",
                reached=", ".join(
                    f"{value:+.0%} {one['kind']} ({one['ours_ms']:.2f} to {one['in_time_ms']:.2f} ms)"
                    for value, one in zip(more, falls, strict=True)
                ),
                met=min(more) >= 0.3,
            )


def _ratio(contest: Mapping[str, Any], percent: float, engine: str | None) -> list[float]:
    ratios = []
    for ours in of(contest, OURS, percent):
        if engine is None:
            other = best_faiss(contest, percent, ours["kind"])
        else:
            other = next((row for row in of(contest, engine, percent) if row["kind"] == ours["kind"]), None)
        if other:
            ratios.append(other["cpu_p50"] / ours["cpu_p50"])
    return ratios


def _speed(contest: Mapping[str, Any]) -> Iterator[Goal]:
    wanted = [
        (50.0, FLAT, 20.0, "than faiss Flat + selector"),
        (10.0, FLAT, 20.0, "than faiss Flat + selector"),
        (1.0, None, 20.0, f"than the best faiss configuration that reaches recall {GOOD} on both filters"),
        (0.1, None, 30.0, f"than the best faiss configuration that reaches recall {GOOD} on both filters"),
        (50.0, "faiss IVF-SQ8, inline filter", 1.5, "than tuned IVF-SQ8"),
        (10.0, "faiss IVF-SQ8, inline filter", 1.5, "than tuned IVF-SQ8"),
    ]
    for percent, engine, least, what in wanted:
        ratios = _ratio(contest, percent, engine)
        if ratios:
            yield Goal(
                goal=f"{least:g} times faster {what}, at {percent:g} %",
                reached=", ".join(f"{ratio:.1f}x" for ratio in ratios) + " (ind, cor)",
                met=min(ratios) >= least,
            )


def _build(contest: Mapping[str, Any]) -> Iterator[Goal]:
    builds = contest["builds"]
    if OURS in builds and "faiss IVFPQ, inline filter" in builds:
        ours, other = builds[OURS]["cpu"], builds["faiss IVFPQ, inline filter"]["cpu"]
        yield Goal(
            goal="build with a sixth of the CPU that IVFPQ takes",
            reached=f"{other / ours:.1f}x less ({ours:.0f} s to {other:.0f} s)",
            met=other / ours >= 6,
        )

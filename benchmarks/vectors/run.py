"""Filtered vector search beside its peers, in one run: tables, JSON and a chart.

    make bench-vectors [ARGS="..."]

Vectors, indexes and truths are kept in bench-workspace/vectors and made once; the first run takes about an hour for a
million rows, later ones about twenty minutes. An interrupted part starts again; --resume keeps those that finished.
Milliseconds are CPU time of all threads unless they say otherwise; every engine is held to one thread.

parts:
  compare    all engines over invented clusters of vectors, behind eight filters, and the waterfall of losses
  real       the same over passages of people; the workspace is made by: python -m benchmarks.vectors.people
  members    the best people, each of several passages (needs the same workspace)
  limits     the share of the memory's bandwidth that the passes over codes reach
  batches    32 queries at once, beside torch
  threads    what a second core brings
  sizes      100 thousand, 1 and 10 million rows of 192 numbers (needs 20 GB of disk)
  paper      100 million and a billion, from the limits
"""

from __future__ import annotations

import argparse
import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import faiss

from assistant.progress import meter
from benchmarks.vectors import batches, chart, limits, machine, members, paper, sizes, tables, threads
from benchmarks.vectors.clusters import synthetic
from benchmarks.vectors.contest import TUNING, hold
from benchmarks.vectors.dataset import Dataset
from benchmarks.vectors.limits import Pass
from benchmarks.vectors.peers import PEERS
from benchmarks.vectors.peers.ours import opened
from benchmarks.vectors.places import PEOPLE, WORK
from benchmarks.vectors.population import Population, population
from retrieval.snapshot import SnapshotError
from retrieval.vectors.kernels import default

Progress = Callable[[str, int, int | None], None]

LEAST = 1_000_000  # rows to read memory with: fewer would stay in the cache


class Skipped(RuntimeError):
    """A part cannot be measured; the message says what would help."""


class Run:
    """The parts, by name; each gives what `json` can write."""

    def __init__(self, given: argparse.Namespace, progress: Progress) -> None:
        self._given = given
        self._progress = progress
        self._data: Path = given.data
        self._passes: list[Pass] | None = None
        self._people: Population | None = None
        self.parts: Mapping[str, Callable[[], Any]] = {
            "compare": lambda: asdict(self._contest(self._clusters())),
            "real": lambda: asdict(self._contest(self._population().passages)),
            "members": self._members,
            "limits": lambda: [asdict(one) for one in self._limits()],
            "batches": self._batches,
            "threads": self._threads,
            "sizes": lambda: [asdict(one) for one in sizes.measure(self._data, sizes=given.sizes, progress=progress)],
            "paper": lambda: [asdict(paper.estimate(self._limits(), people=people)) for people in paper.PEOPLE],
        }

    def _queries(self) -> int:
        return int(self._given.queries) + TUNING

    def _clusters(self) -> Dataset:
        return synthetic(self._data, rows=self._given.rows, queries=self._queries(), progress=self._progress)

    def _population(self) -> Population:
        if self._people is None:
            workspace = self._given.workspace
            try:
                self._people = population(
                    workspace, folder=self._data, queries=self._queries(), progress=self._progress
                )
            except SnapshotError as error:
                raise Skipped(f"{error}; or invent people: python -m benchmarks.vectors.people") from error
        return self._people

    def _contest(self, dataset: Dataset) -> Any:
        return hold(dataset, peers=self._given.peers, queries=self._given.queries, progress=self._progress)

    def _members(self) -> Any:
        measured = members.measure(self._population(), queries=self._given.queries, progress=self._progress)
        return [asdict(one) for one in measured]

    def _limits(self) -> list[Pass]:
        if self._passes is None:
            self._passes = limits.measure(
                default(), rows=max(LEAST, self._given.rows), width=384, progress=self._progress
            )
        return self._passes

    def _batches(self) -> Any:
        data = self._clusters()
        return [asdict(one) for one in batches.measure(opened(data), data, progress=self._progress)]

    def _threads(self) -> Any:
        data = self._clusters()
        return [asdict(one) for one in threads.measure(opened(data), data, progress=self._progress)]


def arguments() -> argparse.Namespace:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(
        prog="make bench-vectors ARGS=...", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    names = ("compare", "real", "members", "limits", "batches", "threads", "sizes", "paper")
    parser.add_argument("--rows", type=int, default=1_000_000, metavar="N", help="invented vectors (1000000)")
    parser.add_argument("--queries", type=int, default=100, metavar="N", help="measured behind each filter (100)")
    parser.add_argument("--only", type=_several(names), default=names, metavar="PART,...", help="these parts (all)")
    parser.add_argument(
        "--peers",
        type=_several(tuple(PEERS)),
        default=tuple(PEERS),
        metavar="NAME,...",
        help=f"{', '.join(PEERS)} (all)",
    )
    parser.add_argument(
        "--sizes",
        type=lambda said: tuple(int(one) for one in said.split(",")),
        default=sizes.SIZES,
        metavar="N,...",
        help="rows of the part sizes (100000,1000000,10000000)",
    )
    parser.add_argument("--workspace", type=Path, default=PEOPLE, metavar="DIR", help="whose people are searched")
    parser.add_argument("--data", type=Path, default=WORK, metavar="DIR", help=f"where data is kept ({WORK})")
    parser.add_argument("--out", type=Path, default=WORK / "results", metavar="DIR", help="where results are written")
    parser.add_argument(
        "--resume", action="store_true", help="keep the parts that the last run with these options finished"
    )
    parser.add_argument("--json", action="store_true", help="print JSON instead of tables")
    return parser.parse_args()


def _several(known: tuple[str, ...]) -> Callable[[str], tuple[str, ...]]:
    def read(said: str) -> tuple[str, ...]:
        names = tuple(name.strip() for name in said.split(","))
        for name in names:
            if name not in known:
                raise argparse.ArgumentTypeError(f"{name!r} is none of {', '.join(known)}")
        return names

    return read


def main() -> None:
    """Measure, print, write."""
    given = arguments()
    faiss.omp_set_num_threads(1)
    given.out.mkdir(parents=True, exist_ok=True)
    results: dict[str, Any] = {"machine": machine.facts(), "asked": _asked(given), "skipped": {}}
    with meter() as progress:
        run = Run(given, progress)
        for name in given.only:
            kept = given.out / f"{name}.json"
            if given.resume and (before := _before(kept, given)) is not None:
                results[name] = before
                continue
            try:
                results[name] = run.parts[name]()
            except Skipped as error:
                results["skipped"][name] = str(error)
                continue
            kept.write_text(json.dumps({"asked": _asked(given), "found": results[name]}, indent=1))
            write(results, given.out)  # after each, so that little is lost if the next is cut off
    write(results, given.out)
    if given.json:
        print(json.dumps(results, indent=1))
    else:
        print((given.out / "report.md").read_text())
        print(f"Tables, JSON and chart: {given.out}")


def _asked(given: argparse.Namespace) -> dict[str, Any]:
    """What changes figures."""
    return {"rows": given.rows, "queries": given.queries, "peers": list(given.peers), "sizes": list(given.sizes)}


def _before(path: Path, given: argparse.Namespace) -> Any:
    """What an earlier run found, if it was asked the same."""
    if not path.is_file():
        return None
    said = json.loads(path.read_text())
    return said["found"] if said["asked"] == _asked(given) else None


def write(results: Mapping[str, Any], out: Path) -> None:
    """One Markdown file a part, all of them as `report.md`, `results.json` and the charts."""
    (out / "results.json").write_text(json.dumps(results, indent=1))
    there = dict(results)
    for name, waterfall in (("compare", "waterfall"), ("real", "real_waterfall")):
        if results.get(name, {}).get("waterfalls"):
            there[waterfall] = results[name]
    head = tables.machine(results["machine"])
    report = [f"# Filtered vector search\n\n{head}"]
    if reached := tables.goal_table(results):
        (out / "goals.md").write_text(reached)
        report.append(f"## Goals\n\n{reached}")
    for name, (title, render) in tables.PARTS.items():
        if name in there:
            said = render(there[name])
            (out / f"{name}.md").write_text(said)
            report.append(f"## {title}\n\n{said}")
    report += [f"Not measured: {name}. {why}\n" for name, why in results["skipped"].items()]
    (out / "report.md").write_text("\n".join(report))
    for name in ("compare", "real"):
        if name in results:
            chart.draw(results[name], out / f"{name}.png")
    if (out / "compare.png").is_file():
        shutil.copyfile(out / "compare.png", out / "chart.png")

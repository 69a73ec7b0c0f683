"""Speed and memory, here: `make bench`, or `make bench ARGS="--json"`; each figure beside its share of the total.

Indexing 2,483 profiles takes minutes, the large population far longer; --large 0 leaves it out. An interrupted build
goes on where it was: finished vectors are kept in bench-workspace.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from agents.opening import open_sourcing

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT.parent / "shared" / "data"
SHORTLIST = str(Path(sys.executable).with_name("shortlist"))
REQUESTS = (
    "Senior accountant: month-end close, general ledger, cost accounting; CPA preferred, 5+ years",
    "Registered nurse with ICU experience, BLS certified; Spanish is a plus",
    "Sales manager for consumer goods who has led a team and grown key accounts",
    "Java developer, 3 years, Spring and SQL, not an intern",
    "High school math teacher with classroom management experience",
)


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One number and its parts: name -> the same unit; a part's share is of `total`, where `shares` says so."""

    name: str
    total: float
    unit: str
    parts: dict[str, float] = field(default_factory=dict)
    note: str = ""
    shares: bool = True

    def lines(self) -> Iterable[str]:
        """For people."""
        yield f"{self.name:<58}{self.total:>12,.1f} {self.unit}{'  (' + self.note + ')' if self.note else ''}"
        for part, value in self.parts.items():
            share = f"{value / self.total:>7.1%}" if self.shares and self.total else ""
            yield f"    {part:<54}{value:>12,.1f} {self.unit:<3}{share}"


def command(*arguments: str, workspace: Path) -> tuple[float, str]:
    """Seconds to the first byte of stdout, and all of stdout, of one run of the installed command."""
    started = time.perf_counter()
    process = subprocess.Popen(
        [SHORTLIST, *arguments], stdout=subprocess.PIPE, env={**os.environ, "SHORTLIST_WORKSPACE": str(workspace)}
    )
    assert process.stdout is not None
    first = process.stdout.read(1)
    seconds = time.perf_counter() - started
    said = (first + process.stdout.read()).decode()
    if process.wait():
        raise SystemExit(f"shortlist {' '.join(arguments)} failed with {process.returncode}")
    return seconds, said


def indexing(source: Path, workspace: Path, *, name: str) -> list[Figure]:
    """Rate and peak memory of one build, in a process of its own."""
    _, said = command("index", str(source), "--json", workspace=workspace)
    report = json.loads(said)
    seconds = sum(report["seconds"].values())
    note = f"{report['profiles']:,} profiles, {report['encoded']:,} texts encoded, {report['reused']:,} vectors kept"
    return [
        Figure(name=f"index {name}: time", total=seconds, unit="s", parts=report["seconds"], note=note),
        Figure(name=f"index {name}: rate", total=report["profiles"] / seconds, unit="profiles/s"),
        Figure(name=f"index {name}: peak memory", total=report["peak_mib"], unit="MiB"),
    ]


async def first_shortlists(workspace: Path, requests: list[str]) -> Figure:
    """Median of whole searches with verdicts, warm, and what each stage takes of it."""
    sourcing = open_sourcing(workspace)
    for text in requests[:2]:
        await sourcing.search(text)
    took: list[float] = []
    stages: dict[str, list[float]] = {}
    for text in requests:
        started = time.perf_counter()
        shortlist = await sourcing.search(text)
        took.append((time.perf_counter() - started) * 1000)
        spent: dict[str, float] = {}
        for stage in shortlist.waterfall:
            spent[stage.name] = spent.get(stage.name, 0.0) + stage.milliseconds
        for name, milliseconds in spent.items():
            stages.setdefault(name, []).append(milliseconds)
    return Figure(
        name="first shortlist of ten with verdicts, warm, median",
        total=statistics.median(took),
        unit="ms",
        parts={name: sum(values) / len(took) for name, values in stages.items()},
        note=f"{len(took)} requests, slowest {max(took):,.0f} ms; parts are means, strategies run side by side",
    )


def startup(workspace: Path, request: str) -> list[Figure]:
    """`shortlist search` from the shell, each in a process of its own, median of three: its first line (how many people
    are searched), and its whole answer with what that is made of."""
    greeted = statistics.median(command("search", request, workspace=workspace)[0] for _ in range(3))
    # JSON comes in one piece at the end, so its first byte is the whole answer.
    total, said = sorted(command("search", request, "--json", workspace=workspace) for _ in range(3))[1]
    help_ = statistics.median(command("-h", workspace=workspace)[0] for _ in range(3))
    stages = json.loads(said)["waterfall"]
    searching = sum(stage["milliseconds"] for stage in stages) / 1000
    parts = {
        "command line": help_,
        "search, cold": min(searching, total - help_),
        "loading models and snapshot": max(total - help_ - searching, 0.0),
    }
    return [
        Figure(name="start of `shortlist search` to its first line", total=greeted, unit="s"),
        Figure(name="start of `shortlist search` to its whole answer", total=total, unit="s", parts=parts),
    ]


def orchestration(workspace: Path) -> Figure:
    """Graph less the work inside its nodes; measured by a script of its own, which says the share in its note."""
    script = Path(__file__).with_name("orchestration.py")
    measuring = [sys.executable, str(script), "--json", "--workspace", str(workspace)]
    done = subprocess.run(measuring, stdout=subprocess.PIPE, text=True, cwd=ROOT, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return Figure(**found, shares=False)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--resumes", type=Path, default=DATA / "resumes" / "resumes.jsonl.gz", help="small population")
    parser.add_argument("--requests", type=Path, default=DATA / "judged" / "queries.jsonl", help="lines with a `text`")
    parser.add_argument("--large", type=int, default=100_000, help="size of the large, invented population; 0: none")
    parser.add_argument("--workspace", type=Path, default=ROOT / "bench-workspace", help="where to work")
    parser.add_argument("--json", action="store_true", help="print JSON")
    chosen = parser.parse_args()

    requests = list(REQUESTS) * 4
    if chosen.requests.is_file():
        requests = [json.loads(line)["text"] for line in chosen.requests.read_text("utf-8").splitlines()][:20]
    small, large = chosen.workspace / "small", chosen.workspace / "large"
    source = chosen.resumes
    if not source.is_file():
        source = chosen.workspace / "small-people"
        command("synth", "--size", "2483", "--out", str(source), "--json", workspace=small)
    shutil.rmtree(small, ignore_errors=True)

    figures = indexing(source, small, name="small population")
    figures.append(asyncio.run(first_shortlists(small, requests)))
    figures += startup(small, requests[0])
    figures.append(orchestration(small))
    if chosen.large:
        people = chosen.workspace / f"people-{chosen.large}"
        shutil.rmtree(people, ignore_errors=True)
        seconds, _ = command("synth", "--size", str(chosen.large), "--out", str(people), "--json", workspace=large)
        figures.append(Figure(name=f"synth {chosen.large:,} people", total=seconds, unit="s"))
        shutil.rmtree(large / "snapshots", ignore_errors=True)
        (large / "current").unlink(missing_ok=True)
        figures += indexing(people, large, name=f"{chosen.large:,} invented people")

    if chosen.json:
        print(json.dumps([asdict(figure) for figure in figures], indent=2))
        return
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, {platform.machine()}")
    for figure in figures:
        print("\n".join(figure.lines()))


if __name__ == "__main__":
    main()

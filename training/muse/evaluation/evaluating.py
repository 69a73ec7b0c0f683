"""Runs every system on every task, keeps the runs, and measures them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from offline.evaluation import write_runs
from retrieval.encoder import TextEncoder
from retrieval.encoder.levels import cut
from training.muse.evaluation import people
from training.muse.evaluation.bm25 import Bm25
from training.muse.evaluation.cached import Cached
from training.muse.evaluation.measures import PerQuery, Run, judged, measure
from training.muse.evaluation.nearest import nearest
from training.muse.evaluation.people import People
from training.muse.evaluation.report import Difference, Report, Row, TaskReport, difference, intervals, label
from training.muse.evaluation.system import BM25, System, distinct
from training.muse.evaluation.task import Task

OnProgress = Callable[[str, int, int | None], None]
"""Told a stage, what is done of it and, where known, the total."""


@dataclass(frozen=True, kw_only=True)
class _Run:
    """A run with what it scored."""

    system: str
    level: int | None
    view: str | None
    values: PerQuery

    @property
    def label(self) -> str:
        return label(self.system, self.level, self.view)


def evaluate(
    tasks: Sequence[Task],
    systems: Sequence[System],
    out: Path,
    *,
    of_people: Mapping[str, People] | None = None,
    baseline: str | None = None,
    bm25: bool = True,
    progress: OnProgress = lambda _stage, _done, _total: None,
) -> Report:
    """Measure every system at every level on every task; the same call again goes on where it was, from `out`.

    `of_people[task]` is the population of a task whose documents are people. `baseline` names the system that others
    are compared with, query by query, at the same width (at its full width where it has no such). In `out`:
    `report.json`, `runs/<task>/<label>.run`, and the vectors and snapshots that were made.

    Raises: NameTaken, EncoderUnavailable, MissingExtra (BM25 needs the extra `train`), OSError.
    """
    started = time.monotonic()
    distinct(systems)
    out.mkdir(parents=True, exist_ok=True)
    found: dict[str, list[_Run]] = {task.name: [] for task in tasks}

    def keep(task: Task, system: str, level: int | None, view: str | None, run: Run) -> None:
        write_runs(out / "runs" / task.name, {label(system, level, view): run})
        found[task.name].append(_Run(system=system, level=level, view=view, values=measure(run, task)))

    ids = {}
    for task in tasks if bm25 else ():
        progress(f"{BM25}: {task.name}", 0, None)
        keep(task, BM25, None, None, _lexical(task))
    for system in systems:
        told = partial(progress, f"{system.name}: texts")
        with Cached(system.open(), out / "vectors", place=system.place, told=told) as encoder:
            ids[system.name] = encoder.id
            for task in tasks:
                for view, level, run in _runs(task, (of_people or {}).get(task.name), encoder, out, progress):
                    keep(task, system.name, level, view, run)
    report = Report(
        baseline=baseline if baseline in ids else None,
        encoders=ids,
        tasks=tuple(_reported(task, found[task.name], baseline) for task in tasks),
        seconds=round(time.monotonic() - started, 1),
    )
    report.write(out)
    return report


def _lexical(task: Task) -> Run:
    found = Bm25(task.documents).search(list(task.queries.values()), depth=task.depth)
    return dict(zip(task.queries, found, strict=True))


def _runs(
    task: Task, among: People | None, encoder: TextEncoder, out: Path, progress: OnProgress
) -> Iterator[tuple[str | None, int, Run]]:
    """(view, level, run) of an encoder on a task."""
    if among:
        yield from people.runs(task, among, encoder, out / "populations", progress=progress)
        return
    ids = list(task.documents)
    queries = encoder.encode(list(task.queries.values()), side=task.asked)
    documents = encoder.encode(list(task.documents.values()), side=task.found)
    for level in encoder.levels:
        found = nearest(cut(queries, level), cut(documents, level), ids, depth=task.depth)
        yield None, level, dict(zip(task.queries, found, strict=True))


def _reported(task: Task, runs: Sequence[_Run], baseline: str | None) -> TaskReport:
    by_label = {run.label: run for run in runs}
    full = {(run.system, run.view): run for run in runs}  # levels ascend, so the last is the full width
    rows = []
    for run in runs:
        means = intervals(run.values)
        widest = intervals(full[run.system, run.view].values)[task.headline].mean
        rows.append(
            Row(
                system=run.system,
                level=run.level,
                view=run.view,
                measures=means,
                of_full=means[task.headline].mean / widest if run.level and widest else None,
                differences=tuple(_differences(run, by_label, full, baseline)),
            )
        )
    return TaskReport(
        task=task.name,
        headline=task.headline,
        depth=task.depth,
        queries=len(judged(task)),
        documents=len(task.documents),
        rows=tuple(rows),
    )


def _differences(
    run: _Run, by_label: Mapping[str, _Run], full: Mapping[tuple[str, str | None], _Run], baseline: str | None
) -> Iterator[Difference]:
    if baseline and run.system != baseline:
        usual = people.SEMANTIC if run.view is None and (baseline, people.SEMANTIC) in full else run.view
        other = by_label.get(label(baseline, run.level, usual)) or full.get((baseline, usual))
        if other:
            yield difference(other.label, run.values, other.values)
    if run.view not in {None, people.SEMANTIC}:
        other = by_label.get(label(run.system, run.level, people.SEMANTIC))
        if other:
            yield difference(other.label, run.values, other.values)

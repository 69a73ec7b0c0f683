"""Figures of a stage-1 evaluation, as they are printed, charted and kept in `report.json`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from offline.evaluation import Interval, interval
from training.muse.evaluation.measures import PerQuery

NAME = "report.json"


class _Kept(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Difference(_Kept):
    """What a row has over another one, query by query; an interval around 0 is no difference."""

    over: str = Field(description="label of the other row")
    measures: dict[str, Interval]


class Row(_Kept):
    """One system at one width. `view` says how a person was compared, where the documents are people."""

    system: str
    level: int | None = Field(default=None, description="width; None for what has no vectors")
    view: str | None = None
    measures: dict[str, Interval] = Field(description="named as in measures.MEASURES; means with 95 % intervals")
    of_full: float | None = Field(default=None, description="the headline measure as a share of that at full width")
    differences: tuple[Difference, ...] = ()

    @property
    def label(self) -> str:
        """As in the names of run files: "muse@192", "muse-whole@192", "bm25"."""
        return label(self.system, self.level, self.view)


class TaskReport(_Kept):
    """One task: what was measured, and every system's rows."""

    task: str
    headline: str
    depth: int
    queries: int
    documents: int
    rows: tuple[Row, ...]

    def row(self, label: str) -> Row:
        """The row with this label. Raises: KeyError."""
        for row in self.rows:
            if row.label == label:
                return row
        raise KeyError(label)


class Report(_Kept):
    """What `shortlist evaluate-encoder` prints; `encoders` maps names to the ids of the weights."""

    baseline: str | None
    encoders: dict[str, str]
    tasks: tuple[TaskReport, ...]
    seconds: float
    notes: tuple[str, ...] = ()

    def write(self, folder: Path) -> Path:
        """Write `report.json` into `folder`, whole or not at all."""
        path = folder / NAME
        scratch = path.with_suffix(".part")
        scratch.write_text(self.model_dump_json(indent=1) + "\n", encoding="utf-8")
        return scratch.replace(path)


def label(system: str, level: int | None, view: str | None) -> str:
    """Names a row and its run file; the semantic view is the system's own and goes without saying."""
    shown = system if view in {None, "semantic"} else f"{system}-{view}"
    return shown if level is None else f"{shown}@{level}"


def intervals(values: PerQuery) -> dict[str, Interval]:
    """Every measure's mean over queries with its 95 % bootstrap interval."""
    return {name: interval(each) for name, each in values.items()}


def difference(over: str, mine: PerQuery, other: PerQuery) -> Difference:
    """Paired: both answered the same queries, so only what differs between them is left to chance."""
    return Difference(
        over=over,
        measures={name: interval(_less(mine[name], other[name])) for name in mine},
    )


def _less(mine: Sequence[float], other: Sequence[float]) -> list[float]:
    return [float(value) for value in np.subtract(mine, other)]

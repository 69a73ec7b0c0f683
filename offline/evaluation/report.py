"""One report over several systems: measures with intervals, latency, and every request's figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from offline.evaluation.judged import Judged
from offline.evaluation.measures import Interval, interval, measure
from offline.evaluation.runs import Run


class SystemReport(BaseModel):
    """One system. `measures` and `per_request` are keyed as `offline.evaluation.MEASURES`."""

    model_config = ConfigDict(frozen=True)

    system: str
    measures: dict[str, Interval]
    latency_ms: float | None = Field(default=None, description="median over requests")
    per_request: dict[str, dict[str, float]] = Field(description="request id -> measure -> value")


class Report(BaseModel):
    """What `shortlist evaluate` prints."""

    model_config = ConfigDict(frozen=True)

    requests: int
    judged_pairs: int
    systems: tuple[SystemReport, ...]
    notes: tuple[str, ...] = ()


def report(
    runs: Mapping[str, Run],
    judged: Judged,
    *,
    seconds: Mapping[str, Sequence[float]] | None = None,
    notes: Sequence[str] = (),
) -> Report:
    """Measure every run. `seconds[system]` are the times its requests took."""
    systems = []
    for system, run in runs.items():
        scores = measure(run, judged)
        took = (seconds or {}).get(system, ())
        systems.append(
            SystemReport(
                system=system,
                measures={name: interval(values) for name, values in scores.values.items()},
                latency_ms=float(np.median(took)) * 1000 if len(took) else None,
                per_request={
                    qid: {name: values[at] for name, values in scores.values.items()}
                    for at, qid in enumerate(scores.qids)
                },
            )
        )
    said = [*notes]
    if judged.skipped:
        said.append(f"not measured, because nobody judged them: {', '.join(judged.skipped)}")
    return Report(
        requests=len(judged.requests),
        judged_pairs=sum(len(members) for members in judged.grades.values()),
        systems=tuple(systems),
        notes=tuple(said),
    )

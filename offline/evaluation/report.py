"""One report over several systems: measures with intervals, latency, and every request's figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from offline.evaluation.judged import Judged
from offline.evaluation.measures import Interval, Scores, interval, measure
from offline.evaluation.runs import Run


class SystemReport(BaseModel):
    """One system. `measures` and `per_request` are keyed as `offline.evaluation.MEASURES`."""

    model_config = ConfigDict(frozen=True)

    system: str
    measures: dict[str, Interval]
    latency_ms: float | None = Field(default=None, description="median over requests")
    per_request: dict[str, dict[str, float]] = Field(description="request id -> measure -> value")


class Gain(BaseModel):
    """What the last system has over the one before it, request by request: its share in the figures."""

    model_config = ConfigDict(frozen=True)

    system: str
    over: str
    measures: dict[str, Interval] = Field(description="of the paired differences; an interval around 0 is no gain")


class Report(BaseModel):
    """What `shortlist evaluate` prints."""

    model_config = ConfigDict(frozen=True)

    requests: int
    judged_pairs: int
    systems: tuple[SystemReport, ...]
    gain: Gain | None = Field(default=None, description="None for a single system")
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
    measured = {system: measure(run, judged) for system, run in runs.items()}
    for system, scores in measured.items():
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
        gain=_gain(measured),
        notes=tuple(said),
    )


def _gain(measured: Mapping[str, Scores]) -> Gain | None:
    if len(measured) < 2:
        return None
    (before, old), (last, new) = list(measured.items())[-2:]
    return Gain(
        system=last,
        over=before,
        measures={name: interval(np.subtract(new.values[name], old.values[name]).tolist()) for name in new.values},
    )

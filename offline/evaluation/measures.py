"""What is measured at ten, through ir-measures, a request and over all of them.

Two conventions. What nobody judged counts as grade 0 in `ndcg` and as not good in `hrr`; it is never counted as a
facepalm. Where fewer than ten are shown, `hrr` still divides by ten (an empty place is a place lost), while
`facepalm` and `unjudged` are shares of those shown (a short list must not make them look better).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from pydantic import BaseModel, ConfigDict

from offline.evaluation.judged import Judged
from offline.evaluation.runs import Run, scored

DEPTH = 10
GAINS = {0: 0, 1: 1, 2: 3, 3: 7, 4: 15}
"""Exponential gain, 2^grade - 1; with it trec_eval's nDCG is what is written nDCG(dcg='exp-log2') elsewhere."""

MEASURES = {
    "ndcg": "nDCG@10, exponential gain, unjudged counts as 0",
    "ndcg_judged": "the same with unjudged people taken out of the list first",
    "hrr": "HRR@10: share of ten places that hold somebody graded 3 or 4",
    "facepalm": "facepalm@10: share of those shown that is graded 0",
    "unjudged": "unjudged@10: share of those shown that nobody judged",
    "coverage": "share of requests with at least one hit",
    "liquidity": "share of the ten places that is filled",
}
HIGHER_IS_BETTER = {"ndcg": True, "ndcg_judged": True, "hrr": True, "facepalm": False, "unjudged": False}


@dataclass(frozen=True, kw_only=True)
class Scores:
    """One system's measures; `values[name][i]` belongs to `qids[i]`. Names as in `MEASURES`."""

    qids: tuple[str, ...]
    values: dict[str, tuple[float, ...]]

    def mean(self, name: str) -> float:
        """Mean over the requests."""
        return float(np.mean(self.values[name]))


class Interval(BaseModel):
    """A mean with its 95 % bootstrap interval over requests."""

    model_config = ConfigDict(frozen=True)

    mean: float
    low: float
    high: float


def measure(run: Run, judged: Judged) -> Scores:
    """Measure one run on every judged request; a request that the run does not answer scores 0."""
    # Reading runs and judgements needs no measure, so the package is loaded only here.
    import ir_measures  # noqa: PLC0415
    from ir_measures import Judged as JudgedShare  # noqa: PLC0415
    from ir_measures import P, nDCG  # noqa: PLC0415

    wanted = {
        "ndcg": nDCG(gains=GAINS) @ DEPTH,
        "ndcg_judged": nDCG(gains=GAINS, judged_only=True) @ DEPTH,
        "hrr": P(rel=3) @ DEPTH,
        "relevant": P(rel=1) @ DEPTH,
        "judged": JudgedShare @ DEPTH,
    }
    answered = {qid: members for qid, members in scored(run).items() if members and qid in judged.grades}
    found: dict[str, dict[str, float]] = {name: {} for name in wanted}
    names = {str(asked): name for name, asked in wanted.items()}
    for metric in ir_measures.iter_calc(list(wanted.values()), judged.grades, answered):
        found[names[str(metric.measure)]][metric.query_id] = float(metric.value)

    qids = tuple(request.qid for request in judged.requests)
    rows = []
    for qid in qids:
        shown = min(DEPTH, len(answered.get(qid, ())))
        value = {name: values.get(qid, 0.0) if shown else 0.0 for name, values in found.items()}
        relevant = value["relevant"] * DEPTH / shown if shown else 0.0
        rows.append(
            {
                "ndcg": value["ndcg"],
                "ndcg_judged": value["ndcg_judged"],
                "hrr": value["hrr"],
                # Differences of shares of ten: round away what floating point leaves of a zero.
                "facepalm": round(value["judged"] - relevant, 9),
                "unjudged": round(1 - value["judged"], 9) if shown else 0.0,
                "coverage": float(shown > 0),
                "liquidity": shown / DEPTH,
            }
        )
    return Scores(qids=qids, values={name: tuple(row[name] for row in rows) for name in MEASURES})


def interval(values: Sequence[float], *, resamples: int = 2000, seed: int = 0) -> Interval:
    """Percentile bootstrap over requests. `values` must not be empty."""
    if not values:
        raise ValueError("an interval needs at least one value")
    sample = np.asarray(values, dtype=np.float64)
    draws = np.random.default_rng(seed).integers(0, len(sample), size=(resamples, len(sample)))
    low, high = np.percentile(sample[draws].mean(axis=1), [2.5, 97.5])
    return Interval(mean=float(sample.mean()), low=float(low), high=float(high))

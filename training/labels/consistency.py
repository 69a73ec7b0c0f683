"""How far a teacher agrees with itself: the same pair asked again, and asked with the order of the prompt swapped."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from offline.evaluation.agreement import kappa, resampling
from offline.evaluation.agreement.resampling import Estimate
from offline.evaluation.agreement.scales import LEVELS
from training.labels.label import Label


class Consistency(BaseModel):
    """First answers beside second ones."""

    model_config = ConfigDict(frozen=True)

    pairs: int
    exact: Estimate
    kappa: Estimate
    error: Estimate = Field(description="mean absolute difference in grades")
    shift: float = Field(description="mean of second less first: other than 0, the way of asking moves the grade")
    soft_error: float = Field(description="mean absolute difference of the soft labels' mean grades")
    flips: dict[int, float] = Field(description="first grade -> share of its pairs that got another the second time")
    dimension_flips: float | None = Field(description="share of the requirements that got another grade")


def consistency(labels: Iterable[Label], *, swapped: bool, seed: int = 0) -> Consistency | None:
    """Compare second answers with first ones; `None` where nothing was asked twice."""
    labels = list(labels)
    firsts = {label.label_id: label for label in labels if label.is_duplicate_of is None}
    pairs = [
        (firsts[label.is_duplicate_of], label)
        for label in labels
        if label.is_duplicate_of in firsts and label.swapped is swapped
    ]
    if not pairs:
        return None
    before = np.array([first.grade for first, _ in pairs])
    after = np.array([second.grade for _, second in pairs])
    number = {qid: at for at, qid in enumerate(dict.fromkeys(first.request_id for first, _ in pairs))}
    request = np.array([number[first.request_id] for first, _ in pairs])
    tables = np.stack(
        [kappa.confusion(before[request == r], after[request == r], levels=LEVELS) for r in number.values()]
    )
    draws = resampling.draws(len(number), seed=seed)
    return Consistency(
        pairs=len(pairs),
        exact=resampling.of_tables(kappa.exact, tables, draws),
        kappa=resampling.of_tables(kappa.quadratic_kappa, tables, draws),
        error=resampling.of_tables(kappa.mean_error, tables, draws),
        shift=float((after - before).mean()),
        soft_error=float(np.mean([abs(second.expected - first.expected) for first, second in pairs])),
        flips={grade: float((after[before == grade] != grade).mean()) for grade in sorted(set(before.tolist()))},
        dimension_flips=_dimension_flips(pairs),
    )


def _dimension_flips(pairs: list[tuple[Label, Label]]) -> float | None:
    same = [
        one.grade == other.grade
        for first, second in pairs
        for one, other in zip(first.dimensions, second.dimensions, strict=False)
    ]
    return 1 - sum(same) / len(same) if same else None

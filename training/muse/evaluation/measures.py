"""What is measured, through ir-measures, query by query."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from offline.evaluation.measures import GAINS
from offline.evaluation.runs import scored
from training.muse.evaluation.task import Task

Run = Mapping[str, Sequence[str]]
"""Query -> documents, best first."""
PerQuery = dict[str, tuple[float, ...]]
"""Measure -> a value a query, in the order of `judged(task)`."""

MEASURES = {
    "ndcg": "nDCG@10",
    "ap": "MAP",
    "recall_10": "Recall@10",
    "recall_100": "Recall@100",
    "ndcg_judged": "nDCG@10, judged only",
    "unjudged": "unjudged@10",
}
"""Names in reports, and how they are written. MAP is cut at the task's depth. The last two are of graded tasks alone:
their judges saw what other systems had found, and whoever they never saw counts as wrong everywhere else."""


def measure(run: Run, task: Task) -> PerQuery:
    """Every measure for every judged query that has something relevant; one that the run does not answer scores 0."""
    # Tasks and reports are read without measuring; the package is loaded only here.
    import ir_measures  # noqa: PLC0415

    wanted = _wanted(task)
    names = {str(one): name for name, one in wanted.items()}
    qids = judged(task)
    values = {name: dict.fromkeys(qids, 0.0) for name in wanted}
    answered = {qid: found for qid, found in scored(run).items() if found and qid in values["ndcg"]}
    # ir-measures refuses an empty run; nothing found is zero everywhere
    for metric in ir_measures.iter_calc(list(wanted.values()), task.qrels, answered) if answered else ():
        if metric.query_id in values["ndcg"]:
            values[names[str(metric.measure)]][metric.query_id] = float(metric.value)
    if task.graded:
        # differences of shares of those shown: round away what floating point leaves of a zero; who shows nobody, shows
        # nobody who is unjudged
        values["unjudged"] = {
            qid: round(1 - share, 9) if qid in answered else 0.0 for qid, share in values["unjudged"].items()
        }
    return {name: tuple(by_query.values()) for name, by_query in values.items()}


def judged(task: Task) -> tuple[str, ...]:
    """Queries that can be measured: those for which something is relevant.

    Of graded ones everything above 0 counts: a request for which nobody is good still has a best order.
    """
    least = 1 if task.graded else task.good
    return tuple(qid for qid in task.queries if any(grade >= least for grade in task.qrels.get(qid, {}).values()))


def _wanted(task: Task) -> dict[str, Any]:
    from ir_measures import AP, Judged, R, nDCG  # noqa: PLC0415

    wanted = {
        "ndcg": (nDCG(gains=GAINS) if task.graded else nDCG) @ 10,
        "ap": AP(rel=task.good) @ task.depth,
        "recall_10": R(rel=task.good) @ 10,
        "recall_100": R(rel=task.good) @ 100,
    }
    if task.graded:
        # what is left of the share of judged ones is `unjudged`
        wanted |= {"ndcg_judged": nDCG(gains=GAINS, judged_only=True) @ 10, "unjudged": Judged @ 10}
    return wanted

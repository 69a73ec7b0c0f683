"""A retrieval task: what is asked, what may be found, and what of it is right."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from retrieval.encoder import Side


class TaskUnreadable(ValueError):
    """Files of a task that cannot be used; the message names the file and the fix."""


@dataclass(frozen=True, kw_only=True)
class Task:
    """Queries and documents by id. `qrels[query][document]` is a grade; what is not there counts as 0.

    `good` is the lowest grade that counts as relevant where a measure knows only yes and no. `graded` judgements go
    from 0 to 4 and gain as in `offline.evaluation`; else the gain is the grade. `depth` is how many documents a run
    lists, and where average precision stops. `headline` is the measure that the task is known by, named as in
    `measures.MEASURES`.
    """

    name: str
    queries: Mapping[str, str]
    documents: Mapping[str, str]
    qrels: Mapping[str, Mapping[str, int]]
    headline: str = "ndcg"
    depth: int = 100
    good: int = 1
    graded: bool = False
    asked: Side = "role"
    found: Side = "profile"

    def __post_init__(self) -> None:
        for kind, keys in (("query", self.queries), ("document", self.documents)):
            if odd := next((key for key in keys if not key or any(char.isspace() for char in key)), None):
                raise TaskUnreadable(f"task {self.name}: a {kind} has the id {odd!r}; ids have no spaces in TREC files")
        if self.graded and any(not 0 <= grade <= 4 for judged in self.qrels.values() for grade in judged.values()):
            raise TaskUnreadable(f"task {self.name}: grades go from 0 to 4")
        good = any(grade >= self.good for qid in self.queries for grade in self.qrels.get(qid, {}).values())
        if not good or not self.documents:
            raise TaskUnreadable(f"task {self.name} has no query with a relevant document; do the ids agree?")

"""How good an encoder is, on its own and in minutes, before a search or a ranker reads its vectors (stage 1).

Tasks are queries, documents and judgements; systems are encoders at each of their widths, and BM25. Everything that is
measured comes with a 95 % interval over queries, and every run is kept as a TREC file.
"""

from __future__ import annotations

from training.muse.evaluation.evaluating import evaluate
from training.muse.evaluation.report import Report
from training.muse.evaluation.task import Task, TaskUnreadable

__all__ = ["Report", "Task", "TaskUnreadable", "evaluate"]

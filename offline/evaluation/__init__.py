"""How good the shortlist is: judged requests, runs, measures with intervals, and one report.

`offline.evaluation.replay` makes the runs; it is imported by name, because it loads the whole search.
"""

from offline.evaluation.judged import Judged, JudgedUnreadable, Request, read_judged
from offline.evaluation.measures import MEASURES, Interval, Scores, interval, measure
from offline.evaluation.report import Gain, Report, SystemReport, report
from offline.evaluation.runs import Run, read_run, write_runs

__all__ = [
    "MEASURES",
    "Gain",
    "Interval",
    "Judged",
    "JudgedUnreadable",
    "Report",
    "Request",
    "Run",
    "Scores",
    "SystemReport",
    "interval",
    "measure",
    "read_judged",
    "read_run",
    "report",
    "write_runs",
]

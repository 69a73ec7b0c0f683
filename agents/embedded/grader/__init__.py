"""The in-process judge's grade: trees trained on expert grades, over one role and one profile."""

from agents.embedded.grader.card import GraderCard
from agents.embedded.grader.grader import Graded, Grader, GraderMismatch

__all__ = ["Graded", "Grader", "GraderCard", "GraderMismatch"]

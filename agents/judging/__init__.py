"""The expert judge and the teacher: a grade of one profile for one role, with reasons, quotes and soft labels."""

from agents.judging.judge import Judge
from agents.judging.judgement import DimensionGrade, Judgement, SoftSource
from agents.judging.opinion import Fit, GradedRequirement, Opinion

__all__ = ["DimensionGrade", "Fit", "GradedRequirement", "Judge", "Judgement", "Opinion", "SoftSource"]

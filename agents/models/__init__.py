"""Which model each job runs on: in this process, or behind an OpenAI-compatible endpoint, within time and budget."""

from __future__ import annotations

from agents.models.config import JOBS, JobName, ModelConfig, ModelsConfig
from agents.models.errors import AnswerRefused, BudgetSpent, ModelDown, ModelUnusable, TooLong
from agents.models.usage import Usage

__all__ = [
    "JOBS",
    "AnswerRefused",
    "BudgetSpent",
    "JobName",
    "ModelConfig",
    "ModelDown",
    "ModelUnusable",
    "ModelsConfig",
    "TooLong",
    "Usage",
]

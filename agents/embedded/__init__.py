"""The in-process model: agents run on it unchanged where there is no endpoint."""

from agents.embedded.model import EmbeddedModel, Job

__all__ = ["EmbeddedModel", "Job"]

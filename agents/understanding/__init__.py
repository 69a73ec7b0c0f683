"""From a recruiter's words to a role, and from a follow-up to an edited role, on any pydantic-ai model."""

from agents.understanding.understanding import ADVICE, NothingToSearch, Understanding, Understood

__all__ = ["ADVICE", "NothingToSearch", "Understanding", "Understood"]

"""The versioned policy that says what "qualified" means, and what may never count."""

from agents.constitution.loader import UnknownConstitutionError, load
from agents.constitution.schema import Audience, Clause, Constitution, GradeMeaning, MarkMeaning

__all__ = ["Audience", "Clause", "Constitution", "GradeMeaning", "MarkMeaning", "UnknownConstitutionError", "load"]

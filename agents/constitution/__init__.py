"""The versioned policy that says what "qualified" means, and what may never count."""

from agents.constitution.difference import Change, ConstitutionDiff, diff
from agents.constitution.dimension import Dimension
from agents.constitution.example import Example
from agents.constitution.fit import Fit
from agents.constitution.loader import CURRENT, UnknownConstitutionError, load, versions
from agents.constitution.prompting import Prompting
from agents.constitution.schema import Audience, Clause, Constitution, GradeMeaning, MarkMeaning

__all__ = [
    "CURRENT",
    "Audience",
    "Change",
    "Clause",
    "Constitution",
    "ConstitutionDiff",
    "Dimension",
    "Example",
    "Fit",
    "GradeMeaning",
    "MarkMeaning",
    "Prompting",
    "UnknownConstitutionError",
    "diff",
    "load",
    "versions",
]

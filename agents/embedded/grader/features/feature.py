"""A feature is a name, what it says, how it is computed, and which way it may move a grade."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from agents.embedded.grader.case import Case


@dataclass(frozen=True, kw_only=True)
class Feature:
    """One number of a case; NaN says unknown. `trend`: 1 may only raise the grade, -1 only lower it, 0 either."""

    name: str
    says: str
    compute: Callable[[Case], float]
    trend: Literal[-1, 0, 1] = 0

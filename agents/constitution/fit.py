"""Over- and under-qualified."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict


class Fit(StrEnum):
    """How the person's level stands to the one asked for."""

    OVER = "over"
    UNDER = "under"
    RIGHT = "right"
    UNKNOWN = "unknown"


class FitMeaning(BaseModel):
    """What a fit says, and what it does to a grade."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    value: Fit
    meaning: str

"""One scale for people and judge: grades 0 to 4.

Two ways, and both are reported. *Fixed*: a score is moved to 0-4 in proportion and rounded (of 1 to 7: 1 is 0, 2 and 3
are 1, 4 is 2, 5 and 6 are 3, 7 is 4). Nothing is fitted, so a judge who is stricter than the raters loses by it.
*Fitted*: the judge's expected grade becomes the grade that people give to the same share of pairs (the middle of
its ties counts); the shares are learned on one half of the requests and used on the other, and the other way round.
What is between the two figures is a matter of level, not of order.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, model_validator

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
LEVELS = 5
TOP = LEVELS - 1


class Scale(BaseModel):
    """What people scored on, both ends included."""

    model_config = ConfigDict(frozen=True)

    low: float
    high: float

    @model_validator(mode="after")
    def _rising(self) -> Scale:
        if self.high <= self.low:
            raise ValueError(f"a scale rises: {self.low:g} to {self.high:g} does not")
        return self

    @classmethod
    def parse(cls, text: str) -> Scale:
        """`1-7`. Raises: ValueError."""
        low, _, high = text.partition("-")
        try:
            return cls(low=float(low), high=float(high))
        except ValueError:
            raise ValueError(f"a scale is written LOW-HIGH, such as 1-7, not {text!r}") from None

    def __str__(self) -> str:
        return f"{self.low:g}-{self.high:g}"

    def holds(self, score: float) -> bool:
        """True where the score is on the scale."""
        return self.low <= score <= self.high

    def grades(self, scores: Floats) -> Ints:
        """Scores as grades 0 to 4, in proportion, halves rounded up [n]."""
        return np.floor((scores - self.low) / (self.high - self.low) * TOP + 0.5).astype(np.int64)


GRADES = Scale(low=0, high=TOP)


def fitted(expected: Floats, human: Ints, request: Ints, *, seed: int = 0) -> Ints:
    """The judge's expected grades (0-4) as grades that are shared out like people's, fitted on the other half [n].

    `request` numbers the request of each pair from 0; a request is wholly in one half. With a single request there is
    no other half, and the expected grade is rounded.
    """
    count = int(request.max()) + 1 if len(request) else 0
    if count < 2:
        return np.floor(expected + 0.5).astype(np.int64)
    half = (np.random.default_rng(seed).permutation(count) % 2)[request]
    levels = np.empty(len(expected), np.int64)
    for held in (0, 1):
        shares = np.cumsum(np.bincount(human[half != held], minlength=LEVELS)[:TOP]) / max(1, int((half != held).sum()))
        known, asked = np.sort(expected[half != held]), expected[half == held]
        below, up_to = (np.searchsorted(known, asked, side=side) for side in ("left", "right"))
        levels[half == held] = np.searchsorted(shares, (below + up_to) / 2 / max(1, len(known)), side="right")
    return levels

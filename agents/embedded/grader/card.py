"""What travels with the grader's weights: how they came about, what they reached, and how a prediction is read."""

from __future__ import annotations

import math
from bisect import bisect_right

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from ranking.view import Floats

Four = tuple[float, float, float, float]
LIMIT = 4.0
"""Deviations beyond which a value says no more to the straight half."""


class Linear(BaseModel):
    """The straight half of the model: a weighted sum of standardised features. Shapes: `f` features."""

    model_config = ConfigDict(frozen=True)

    middle: tuple[float, ...] = Field(description="[f] median, which stands for what is unknown")
    mean: tuple[float, ...]
    spread: tuple[float, ...]
    weights: tuple[float, ...]
    bias: float

    def scaled(self, features: Floats) -> NDArray[np.float64]:
        """[m, f] `features` [m, f] in deviations, nothing unknown, nothing beyond `LIMIT`."""
        known = np.where(np.isnan(features), np.array(self.middle), features)
        scaled: NDArray[np.float64] = np.clip((known - np.array(self.mean)) / np.array(self.spread), -LIMIT, LIMIT)
        return scaled

    def predict(self, features: Floats) -> NDArray[np.float64]:
        """Grades [m] of `features` [m, f]."""
        predicted: NDArray[np.float64] = self.scaled(features) @ np.array(self.weights) + self.bias
        return predicted


class Odds(BaseModel):
    """How likely a grade above 0, 1, 2 and 3 is: logistic in the prediction, a slope and a middle each."""

    model_config = ConfigDict(frozen=True)

    slopes: Four
    middles: Four

    def shares(self, expected: float) -> tuple[float, ...]:
        """Probabilities of the grades 0 to 4; they sum to 1."""
        above = [
            1 / (1 + math.exp(-max(-50.0, min(50.0, slope * (expected - middle)))))
            for slope, middle in zip(self.slopes, self.middles, strict=True)
        ]
        above = np.minimum.accumulate(above).tolist()
        return tuple(float(high - low) for high, low in zip((1.0, *above), (*above, 0.0), strict=True))


class GraderCard(BaseModel):
    """The card of one set of weights."""

    model_config = ConfigDict(frozen=True)

    version: str
    features: tuple[str, ...]
    encoder: str
    requests: int
    pairs: int
    trees: tuple[str, ...] = Field(description="outputs of the network; their mean is the prediction of the trees")
    linear: Linear
    tree_share: float = Field(ge=0, le=1, description="weight of the trees beside the straight half")
    steps: Four = Field(description="predictions from which grades 1, 2, 3 and 4 begin")
    odds: Odds
    metrics: dict[str, float] = Field(description="of models trained without the request they are measured on")

    def grade(self, expected: float) -> int:
        """The grade that a prediction stands for."""
        return bisect_right(self.steps, expected)

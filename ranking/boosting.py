"""Gradient boosted trees that were trained on expert grades: which candidate is better, and what grade to expect."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from pydantic import BaseModel, ConfigDict

from ranking.view import Floats

WEIGHTS = Path(__file__).parent / "weights"
FILE = "ranker.onnx"


class WeightsMismatch(RuntimeError):
    """The weights were trained on other features than this version computes."""


class Card(BaseModel):
    """What travels with the weights: how they came about and what they reached."""

    model_config = ConfigDict(frozen=True)

    version: str
    features: tuple[str, ...]
    encoder: str
    requests: int
    pairs: int
    caution: float
    """What a certain facepalm costs, in grades."""
    metrics: dict[str, float]
    """Of models trained without the request they are measured on, five folds."""


@dataclass(frozen=True, kw_only=True)
class Prediction:
    """For `m` candidates: `order` [m] is what to sort by, `grade` [m] the grade to expect, 0 to 4."""

    order: Floats
    grade: Floats


class Boosting:
    """Three small models: the grade in the pool as it comes (most of a pool was never graded, and is mostly no match),
    the chance of a facepalm, and the grade among people worth grading."""

    def __init__(self, folder: Path = WEIGHTS) -> None:
        """Load the models. Raises: WeightsMismatch, FileNotFoundError."""
        import onnxruntime  # noqa: PLC0415 - a search that ranks nothing should not pay for it

        from ranking.features import FEATURES  # noqa: PLC0415

        self.card = Card.model_validate_json((folder / "card.json").read_bytes())
        if self.card.features != tuple(feature.name for feature in FEATURES):
            raise WeightsMismatch(
                f"the ranker's weights in {folder} were trained on other features; train them again with: "
                "shortlist train ranker"
            )
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(
            (folder / FILE).read_bytes(), options, providers=["CPUExecutionProvider"]
        )

    def predict(self, matrix: Floats) -> Prediction:
        """`matrix` [m, f] in the order of `FEATURES`."""
        if not len(matrix):
            return Prediction(order=np.empty(0, np.float32), grade=np.empty(0, np.float32))
        outputs = self._session.run(["order", "facepalm", "grade"], {"features": matrix})
        order, facepalm, grade = (np.asarray(output, np.float32)[:, 0] for output in outputs)
        return Prediction(order=order - self.card.caution * facepalm, grade=np.clip(grade, 0, 4))


@cache
def default() -> Boosting:
    """The weights that come with the package."""
    return Boosting()

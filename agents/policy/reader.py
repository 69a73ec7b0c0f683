"""The second net, learned: which words of a request are a criterion on a protected attribute, by their context."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from agents.policy.reading import ATTRIBUTES, Reading
from agents.policy.tokens import LAYERS, token_states

WEIGHTS = Path(__file__).parent / "weights"
FILE = "reader.onnx"


class Card(BaseModel):
    """What travels with the weights: how they came about, what they reached, and where to draw the line."""

    model_config = ConfigDict(frozen=True)

    version: str
    attributes: tuple[str, ...]
    layers: tuple[int, ...]
    sure: float = Field(description="a word this likely to be part of a criterion makes one")
    part: float = Field(description="its neighbours this likely belong to it")
    doubt: float = Field(description="what the rules find counts unless the reader is this sure that it is harmless")
    lines: int = Field(description="requests it learned from")


class Reader:
    """A small network over the encoder's token states. Thread-safe."""

    def __init__(self, folder: Path = WEIGHTS) -> None:
        """Load the weights. Raises: EncoderUnavailable, FileNotFoundError, ValueError for weights of another make."""
        import onnxruntime  # noqa: PLC0415 - a command that screens nothing should not pay for it

        self.card = Card.model_validate_json((folder / "card.json").read_bytes())
        if (self.card.attributes, self.card.layers) != (ATTRIBUTES, LAYERS):
            raise ValueError(f"the weights in {folder} are of another make; train them again: shortlist train policy")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.log_severity_level = 3
        self._session: Any = onnxruntime.InferenceSession(
            (folder / FILE).read_bytes(), options, providers=["CPUExecutionProvider"]
        )

    def read(self, text: str) -> Reading:
        """`text` as `letters.plain` gives it. Takes about 20 ms for 60 words, in proportion to them."""
        places: list[tuple[int, int]] = []
        chances = [np.zeros(0, dtype=np.float32)]
        attributes = [np.zeros((0, len(ATTRIBUTES)), dtype=np.float32)]
        for window in token_states().windows(text):
            chance, attribute = self._session.run(None, {"states": window.states})
            places += window.places
            chances.append(chance[0, 1:-1])
            attributes.append(attribute[0, 1:-1])
        return Reading(
            text=text,
            places=tuple(places),
            chances=np.concatenate(chances),
            attributes=np.concatenate(attributes),
        )


@cache
def reader() -> Reader:
    """The packaged one."""
    return Reader()

"""The encoder that is used where no other is chosen: the weights beside this file."""

from __future__ import annotations

from pathlib import Path

from retrieval.encoder.manifest import EncoderManifest
from retrieval.encoder.onnx_encoder import Encoder

WEIGHTS = Path(__file__).parent / "weights"


def load_encoder(folder: Path | None = None, *, threads: int | None = None, verify: bool = False) -> Encoder:
    """The encoder in `folder`, by default the packaged one; opening takes 0.1 s.

    Raises: EncoderUnavailable.
    """
    return Encoder.open(folder or WEIGHTS, threads=threads, verify=verify)


def encoder_id(folder: Path | None = None) -> str:
    """The id that `load_encoder(folder)` has, without opening it. Raises: EncoderUnavailable."""
    return EncoderManifest.read(folder or WEIGHTS).id

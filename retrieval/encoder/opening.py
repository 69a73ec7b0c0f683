"""Opens the encoder that somebody chose, once a process."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from retrieval.encoder.endpoint_encoder import EndpointEncoder
from retrieval.encoder.packaged import WEIGHTS, load_encoder
from retrieval.encoder.protocol import TextEncoder
from retrieval.encoder.server import Server


@lru_cache(maxsize=4)
def open_encoder(folder: Path | None = None, server: Server | None = None) -> TextEncoder:
    """The encoder in `folder`, by default the packaged one; run by `server` where one is given, else in this process.

    The same choice gives the same encoder again. Raises: EncoderUnavailable.
    """
    return EndpointEncoder.open(folder or WEIGHTS, server) if server else load_encoder(folder)

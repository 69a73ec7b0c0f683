"""Text to vectors. Importing this neither imports torch or ONNX Runtime nor touches the disk.

`Encoder` runs int8 weights on ONNX Runtime, `TorchEncoder` the same weights in float32, `EndpointEncoder` asks a server
that speaks the OpenAI protocol. All open a folder of weights with an `EncoderManifest`.
"""

from __future__ import annotations

from retrieval.encoder.base import base_files, base_folder, cache_folder, load_base
from retrieval.encoder.endpoint_encoder import EndpointEncoder
from retrieval.encoder.errors import EncoderUnavailable, WidthRefused
from retrieval.encoder.manifest import EncoderCard, EncoderManifest, Pooling, Templates, WeightsFile
from retrieval.encoder.onnx_encoder import Encoder
from retrieval.encoder.opening import open_encoder
from retrieval.encoder.packaged import WEIGHTS, encoder_id, load_encoder
from retrieval.encoder.packing import pack
from retrieval.encoder.protocol import Progress, Side, TextEncoder
from retrieval.encoder.server import Server
from retrieval.encoder.torch_encoder import TorchEncoder

__all__ = [
    "WEIGHTS",
    "Encoder",
    "EncoderCard",
    "EncoderManifest",
    "EncoderUnavailable",
    "EndpointEncoder",
    "Pooling",
    "Progress",
    "Server",
    "Side",
    "Templates",
    "TextEncoder",
    "TorchEncoder",
    "WeightsFile",
    "WidthRefused",
    "base_files",
    "base_folder",
    "cache_folder",
    "encoder_id",
    "load_base",
    "load_encoder",
    "open_encoder",
    "pack",
]

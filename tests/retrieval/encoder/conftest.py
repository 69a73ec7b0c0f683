"""Encoders made here: a tiny random model whose export takes seconds, and folders that may be damaged."""

from __future__ import annotations

import json
import shutil
import warnings
from collections.abc import Callable
from pathlib import Path

import pytest

from retrieval.encoder import WEIGHTS, EncoderCard, Pooling, Templates, pack, packing
from retrieval.encoder.export import export

LEVELS = (8, 16, 32)
WORDS = (
    *("nurse", "cook", "java", "python", "welder", "teacher", "in", "of", "and", "the", "a"),
    *("night", "shift", "senior", "clinic", "data", ":", "role", "profile"),
)


def tiny_model(folder: Path, *, kind: str = "bert", seed: int = 0) -> Path:
    """A Hugging Face folder: two layers of width 32, weights large enough that every word counts."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import torch  # noqa: PLC0415
        from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors  # noqa: PLC0415
        from transformers import BertConfig, BertModel, Qwen3Config, Qwen3Model  # noqa: PLC0415

        torch.manual_seed(seed)
        vocabulary = {word: at for at, word in enumerate(["[PAD]", "[UNK]", "[CLS]", "[SEP]", *WORDS])}
        tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
        tokenizer.normalizer = normalizers.BertNormalizer()
        tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
        ends = "[CLS] $A [SEP]" if kind == "bert" else "$A [SEP]"
        tokenizer.post_processor = processors.TemplateProcessing(
            single=ends, special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
        )
        shape = {"vocab_size": len(vocabulary), "hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4}
        if kind == "bert":
            model = BertModel(
                BertConfig(**shape, intermediate_size=64, max_position_embeddings=64), add_pooling_layer=False
            )
        else:
            causal = {"num_key_value_heads": 2, "head_dim": 8, "intermediate_size": 64, "max_position_embeddings": 64}
            model = Qwen3Model(Qwen3Config(**shape, **causal))
        with torch.no_grad():
            for name, weights in model.named_parameters():
                if weights.ndim == 2:
                    weights.normal_(std=1.0 if "embed" in name else 0.25)
        folder.mkdir(parents=True)
        model.save_pretrained(folder)
    tokenizer.save(str(folder / "tokenizer.json"))
    return folder


def card(**given: object) -> EncoderCard:
    said = {"name": "tiny", "base": "random", "levels": LEVELS, "max_tokens": 24, "serialisation": 1}
    return EncoderCard.model_validate({**said, "templates": Templates(role="role : ", profile="profile : "), **given})


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of weights with the int8 model and the float one; read-only."""
    place = tmp_path_factory.mktemp("tiny")
    pack(tiny_model(place / "hf"), place / "weights", card(), torch=True)
    return place / "weights"


@pytest.fixture(scope="session")
def tiny_last(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A causal model that says it all with its last token."""
    place = tmp_path_factory.mktemp("last")

    def here(model_folder: Path, out: Path, *, pooling: Pooling) -> None:
        """Torch is in this process already; a process of its own is what the other folder is for."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            export(model_folder, out, pooling=pooling)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(packing, "export_apart", here)
        pack(tiny_model(place / "hf", kind="qwen3"), place / "weights", card(pooling="last"), torch=True)
    return place / "weights"


@pytest.fixture
def copied(tiny: Path, tmp_path: Path) -> Path:
    """A copy of the tiny weights that may be damaged."""
    return Path(shutil.copytree(tiny, tmp_path / "copied"))


@pytest.fixture
def changed(copied: Path) -> Callable[..., Path]:
    """The copy, with fields of its manifest set as told."""

    def change(**fields: object) -> Path:
        path = copied / "manifest.json"
        path.write_text(json.dumps({**json.loads(path.read_text()), **fields}))
        return copied

    return change


@pytest.fixture(scope="session")
def packaged() -> Path:
    return WEIGHTS

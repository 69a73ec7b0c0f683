"""What vLLM and sentence-transformers have to be told of a Hugging Face folder: pooling, levels, templates."""

from __future__ import annotations

import json
from pathlib import Path

from retrieval.encoder.manifest import EncoderCard

_MODULES = ("", "Transformer"), ("1_Pooling", "Pooling"), ("2_Normalize", "Normalize")


def describe(folder: Path, card: EncoderCard) -> None:
    """Write it into `folder`, whatever was there. The levels go into config.json, where vLLM looks for them.

    Raises: OSError; KeyError where config.json is not that of a model.
    """
    path = folder / "config.json"
    config = json.loads(path.read_text())
    config |= {"is_matryoshka": len(card.levels) > 1, "matryoshka_dimensions": list(card.levels)}
    _write(path, config)
    modules = [
        {"idx": at, "name": str(at), "path": place, "type": f"sentence_transformers.models.{kind}"}
        for at, (place, kind) in enumerate(_MODULES)
    ]
    _write(folder / "modules.json", modules)
    pooled = {
        "word_embedding_dimension": card.width,
        "pooling_mode_cls_token": False,
        "pooling_mode_mean_tokens": card.pooling == "mean",
        "pooling_mode_max_tokens": False,
        "pooling_mode_mean_sqrt_len_tokens": False,
        "pooling_mode_lasttoken": card.pooling == "last",
    }
    _write(folder / "1_Pooling" / "config.json", pooled)
    (folder / "2_Normalize").mkdir(exist_ok=True)
    _write(folder / "sentence_bert_config.json", {"max_seq_length": card.max_tokens, "do_lower_case": False})
    # not as defaults: who encodes says which side a text is
    prompts = {"role": card.templates.role, "profile": card.templates.profile}
    _write(folder / "config_sentence_transformers.json", {"prompts": prompts, "similarity_fn_name": "cosine"})


def _write(path: Path, said: object) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(said, indent=1) + "\n")

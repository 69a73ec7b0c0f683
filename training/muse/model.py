"""The encoder in training: one transformer for both sides, its adapters, and the folder it is saved to."""

from __future__ import annotations

import copy
import re
import shutil
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import normalize

from training.muse.bases import find_base
from training.muse.errors import MissingExtra, ModelMismatch
from training.muse.parts import full_weights
from training.muse.pooling import pool
from training.muse.recipe import Lora, Recipe
from training.muse.tokens import Ids, Tokens, padded

_DROPOUTS = ("hidden_dropout_prob", "attention_probs_dropout_prob", "attention_dropout", "embd_pdrop", "resid_pdrop")
_LAYER = re.compile(r"\.(?:layer|layers|h|block|blocks)\.(\d+)\.")


class Muse(nn.Module):
    """A shared transformer whose pooled states, at unit length, are the vectors of texts.

    Attributes:
        tokens: what turns texts of either side into ids.
        layers: how many layers the transformer has.
    """

    def __init__(self, transformer: Any, tokenizer: Any, recipe: Recipe) -> None:
        super().__init__()
        width = transformer.config.hidden_size
        if width != recipe.width:
            raise ModelMismatch(f"{recipe.base} has vectors of {width} numbers, the last of levels is {recipe.width}")
        self.transformer = transformer
        self.recipe = recipe
        self.layers: int = transformer.config.num_hidden_layers
        self._tokenizer = tokenizer
        self._pad: int = tokenizer.pad_token_id if tokenizer.pad_token_id is not None else 0
        self.tokens = Tokens(tokenizer, recipe.templates, max_tokens=recipe.max_tokens)

    def forward(self, ids: Tensor, mask: Tensor, *, even: bool = False) -> Tensor:
        """[b, width] float32 unit rows from ids and mask [b, s], padding on the right; `even` where there is none."""
        # a mask that hides nothing keeps attention from its fast path
        states = self.transformer(input_ids=ids, attention_mask=None if even else mask).last_hidden_state
        with torch.autocast(states.device.type, enabled=False):
            return normalize(pool(states, mask, self.recipe.pooling), dim=-1)

    def encode(self, ids: Sequence[Ids]) -> Tensor:
        """[b, width] of tokenised texts, which are padded and put where the weights are."""
        device = next(self.parameters()).device
        rows, mask = padded(ids, pad=self._pad)
        even = len({len(each) for each in ids}) == 1
        lower = self.recipe.precision == "bfloat16"
        with torch.autocast(device.type, torch.bfloat16, enabled=lower):
            vectors: Tensor = self(rows.to(device), mask.to(device), even=even)
        return vectors

    def depth(self, parameter: str) -> int:
        """How far below the top a parameter is: 0 in the last layer and above, `layers` in the embeddings."""
        found = _LAYER.search(f".{parameter}")
        if found:
            return self.layers - 1 - int(found[1])
        return self.layers if "embed" in parameter else 0

    def trained(self) -> dict[str, nn.Parameter]:
        """Name -> parameter, of those that learn."""
        return {name: parameter for name, parameter in self.named_parameters() if parameter.requires_grad}

    def save(self, folder: Path, *, write: bool = True) -> None:
        """Write a Hugging Face folder with the tokenizer, adapters merged into the weights; whole or not at all.

        The model itself stays as it was. Where it is shared out all processes call this, one of them to `write`.
        """
        gathered = full_weights(self.transformer)
        if not write:
            return
        scratch = folder.with_name(f".{folder.name}.new")
        shutil.rmtree(scratch, ignore_errors=True)
        scratch.mkdir(parents=True)
        with _merged(self.transformer) as plain:
            plain.save_pretrained(scratch, state_dict=gathered)
        self._tokenizer.padding_side = "right"
        self._tokenizer.save_pretrained(scratch)
        shutil.rmtree(folder, ignore_errors=True)
        scratch.rename(folder)


def open_model(recipe: Recipe) -> Muse:
    """The base of a recipe, ready to learn, the same every time.

    Raises: BaseUnavailable, ModelMismatch, MissingExtra.
    """
    from transformers import AutoConfig, AutoModel, AutoTokenizer  # noqa: PLC0415 - seconds; only who trains pays

    base = find_base(recipe.base)
    config = AutoConfig.from_pretrained(base.source, revision=base.revision)
    for name in _DROPOUTS if recipe.dropout is not None else ():
        if hasattr(config, name):
            setattr(config, name, recipe.dropout)
    # adapters are added to weights that stay: those need no more than the precision they are used in
    slim = recipe.lora is not None and recipe.precision == "bfloat16"
    torch.manual_seed(recipe.seed)  # of parts that the base brings no weights for
    transformer = AutoModel.from_pretrained(
        base.source,
        revision=base.revision,
        config=config,
        dtype=torch.bfloat16 if slim else torch.float32,
        # on a processor the backward pass of the fused kernel takes a third of a step of MiniLM, this one a tenth
        attn_implementation="sdpa" if torch.cuda.is_available() else "eager",
    )
    transformer.config.use_cache = False
    tokenizer = AutoTokenizer.from_pretrained(base.source, revision=base.revision)
    if getattr(transformer, "pooler", None) is not None:
        transformer.pooler.requires_grad_(False)  # not what we pool with
    if recipe.checkpointing:
        transformer.activation_checkpointing_enable({"use_reentrant": False})
    if recipe.lora is not None:
        transformer = _adapted(transformer, recipe.lora, seed=recipe.seed)
    model = Muse(transformer, tokenizer, recipe)
    for name, parameter in model.named_parameters():
        depth = model.depth(name)
        low = depth == model.layers or depth >= model.layers - recipe.freeze_layers
        if (recipe.freeze_layers and low) or (recipe.freeze_embeddings and depth == model.layers):
            parameter.requires_grad_(False)
    if not model.trained():
        raise ModelMismatch("nothing is left to train: freeze_layers is as many as the base has")
    return model


def _adapted(transformer: Any, lora: Lora, *, seed: int) -> Any:
    try:
        import peft  # noqa: PLC0415
    except ImportError:
        raise MissingExtra("training adapters needs peft; run: pip install 'shortlist[train]'") from None
    targets = lora.targets if isinstance(lora.targets, str) else list(lora.targets)
    settings = peft.LoraConfig(
        r=lora.rank,
        lora_alpha=lora.alpha,
        lora_dropout=lora.dropout,
        target_modules=targets,
        exclude_modules=".*pooler.*" if getattr(transformer, "pooler", None) is not None else None,
        bias="none",
    )
    torch.manual_seed(seed)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", ".*gradient_checkpointing", FutureWarning)  # asked for by its older name
        return peft.get_peft_model(transformer, settings)


@contextmanager
def _merged(transformer: Any) -> Iterator[Any]:
    """The transformer without adapters, what they learned added to its weights for as long as this lasts."""
    if not hasattr(transformer, "peft_config"):
        yield transformer
        return
    # a copy, as taking adapters out again leaves other weights behind than there were
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield copy.deepcopy(transformer).merge_and_unload()

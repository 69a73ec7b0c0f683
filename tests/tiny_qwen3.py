"""A model of Qwen3-Embedding's architecture that is made in a moment, and knows nothing."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import torch
from tokenizers import Tokenizer, models, pre_tokenizers, processors, trainers
from transformers import PreTrainedTokenizerFast, Qwen3Config, Qwen3Model

END = "<|endoftext|>"


def make(folder: Path, said: Sequence[str]) -> None:
    """Two random layers of width 64, heads wider than the width has room for, as there; vocabulary from what is `said`.

    The tokenizer is one of bytes, pads on the left, and ends every text with END, as the real one does.
    """
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    letters = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=640, special_tokens=[END], initial_alphabet=letters, show_progress=False)
    tokenizer.train_from_iterator(said, trainer)
    tokenizer.post_processor = processors.TemplateProcessing(single=f"$A {END}", special_tokens=[(END, 0)])
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, eos_token=END, pad_token=END, padding_side="left"
    ).save_pretrained(folder)
    shape = Qwen3Config(
        vocab_size=tokenizer.get_vocab_size(),
        hidden_size=64,
        intermediate_size=128,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        head_dim=32,
        max_position_embeddings=1024,
        tie_word_embeddings=False,
    )
    with torch.random.fork_rng():
        torch.manual_seed(0)
        Qwen3Model(shape).save_pretrained(folder)

"""A base so small that a step takes a moment, and lists that it can learn."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

from training.muse.lists import Candidate, GradedList, write_lists, write_texts
from training.muse.recipe import Recipe

SENTENCE = "role profile : a an of the bakes bread drives trucks mends shoes sells tea writes code counts coins"
MARKS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"]


@pytest.fixture(scope="session")
def tiny_base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Hugging Face folder: BERT with random weights, two layers of width 32, a word a token."""
    folder = tmp_path_factory.mktemp("tiny") / "bert"
    names = {word: number for number, word in enumerate([*MARKS, *SENTENCE.split()])}
    tokenizer = Tokenizer(models.WordLevel(names, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, pad_token="[PAD]", unk_token="[UNK]", cls_token="[CLS]", sep_token="[SEP]"
    ).save_pretrained(folder)
    with torch.random.fork_rng():
        torch.manual_seed(0)
        shape = BertConfig(
            vocab_size=len(names),
            hidden_size=32,
            intermediate_size=64,
            num_hidden_layers=2,
            num_attention_heads=2,
            max_position_embeddings=64,
        )
        BertModel(shape).save_pretrained(folder)
    return folder


@pytest.fixture
def tiny_recipe(tiny_base: Path) -> Recipe:
    return Recipe(
        base=str(tiny_base),
        levels=(8, 16, 32),
        max_tokens=24,
        batch=6,
        steps=6,
        learning_rate=1e-3,
        micro_tokens=64,
        threads=1,
        save_minutes=0,
        save_steps=2,
        dropout=0.1,
    )


@pytest.fixture(scope="session")
def tiny_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve activities with a right and a wrong task each, and six titles with another name."""
    folder = tmp_path_factory.mktemp("data")
    doings = [
        f"{what} {thing}" for what in ("bakes", "drives", "mends", "sells") for thing in ("bread", "tea", "shoes")
    ]
    lists = [
        GradedList(
            qid=f"a{number}",
            source="activities",
            query=doing,
            candidates=(
                Candidate(id=f"task:{number}", grade=4),
                Candidate(id=f"task:{(number + 1) % len(doings)}", grade=1, soft=(0.2, 0.6, 0.2, 0, 0)),
            ),
        )
        for number, doing in enumerate(doings)
    ]
    lists += [
        GradedList(qid=f"t{name}", source="titles", query=name, candidates=(Candidate(id=f"title:{name}", grade=3),))
        for name in ("code", "coins", "trucks", "shoes", "tea", "bread")
    ]
    texts = {f"task:{number}": f"the profile {doing} a" for number, doing in enumerate(doings)}
    texts |= {f"title:{name}": f"an {name}" for name in ("code", "coins", "trucks", "shoes", "tea", "bread")}
    write_lists(folder, lists)
    write_texts(folder, texts)
    return folder

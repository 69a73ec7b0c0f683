"""Vectors do not depend on what a text is encoded beside, frozen parts stay, and what is saved encodes the same."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from transformers import AutoModel, AutoTokenizer, LlamaConfig, LlamaModel

from training.muse.errors import ModelMismatch
from training.muse.model import Muse, open_model
from training.muse.optimizer import make_optimizer, set_rate
from training.muse.recipe import Recipe
from training.muse.tokens import Sided, micro_batches

TEXTS = [
    Sided("role", "bakes bread"),
    Sided("profile", "bakes bread"),
    Sided("profile", "sells tea an drives trucks of the code"),
    Sided("role", "a"),
    Sided("profile", " ".join(["counts coins"] * 30)),
]


@pytest.fixture(scope="module")
def tiny_llama(tiny_base: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A decoder with the tokenizer of the other, which ends texts with [SEP]."""
    folder = tmp_path_factory.mktemp("tiny") / "llama"
    tokenizer = AutoTokenizer.from_pretrained(tiny_base)
    tokenizer.padding_side = "left"
    tokenizer.save_pretrained(folder)
    torch.manual_seed(0)
    shape = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=32,
        intermediate_size=48,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=64,
    )
    LlamaModel(shape).save_pretrained(folder)
    return folder


@pytest.fixture(params=["bert", "llama"])
def recipe(request: pytest.FixtureRequest, tiny_recipe: Recipe, tiny_llama: Path) -> Recipe:
    if request.param == "bert":
        return tiny_recipe
    return tiny_recipe.changed({"base": str(tiny_llama), "pooling": "last"})


def vectors(model: Muse, texts: list[Sided], *, tokens: int) -> torch.Tensor:
    ids = model.tokens(texts)
    found = torch.zeros(len(texts), 32)
    with torch.no_grad():
        for group in micro_batches(ids, tokens=tokens):
            found[group] = model.encode([ids[place] for place in group])
    return found


def test_a_text_is_the_same_whatever_stands_beside_it(recipe: Recipe) -> None:
    model = open_model(recipe).eval()
    together, apart = vectors(model, TEXTS, tokens=1000), vectors(model, TEXTS, tokens=1)
    assert torch.allclose(together, apart, atol=1e-5)
    assert torch.allclose(together.norm(dim=1), torch.ones(len(TEXTS)), atol=1e-5)
    assert (together[0] - together[1]).abs().max() > 1e-3  # the side is told by the template


def test_vectors_are_those_of_the_plain_transformer(recipe: Recipe) -> None:
    model = open_model(recipe).eval()
    plain = AutoModel.from_pretrained(recipe.base).eval()
    tokenizer = AutoTokenizer.from_pretrained(recipe.base)
    for text, vector in zip(TEXTS, vectors(model, TEXTS, tokens=40), strict=True):
        put = recipe.templates.put(text.text, text.side)
        ids = tokenizer(put, truncation=True, max_length=recipe.max_tokens, return_tensors="pt")["input_ids"]
        assert ids.shape[1] <= recipe.max_tokens
        with torch.no_grad():
            states = plain(input_ids=ids).last_hidden_state[0]
        expected = states[-1] if recipe.pooling == "last" else states.mean(0)
        assert torch.allclose(vector, expected / expected.norm(), atol=1e-5)


def test_what_is_saved_encodes_as_what_was_trained(recipe: Recipe, tmp_path: Path) -> None:
    adapted = recipe.changed({"lora": {"rank": 2, "alpha": 8, "targets": "all-linear"}, "dropout": 0.0})
    model = open_model(adapted)
    optimizer = make_optimizer(model, adapted)
    set_rate(optimizer, 0.05)
    for _ in range(2):
        model.encode(model.tokens(TEXTS))[:, 0].sum().backward()
        optimizer.step()
    before = vectors(model.eval(), TEXTS, tokens=40)
    model.save(tmp_path / "torch")
    assert torch.equal(vectors(model, TEXTS, tokens=40), before)
    again = open_model(recipe.changed({"base": str(tmp_path / "torch")})).eval()
    assert torch.allclose(vectors(again, TEXTS, tokens=40), before, atol=1e-5)
    assert (before - vectors(open_model(recipe).eval(), TEXTS, tokens=40)).abs().max() > 1e-2
    assert AutoTokenizer.from_pretrained(tmp_path / "torch").padding_side == "right"


def test_frozen_parts_do_not_learn(recipe: Recipe) -> None:
    def learns(changes: dict[str, object]) -> set[str]:
        return set(open_model(recipe.changed(changes)).trained())

    everything = learns({})
    without_words = learns({"freeze_embeddings": True})
    assert everything - without_words == {name for name in everything if "embed" in name}
    upper = learns({"freeze_layers": 1})
    assert without_words - upper == {name for name in without_words if ".0." in name}
    assert upper
    assert all("lora" in name and ".1." in name for name in learns({"freeze_layers": 1, "lora": {"rank": 2}}))


def test_layers_below_learn_slower_and_norms_do_not_decay(tiny_recipe: Recipe) -> None:
    recipe = tiny_recipe.changed({"layer_decay": 0.5, "weight_decay": 0.1})
    model = open_model(recipe)
    optimizer = make_optimizer(model, recipe)
    set_rate(optimizer, 1.0)
    said = {id(each): group for group in optimizer.param_groups for each in group["params"]}
    rates = {name: said[id(each)]["lr"] for name, each in model.trained().items()}
    assert {rate for name, rate in rates.items() if ".layer.1." in name} == {1.0}
    assert {rate for name, rate in rates.items() if ".layer.0." in name} == {0.5}
    assert {rate for name, rate in rates.items() if "embeddings" in name} == {0.25}
    for name, each in model.trained().items():
        assert (said[id(each)]["weight_decay"] == 0) is (each.ndim == 1), name


def test_a_base_of_another_width_is_refused(tiny_recipe: Recipe) -> None:
    with pytest.raises(ModelMismatch, match="vectors of 32 numbers"):
        open_model(tiny_recipe.changed({"levels": [8, 64]}))


def test_micro_batches_hold_all_texts_once_beside_their_like() -> None:
    ids = [[0] * length for length in (5, 1, 9, 5, 2, 30, 1)]
    groups = micro_batches(ids, tokens=12)
    assert sorted(place for group in groups for place in group) == list(range(7))
    for group in groups:
        assert len(group) == 1 or len(group) * max(len(ids[place]) for place in group) <= 12
    assert [len(ids[group[0]]) for group in groups] == sorted((len(ids[g[0]]) for g in groups), reverse=True)


def test_bfloat16_is_near(tiny_recipe: Recipe) -> None:
    model = open_model(tiny_recipe).eval()
    lower = open_model(tiny_recipe.changed({"precision": "bfloat16"})).eval()
    cosines = (vectors(model, TEXTS, tokens=40) * vectors(lower, TEXTS, tokens=40)).sum(1)
    assert cosines.min() > 0.999
    assert all(parameter.dtype == torch.float32 for parameter in lower.parameters())

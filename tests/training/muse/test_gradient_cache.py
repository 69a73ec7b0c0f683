"""Cached gradients are the plain ones, dropout included, however the batch is cut into micro-batches."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import Tensor

from training.muse.batches import Batches
from training.muse.gradient_cache import backward
from training.muse.lists import read_lists
from training.muse.loss import loss
from training.muse.model import Muse, open_model
from training.muse.processes import Processes
from training.muse.recipe import Lora, Recipe
from training.muse.texts import gather_texts
from training.muse.tokens import micro_batches


@pytest.fixture(scope="module", autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)


def gradients(recipe: Recipe, data: Path, *, cached: bool, tokens: int) -> tuple[float, dict[str, Tensor]]:
    lists = read_lists(data)
    batch = Batches(lists, gather_texts(lists, data, None), recipe)[0]
    model = open_model(recipe)
    model.train()
    ids = model.tokens(batch.texts)
    groups = micro_batches(ids, tokens=tokens)
    assert len(groups) > 1
    descent = backward(
        model,
        ids,
        lambda vectors: loss(vectors, batch.layout, recipe),
        groups=groups,
        cached=cached,
        seed=(1, 2, 3),
        processes=Processes(),
    )
    return descent.loss, {name: each.grad for name, each in model.trained().items() if each.grad is not None}


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_cached_is_plain(tiny_recipe: Recipe, tiny_data: Path, precision: str) -> None:
    recipe = tiny_recipe.changed({"precision": precision, "dropout": 0.3})
    value, plain = gradients(recipe, tiny_data, cached=False, tokens=40)
    again, cached = gradients(recipe, tiny_data, cached=True, tokens=40)
    assert again == value
    assert cached.keys() == plain.keys()
    assert len(plain) > 20
    for name, gradient in plain.items():
        assert torch.equal(cached[name], gradient), name
    assert any(gradient.abs().max() > 1e-4 for gradient in plain.values())


def test_the_cut_into_micro_batches_does_not_matter(tiny_recipe: Recipe, tiny_data: Path) -> None:
    recipe = tiny_recipe.changed({"dropout": 0.0})
    value, few = gradients(recipe, tiny_data, cached=False, tokens=100)
    again, many = gradients(recipe, tiny_data, cached=True, tokens=1)
    assert again == pytest.approx(value, abs=1e-5)
    for name, gradient in few.items():
        assert torch.allclose(many[name], gradient, atol=1e-5, rtol=1e-3), name


def test_the_gradient_is_that_of_the_loss_as_one_expression(tiny_recipe: Recipe, tiny_data: Path) -> None:
    recipe = tiny_recipe.changed({"dropout": 0.0})
    _, found = gradients(recipe, tiny_data, cached=True, tokens=40)
    lists = read_lists(tiny_data)
    batch = Batches(lists, gather_texts(lists, tiny_data, None), recipe)[0]
    model: Muse = open_model(recipe)
    vectors = torch.cat([model.encode([ids]) for ids in model.tokens(batch.texts)])
    loss(vectors, batch.layout, recipe)[0].backward()
    for name, parameter in model.trained().items():
        if parameter.grad is not None:
            assert torch.allclose(found[name], parameter.grad, atol=1e-5, rtol=1e-3), name


def test_adapters_are_cached_too(tiny_recipe: Recipe, tiny_data: Path) -> None:
    recipe = tiny_recipe.changed({"lora": Lora(rank=2, alpha=4, dropout=0.2, targets=("query", "value")).model_dump()})
    _, plain = gradients(recipe, tiny_data, cached=False, tokens=40)
    _, cached = gradients(recipe, tiny_data, cached=True, tokens=40)
    assert plain.keys() == cached.keys()
    assert all("lora" in name for name in plain)
    assert all(torch.equal(cached[name], gradient) for name, gradient in plain.items())

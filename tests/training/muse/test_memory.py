"""What the big recipe takes, on paper, against parameters that transformers itself counts."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from transformers import Qwen3Config, Qwen3Model

from training.muse.memory import QWEN3_8B, Shape, hours, memory
from training.muse.recipe import Lora, read_recipe

CONFIG: dict[str, Any] = {
    "vocab_size": 151_665,
    "hidden_size": 4096,
    "intermediate_size": 12_288,
    "num_hidden_layers": 36,
    "num_attention_heads": 32,
    "num_key_value_heads": 8,
    "head_dim": 128,
}
GPU = 80e9


@pytest.fixture(scope="module")
def model() -> Any:
    with torch.device("meta"):
        return Qwen3Model(Qwen3Config(**CONFIG))


def test_parameters_are_those_of_the_architecture(model: Any) -> None:
    counted = sum(parameter.numel() for parameter in model.parameters())
    assert Shape.of(CONFIG) == QWEN3_8B
    assert QWEN3_8B.parameters == pytest.approx(counted, rel=1e-4)
    assert counted == pytest.approx(7.57e9, rel=1e-3)


def test_the_recipes_adapters_are_on_every_matrix(model: Any) -> None:
    lora = read_recipe("qwen3-8b").lora
    assert isinstance(lora, Lora)
    adapted = [
        module
        for name, module in model.named_modules()
        if isinstance(module, torch.nn.Linear) and name.rpartition(".")[2] in lora.targets
    ]
    assert len(adapted) == 36 * 7
    added = sum(lora.rank * (module.in_features + module.out_features) for module in adapted)
    assert QWEN3_8B.adapter(lora.rank) == added


def test_both_ways_of_training_fit_eight_gpus() -> None:
    recipe = read_recipe("qwen3-8b")
    assert isinstance(recipe.lora, Lora)
    adapters = memory(QWEN3_8B, gpus=8, micro_tokens=recipe.micro_tokens, lora_rank=recipe.lora.rank)
    whole = memory(QWEN3_8B, gpus=8, micro_tokens=recipe.micro_tokens)
    assert adapters.total < whole.total < 0.5 * GPU
    assert memory(QWEN3_8B, gpus=1, micro_tokens=recipe.micro_tokens).total > GPU, "not on one"
    assert str(whole).startswith(f"{whole.total / 1e9:.1f} GB = weights 3.8 + ")


def test_time_goes_with_tokens_and_gpus() -> None:
    one = hours(QWEN3_8B, tokens=1_000_000, gpus=1)
    assert hours(QWEN3_8B, tokens=8_000_000, gpus=8) == pytest.approx(one)
    assert hours(QWEN3_8B, tokens=1_000_000, gpus=1, lora_rank=16) == pytest.approx(0.8 * one)

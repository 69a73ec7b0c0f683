"""The weights that are saved lie where the recipe says on the line from the base to what was trained."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from transformers import AutoModel

from training.muse.bases import find_base
from training.muse.recipe import Recipe
from training.muse.trainer import train


def weights(folder: str | Path) -> dict[str, torch.Tensor]:
    return dict(AutoModel.from_pretrained(folder, dtype=torch.float32).state_dict())


@pytest.mark.parametrize("share", [0.25, 1.0])
def test_a_share_of_the_base_is_kept(share: float, tiny_recipe: Recipe, tiny_data: Path, tmp_path: Path) -> None:
    plain = weights(train(tiny_recipe, tiny_data, tmp_path / "plain"))
    kept = weights(train(tiny_recipe.changed({"keep_base": share}), tiny_data, tmp_path / "kept"))
    base = weights(str(find_base(tiny_recipe.base).source))
    moved = 0
    for name, weight in kept.items():
        torch.testing.assert_close(weight, (1 - share) * plain[name] + share * base[name], rtol=1e-5, atol=1e-6)
        moved += not torch.equal(plain[name], base[name])
    assert moved


def test_a_run_that_keeps_another_share_is_another_run(tiny_recipe: Recipe) -> None:
    assert tiny_recipe.changed({"keep_base": 0.5}).fingerprint != tiny_recipe.fingerprint

"""The weights that are saved lie where the recipe says on the line from the base to what was trained."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from transformers import AutoModel

from training.muse.bases import find_base
from training.muse.interpolation import keep_base
from training.muse.recipe import Recipe
from training.muse.trainer import train

ADAPTED = {"lora": {"rank": 2, "alpha": 8, "targets": "all-linear"}, "learning_rate": 0.01}


def weights(folder: str | Path) -> dict[str, torch.Tensor]:
    return dict(AutoModel.from_pretrained(folder, dtype=torch.float32).state_dict())


@pytest.mark.parametrize("changes", [{}, ADAPTED], ids=["whole", "adapters"])
@pytest.mark.parametrize("share", [0.25, 1.0])
def test_a_share_of_the_base_is_kept(
    share: float, changes: dict[str, object], tiny_recipe: Recipe, tiny_data: Path, tmp_path: Path
) -> None:
    recipe = tiny_recipe.changed(changes)
    plain = weights(train(recipe, tiny_data, tmp_path / "plain"))
    kept = weights(train(recipe.changed({"keep_base": share}), tiny_data, tmp_path / "kept"))
    base = weights(str(find_base(recipe.base).source))
    assert kept.keys() == plain.keys() == base.keys()
    moved = 0
    for name, weight in kept.items():
        torch.testing.assert_close(weight, (1 - share) * plain[name] + share * base[name], rtol=1e-5, atol=1e-6)
        moved += not torch.equal(plain[name], base[name])
    assert moved


@pytest.mark.parametrize("changes", [{}, ADAPTED], ids=["whole", "adapters"])
def test_parts_that_the_base_brings_no_weights_for_are_the_same_every_time(
    changes: dict[str, object], tiny_base: Path, tiny_recipe: Recipe, tiny_data: Path, tmp_path: Path
) -> None:
    """A pooler that is not in the file is drawn when the base is read, for training and for the mean."""
    base = shutil.copytree(tiny_base, tmp_path / "base")
    there = load_file(base / "model.safetensors")
    file = {name: weight for name, weight in there.items() if "pooler" not in name}
    assert len(file) < len(there)
    save_file(file, base / "model.safetensors", metadata={"format": "pt"})

    recipe = tiny_recipe.changed({**changes, "base": str(base), "keep_base": 0.4, "steps": 1, "seed": 5})
    began = weights(train(recipe.changed({"keep_base": 0.0}), tiny_data, tmp_path / "plain"))
    found = []
    for name, state in (("one", 1), ("other", 2)):
        folder = shutil.copytree(tmp_path / "plain" / "torch", tmp_path / name)
        torch.manual_seed(state)  # wherever the generator stood
        keep_base(folder, recipe)
        found.append(weights(folder))
    drawn = {name for name in began if "pooler" in name}
    assert drawn
    for name in began:
        torch.testing.assert_close(found[0][name], found[1][name], rtol=0, atol=0)
    for name in drawn:  # which never learns
        torch.testing.assert_close(found[0][name], began[name], rtol=0, atol=1e-7)


def test_a_run_that_keeps_another_share_is_another_run(tiny_recipe: Recipe) -> None:
    assert tiny_recipe.changed({"keep_base": 0.5}).fingerprint != tiny_recipe.fingerprint

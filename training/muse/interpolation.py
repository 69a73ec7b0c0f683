"""Between the base and what was trained: learns the task, forgets less (Wortsman et al., 2022, arXiv:2109.01903)."""

from __future__ import annotations

from pathlib import Path

import torch

from training.muse.bases import find_base
from training.muse.recipe import Recipe


def keep_base(folder: Path, recipe: Recipe) -> None:
    """Replace the weights of the Hugging Face folder by their mean with the base's, which weighs `recipe.keep_base`.

    Both are held in memory. Raises: BaseUnavailable.
    """
    from transformers import AutoModel  # noqa: PLC0415 - seconds; only who trains pays

    base = find_base(recipe.base)
    trained = AutoModel.from_pretrained(folder, dtype=torch.float32)
    torch.manual_seed(recipe.seed)  # of parts that the base brings no weights for: those that training began with
    before = AutoModel.from_pretrained(base.source, revision=base.revision, dtype=torch.float32).state_dict()
    with torch.no_grad():
        for name, weight in trained.state_dict().items():
            if weight.is_floating_point():
                weight.lerp_(before[name], recipe.keep_base)
    trained.save_pretrained(folder)

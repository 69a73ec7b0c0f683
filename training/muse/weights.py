"""From a finished run to a folder of weights that is served, with a manifest that says how it came about."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from retrieval.encoder import EncoderCard, EncoderManifest, pack
from retrieval.serialisation import VERSION
from training.muse.bases import find_base
from training.muse.lists import fingerprint, read_data
from training.muse.progress_log import read_metrics
from training.muse.recipe import Recipe

_LAST = 20
"""Steps whose mean loss is told."""


def pack_run(
    recipe: Recipe,
    run: Path,
    data: Path,
    out: Path,
    *,
    onnx: bool = True,
    torch: bool = False,
    metrics: dict[str, Any] | None = None,
) -> EncoderManifest:
    """Make the folder `out` from what `train` left in `run`; `metrics` are an evaluation's, beside those of training.

    Raises: EncoderUnavailable where the export fails, BaseUnavailable.
    """
    about = read_data(data)
    card = EncoderCard(
        name=recipe.name,
        base=find_base(recipe.base).name,
        levels=recipe.levels,
        templates=recipe.templates,
        pooling=recipe.pooling,
        max_tokens=recipe.max_tokens_serving,
        serialisation=VERSION,
        data={**about, "fingerprint": fingerprint(data)},
        constitution=about.get("constitution"),
        recipe=recipe.model_dump(mode="json"),
        metrics={"training": training_figures(run), **(metrics or {})},
    )
    return pack(run / "torch", out, card, onnx=onnx, torch=torch)


def training_figures(run: Path) -> dict[str, float]:
    """Steps, seconds, texts a second, and the mean loss of the last steps of a run."""
    lines = read_metrics(run)
    if not lines:
        return {}
    last = lines[-_LAST:]
    busy = sum(line["seconds"] for line in lines)
    return {
        "steps": lines[-1]["step"],
        "seconds": lines[-1]["elapsed"],
        "texts_per_second": round(sum(line["texts"] for line in lines) / max(busy, 1e-9), 1),
        "loss": round(sum(line["loss"] for line in last) / len(last), 4),
    }

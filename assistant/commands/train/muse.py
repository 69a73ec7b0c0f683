"""`shortlist train muse`: the encoder, by a recipe, from a folder of graded lists."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from assistant.options import JsonOption, WorkspaceOption

EXAMPLE = "shortlist train muse --recipe default --data data/ --out run/"


class Served(StrEnum):
    """What the folder of weights is made for."""

    ONNX = "onnx"
    TORCH = "torch"
    BOTH = "both"


def command(
    data: Annotated[Path, typer.Option("--data", metavar="DIR", help="What `shortlist train muse-data` made.")],
    out: Annotated[
        Path, typer.Option("--out", metavar="DIR", help="Where the run and its weights go; the same folder to go on.")
    ],
    recipe: Annotated[
        str, typer.Option("--recipe", metavar="NAME", help="default, another packaged recipe, or a TOML file.")
    ] = "default",
    changes: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KEY=VALUE", help="Another value for a field of the recipe. Repeatable."),
    ] = None,
    served: Annotated[
        Served, typer.Option("--weights", help="onnx (int8, for this machine), torch (float, for vLLM), or both.")
    ] = Served.ONNX,
    restart: Annotated[bool, typer.Option("--restart", help="Begin anew where a run is already.")] = False,
    tensorboard: Annotated[bool, typer.Option("--tensorboard", help="Also write figures for tensorboard.")] = False,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Train the encoder: one model for roles and profiles, near where a person is qualified, at every width."""
    import os

    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")  # read when the tokenizer is first used
    from assistant.console import print_json, stdout
    from assistant.progress import meter
    from assistant.settings import read_settings
    from training.muse.processes import Processes
    from training.muse.recipe import parse_changes, read_recipe
    from training.muse.trainer import train
    from training.muse.weights import pack_run, training_figures

    settings = read_settings(workspace=workspace)
    chosen = read_recipe(recipe).changed(parse_changes(changes or []))
    with meter() as advance:
        train(
            chosen,
            data,
            out,
            workspace=settings.workspace,
            resume=not restart,
            tensorboard=tensorboard,
            progress=advance,
        )
        if not Processes().first:
            return
        manifest = pack_run(
            chosen, out, data, out / "weights", onnx=served != Served.TORCH, torch=served != Served.ONNX
        )
    figures = training_figures(out)
    if as_json:
        print_json({"id": manifest.id, "weights": str(out / "weights"), **figures})
        return
    console = stdout()
    console.print(
        f"Trained {manifest.id} in {figures['steps']:,} steps, {figures['seconds'] / 60:.1f} minutes "
        f"({figures['texts_per_second']:.0f} texts a second); the weights are in {out / 'weights'}.",
        markup=False,
    )

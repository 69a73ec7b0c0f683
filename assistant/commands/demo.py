"""`shortlist demo`: an invented population, indexed, and a chat over it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from assistant.options import JsonOption

EXAMPLE = "shortlist demo --size 500"
REQUEST = "Registered nurse with ICU experience in Texas, at least 3 years, BLS certification; Spanish is a plus"


def command(
    size: Annotated[int, typer.Option("--size", min=1, metavar="N", help="How many people to invent.")] = 5000,
    seed: Annotated[int, typer.Option("--seed", metavar="S", help="The same seed invents the same people.")] = 1,
    workspace: Annotated[
        Path, typer.Option("--workspace", metavar="DIR", help="Folder for the people and their snapshot.")
    ] = Path("demo-workspace"),
    as_json: JsonOption = False,
) -> None:
    """Invent people, index them and start the chat; without a terminal, run one example search instead."""
    from assistant.demo import prepare
    from assistant.settings import read_settings

    settings = read_settings(workspace=workspace)
    prepare(workspace, size=size, seed=seed, encoder=settings.text_encoder)
    if sys.stdin.isatty() and not as_json:
        from assistant.conversation import converse

        converse(settings, limit=10)
        return
    from assistant.commands import search

    if not as_json:
        typer.echo(f'Without a terminal, the demo asks one thing: shortlist search "{REQUEST}" --workspace {workspace}')
    search.command(REQUEST, workspace=workspace, as_json=as_json, limit=10)

"""`shortlist models`: what each job runs on, whether it answers, and what it may cost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from assistant.options import JsonOption

if TYPE_CHECKING:
    from agents.models import ModelConfig
    from agents.models.probing import Probe

EXAMPLE = "shortlist models --json"


def command(
    seconds: Annotated[
        float, typer.Option("--seconds", min=0.1, max=600, metavar="N", help="How long a server may take to answer.")
    ] = 10.0,
    as_json: JsonOption = False,
) -> None:
    """Ask the model of every job for a word; exits with 1 where one does not answer."""
    import asyncio

    from agents.models.probing import probe
    from assistant.console import print_json
    from assistant.settings import read_settings

    config = read_settings().models
    probes = asyncio.run(probe(config, seconds=seconds))
    if as_json:
        print_json([_document(one, config.of(one.job)) for one in probes])
    else:
        _print(probes, [config.of(one.job) for one in probes])
    if not all(one.ok for one in probes):
        raise typer.Exit(1)


def _document(one: Probe, config: ModelConfig) -> dict[str, Any]:
    settings = config.model_dump(mode="json", exclude={"name", "url"})
    return {**one.model_dump(mode="json"), "name": config.name, "url": config.url, "settings": settings}


def _print(probes: tuple[Probe, ...], configs: list[ModelConfig]) -> None:
    from rich.table import Table

    from assistant.console import plain, stdout

    table = Table(box=None)
    for heading in ("job", "model", "status", "ms", "price in/out", "budget a run", "at a time"):
        table.add_column(heading, overflow="fold")
    for one, config in zip(probes, configs, strict=True):
        table.add_row(
            plain(one.job),
            plain(one.model),
            plain(one.detail if one.ok else "does not answer", style="" if one.ok else "red"),
            "" if one.milliseconds is None else f"{one.milliseconds:,.0f}",
            *(("", "", "") if config.embedded else (_price(config), _budget(config), f"{config.concurrency}")),
        )
    stdout().print(table)
    for one in probes:
        if not one.ok:
            stdout().print(plain(one.detail, style="red"))
    stdout().print("Prices are for a million tokens. SHORTLIST_MODELS__<JOB>__NAME sets a job's model.", style="dim")


def _price(config: ModelConfig) -> str:
    if config.price_in is None and config.price_out is None:
        return "not set"
    return f"{config.price_in or 0:g}/{config.price_out or 0:g}"


def _budget(config: ModelConfig) -> str:
    tokens = "" if config.tokens is None else f"{config.tokens:,} tokens"
    money = "" if config.money is None else f"{config.money:g} money"
    return ", ".join(part for part in (tokens, money) if part) or "none"

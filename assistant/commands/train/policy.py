"""`shortlist train policy`: the policy screen's networks, from labelled requests."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from assistant.options import JsonOption, WeightsOption

EXAMPLE = "shortlist train policy --out weights/"


def command(
    out: WeightsOption,
    lines: Annotated[
        Path | None,
        typer.Option("--lines", metavar="FILE", help="Labelled requests to learn from, beside the packaged."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Train the policy screen's networks on labelled requests, and save them."""
    from assistant.console import print_json, stdout
    from assistant.progress import meter
    from offline.evaluation.safety.screening import SuiteUnreadable
    from training.policy import describe, fit, packaged_lines, save

    try:
        known = packaged_lines(lines)
    except SuiteUnreadable as error:
        raise typer.BadParameter(str(error), param_hint="--lines") from error
    with meter() as advance:
        networks = fit(known, progress=lambda done, total: advance("batches", done, total))
    save(networks, out, describe(known))
    if as_json:
        print_json(describe(known).model_dump(mode="json"))
        return
    stdout().print(f"Trained the policy's network on {len(known):,} labelled requests; it is in {out}.")

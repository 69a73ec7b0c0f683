"""`shortlist train`: weights from expert grades or labelled requests."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from assistant.options import JsonOption, WorkspaceOption

EXAMPLE = "shortlist train ranker --judged judged/ --out weights/"


class Model(StrEnum):
    """What can be trained."""

    RANKER = "ranker"
    GRADER = "grader"
    POLICY = "policy"


def command(
    model: Annotated[
        Model,
        typer.Argument(
            help="ranker (trees over the pool), grader (the in-process judge) or policy (the screen's network)."
        ),
    ],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Where the weights and their card go.")],
    judged: Annotated[
        Path | None,
        typer.Option(
            "--judged", metavar="DIR", help="ranker, grader: folder with queries.jsonl and qrels.txt (grades 0-4)."
        ),
    ] = None,
    lines: Annotated[
        Path | None,
        typer.Option("--lines", metavar="FILE", help="policy: labelled requests to learn from, beside the packaged."),
    ] = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Train on expert grades (ranker, grader) or labelled requests (policy): fit, measure on unseen ones, save."""
    if model is Model.POLICY:
        _policy(lines, out, as_json=as_json)
        return
    if judged is None:
        raise typer.BadParameter(f"the {model.value} learns from expert grades: --judged DIR", param_hint="--judged")
    if model is Model.GRADER:
        _grader(judged, out, workspace, as_json=as_json)
        return
    from assistant.console import print_json, stdout
    from assistant.progress import meter
    from assistant.settings import read_settings
    from assistant.workspace import open_workspace
    from offline.evaluation import read_judged
    from training.ranker import cross_validate, describe, fit, save
    from training.ranker_data import gather

    settings = read_settings(workspace=workspace)
    asked = read_judged(judged)
    with meter() as advance:
        sourcing = open_workspace(settings)
        done = 0

        def searched(_: str) -> None:
            nonlocal done
            done += 1
            advance("requests", done, len(asked.requests))

        pools = gather(sourcing, asked, progress=searched)
    metrics = cross_validate(pools, asked)
    card = describe(pools, encoder=sourcing.snapshot.encoder.id, metrics=metrics)
    save(fit(pools), out, card)
    if as_json:
        print_json(card.model_dump(mode="json"))
        return
    console = stdout()
    console.print(f"Trained the {model.value} on {card.pairs:,} grades of {card.requests} requests; it is in {out}.")
    console.print("On requests that it had not seen (five folds):")
    for name, value in metrics.items():
        console.print(f"  {name:12} {value:.4f}")


def _grader(judged: Path, out: Path, workspace: Path | None, *, as_json: bool) -> None:
    from assistant.console import print_json, stdout
    from assistant.progress import meter
    from assistant.settings import read_settings
    from assistant.workspace import open_workspace
    from offline.evaluation import read_judged
    from training.grader import describe, fit, save
    from training.grader_data import pair_up
    from training.grader_figures import cross_validate, figures

    settings = read_settings(workspace=workspace)
    asked = read_judged(judged)
    with meter() as advance:
        sourcing = open_workspace(settings)
        done = 0

        def marked(_: str) -> None:
            nonlocal done
            done += 1
            advance("requests", done, len(asked.requests))

        pairs = pair_up(sourcing, asked, progress=marked)
        reached = figures(cross_validate(pairs, progress=lambda so_far, of: advance("folds", so_far, of)))
        fitted = fit(pairs)
    card = describe(fitted, pairs, encoder=sourcing.snapshot.encoder.id, metrics=reached.metrics)
    save(fitted, out, card)
    if as_json:
        print_json({**card.model_dump(mode="json"), "confusion": reached.confusion.tolist()})
        return
    console = stdout()
    console.print(f"Trained the grader on {card.pairs:,} grades of {card.requests} requests; it is in {out}.")
    console.print("On requests that it had not seen (five folds), with 95 % intervals over requests:")
    for name, one in reached.estimates.items():
        console.print(f"  {name:18} {one.value:.3f}  ({one.low:.3f} to {one.high:.3f})", markup=False)
    console.print("Experts' grades 0 to 4 (rows) against the grader's (columns):")
    for row in reached.confusion.tolist():
        console.print("  " + "".join(f"{count:6}" for count in row))


def _policy(lines: Path | None, out: Path, *, as_json: bool) -> None:
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

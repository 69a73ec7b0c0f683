"""`shortlist label`: pairs of request and person labelled by a teacher, by the thousand."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.options import JsonOption, WorkspaceOption

if TYPE_CHECKING:
    from rich.console import Console

    from training.labels.card import LabelCard
    from training.labels.consistency import Consistency
    from training.labels.labelling import Outcome

EXAMPLE = "shortlist label --requests queries.jsonl --per-request 40 --out labels/"


def command(
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Where the labels go; the same folder to go on.")],
    pairs: Annotated[
        Path | None,
        typer.Option(
            "--pairs", metavar="PATH", help='Lines {"qid", "text", "member_id"}, or a folder of judged requests.'
        ),
    ] = None,
    requests: Annotated[
        Path | None,
        typer.Option("--requests", metavar="FILE", help='Lines {"qid", "text"}: people are drawn for each request.'),
    ] = None,
    per_request: Annotated[
        int, typer.Option("--per-request", min=1, metavar="N", help="How many people are drawn for a request.")
    ] = 40,
    model: Annotated[
        str,
        typer.Option("--model", metavar="MODEL", help="embedded, NAME@URL, or a job of the settings."),
    ] = "teacher",
    constitution: Annotated[
        str | None, typer.Option("--constitution", metavar="VERSION", help="The current one where not given.")
    ] = None,
    no_scratchpad: Annotated[bool, typer.Option("--no-scratchpad", help="Without thinking in writing first.")] = False,
    no_role_details: Annotated[
        bool, typer.Option("--no-role-details", help="With the request's own words only, not the structured role.")
    ] = False,
    no_examples: Annotated[bool, typer.Option("--no-examples", help="Without the worked examples.")] = False,
    rate: Annotated[
        float | None, typer.Option("--rate", min=0.001, metavar="N", help="At most so many pairs a minute.")
    ] = None,
    tokens: Annotated[
        int | None, typer.Option("--tokens", min=1, metavar="N", help="At most so many tokens in this run.")
    ] = None,
    money: Annotated[
        float | None, typer.Option("--money", min=0.0, metavar="N", help="At most so much money in this run.")
    ] = None,
    duplicates: Annotated[
        float, typer.Option("--duplicates", min=0, max=1, metavar="SHARE", help="Share of pairs asked a second time.")
    ] = 0.05,
    swaps: Annotated[
        float,
        typer.Option("--swaps", min=0, max=1, metavar="SHARE", help="Share asked again in another order."),
    ] = 0.05,
    seed: Annotated[int, typer.Option("--seed", metavar="S", help="Of who is drawn and who is asked twice.")] = 0,
    limit: Annotated[
        int | None, typer.Option("--limit", min=1, metavar="N", help="At most so many pairs in this run.")
    ] = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Label pairs with the teacher. Stopped or killed, the same command goes on where it was."""
    import asyncio

    from agents.constitution import Prompting
    from agents.constitution.loader import CURRENT
    from assistant.console import print_json, stderr, stdout
    from assistant.progress import meter
    from assistant.settings import read_settings
    from assistant.workspace import open_workspace
    from offline.evaluation.agreement.opening import budgeted, chosen
    from training.labels.running import Wanted, run

    source = pairs or requests
    if source is None or (pairs and requests):
        raise typer.BadParameter("give either --pairs or --requests")
    settings = read_settings(workspace=workspace)
    config = budgeted(chosen(model, settings.models), tokens=tokens, money=money)
    wanted = Wanted(
        source=source,
        per_request=None if pairs else per_request,
        constitution=constitution or CURRENT,
        prompting=Prompting(scratchpad=not no_scratchpad, role_details=not no_role_details, examples=not no_examples),
        duplicates=duplicates,
        swaps=swaps,
        seed=seed,
    )
    with meter() as advance:
        sourcing = open_workspace(settings)
        done = asyncio.run(run(out, wanted, config, sourcing, rate=rate, limit=limit, progress=advance))
    if as_json:
        print_json(done.card.model_dump(mode="json"))
    else:
        _show(done.card, done.outcome, out, stdout())
    for note in done.notes:
        stderr().print(f"- {note}", markup=False)
    if done.outcome.stopped:
        raise LabellingStopped(
            f"labelling stopped early: {done.outcome.stopped}. What was labelled is kept in {out}; the same command "
            f"goes on with the {done.outcome.left:,} pairs that are left."
        )


class LabellingStopped(RuntimeError):
    """A run that ended before its pairs did."""


def _show(card: LabelCard, outcome: Outcome, out: Path, console: Console) -> None:
    from assistant.console import plain

    speed = f" in {outcome.seconds:,.0f} s ({outcome.labelled / outcome.seconds:,.1f} a second)"
    console.print(plain(f"Labelled {outcome.labelled:,} pairs{speed if outcome.labelled else ''}; they are in {out}."))
    console.print(
        plain(
            f"In all {card.pairs:,} pairs of {card.requests:,} requests, and {card.repeats:,} repeats; "
            f"{card.left:,} left."
        )
    )
    console.print(plain(f"Grades 0 to 4: {', '.join(f'{count:,}' for count in card.grades)}."))
    for why, grades in card.grades_by_draw.items():
        if len(card.grades_by_draw) > 1:
            console.print(plain(f"drawn {why}: {', '.join(f'{count:,}' for count in grades)}"))
    spent = f"{card.input_tokens:,} tokens read and {card.output_tokens:,} written"
    console.print(plain(spent + (f", {card.money:,.2f} in money" if card.money else "") + "."))
    for name, asked in (("Asked again", card.again), ("Asked with the order swapped", card.swapped)):
        if asked is not None:
            console.print(plain(f"{name}: {_consistent(asked)}."))
    for reason, count in card.failures.items():
        console.print(plain(f"{count:,} failed, to be asked again by the next run: {reason}"))


def _consistent(found: Consistency) -> str:
    kappa = "" if found.kappa.value is None else f"kappa {found.kappa.value:.2f}, "
    flips = ", ".join(f"{grade}: {share:.0%}" for grade, share in found.flips.items())
    return (
        f"{found.pairs:,} pairs, {found.exact.value or 0.0:.0%} the same grade, {kappa}"
        f"off by {found.error.value or 0.0:.2f}; changed by first grade {flips}"
    )

"""`shortlist judge compare`: how far judges agree with people on the same scored pairs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from assistant.options import JsonOption, WorkspaceOption

EXAMPLE = "shortlist judge compare --pairs judged/ --pairs human_scores/ --constitution 1 --constitution 2"


def command(
    pairs: Annotated[
        list[Path],
        typer.Option(
            "--pairs",
            metavar="PATH",
            help="Folder with queries.jsonl and qrels.txt (grades 0-4), or with jobs.jsonl and scores.csv. Repeatable.",
        ),
    ],
    model: Annotated[
        list[str] | None,
        typer.Option(
            "--model",
            metavar="MODEL",
            help="embedded, NAME@URL, or a job of the settings (judge, teacher). Repeatable; the configured judge "
            "where not given.",
        ),
    ] = None,
    constitution: Annotated[
        list[str] | None,
        typer.Option("--constitution", metavar="VERSION", help="Repeatable; the current one where not given."),
    ] = None,
    teacher: Annotated[bool, typer.Option("--teacher", help="Prompt as the teacher, not the judge.")] = False,
    no_scratchpad: Annotated[bool, typer.Option("--no-scratchpad", help="Without thinking in writing first.")] = False,
    no_role_details: Annotated[
        bool, typer.Option("--no-role-details", help="With the request's own words only, not the structured role.")
    ] = False,
    no_examples: Annotated[bool, typer.Option("--no-examples", help="Without the worked examples.")] = False,
    ablate: Annotated[bool, typer.Option("--ablate", help="Also with one of these parts left out.")] = False,
    sample: Annotated[
        int | None, typer.Option("--sample", min=1, metavar="N", help="At most so many requests of each set.")
    ] = None,
    seed: Annotated[int, typer.Option("--seed", metavar="S", help="Of the sample and the resampling.")] = 0,
    scale: Annotated[
        str | None, typer.Option("--scale", metavar="LOW-HIGH", help="What scores.csv was scored on; 1-7 if not given.")
    ] = None,
    disagreements: Annotated[
        int, typer.Option("--disagreements", min=0, metavar="N", help="Show so many of the worst pairs of each judge.")
    ] = 6,
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="Also write a page; it quotes profiles.")
    ] = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Run judges on human-scored pairs: weighted kappa with intervals, confusion, cost, and where they disagree."""
    import asyncio

    from agents.constitution import Prompting
    from agents.constitution.loader import CURRENT
    from agents.models.cache import FILE, AnswerCache
    from assistant.commands.judge.tables import show
    from assistant.console import print_json, stderr, stdout
    from assistant.progress import meter
    from assistant.settings import read_settings
    from assistant.workspace import open_workspace
    from offline.evaluation.agreement import Scale, read_pairs, sampled, systems
    from offline.evaluation.agreement.opening import chosen
    from offline.evaluation.agreement.page import write_page
    from offline.evaluation.agreement.running import run

    settings = read_settings(workspace=workspace)
    on = Scale.parse(scale) if scale else None
    sets = [sampled(read_pairs(path, scale=on), sample, seed=seed) for path in pairs]
    configs = {config.id: config for text in model or ["judge"] for config in (chosen(text, settings.models),)}
    compared = systems(
        models=list(configs),
        constitutions=constitution or [CURRENT],
        prompting=Prompting(scratchpad=not no_scratchpad, role_details=not no_role_details, examples=not no_examples),
        ablate=ablate,
        audience="teacher" if teacher else "judge",
    )
    with meter() as advance:
        sourcing = open_workspace(settings)
        comparison = asyncio.run(
            run(
                sets,
                compared,
                configs,
                sourcing,
                cache=lambda: AnswerCache(settings.workspace / FILE),
                most=disagreements,
                seed=seed,
                progress=advance,
            )
        )
    if html:
        write_page(html, comparison)
    if as_json:
        print_json(comparison.model_dump(mode="json"))
    else:
        show(comparison, stdout())
    if html:
        stderr().print(f"The page is in {html}. It quotes profiles: keep it as you keep them.", markup=False)

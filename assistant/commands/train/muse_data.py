"""`shortlist train muse-data`: what the encoder learns from."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from assistant.options import JsonOption, WorkspaceOption

EXAMPLE = "shortlist train muse-data --out data/ --onet onet/ --judged judged/ --unseen titles/"


def command(
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Where the data goes; the same folder to go on.")],
    onet: Annotated[
        Path | None,
        typer.Option(
            "--onet", metavar="DIR", help="O*NET's tables; the packaged tasks of occupations where not given."
        ),
    ] = None,
    judged: Annotated[
        Path | None,
        typer.Option("--judged", metavar="DIR", help="Requests with expert grades: queries.jsonl and qrels.txt."),
    ] = None,
    unseen: Annotated[
        list[Path] | None,
        typer.Option("--unseen", metavar="PATH", help="Queries of an evaluation, not to be trained on. Repeatable."),
    ] = None,
    roles: Annotated[int, typer.Option("--roles", min=0, metavar="N", help="How many requests are made up.")] = 600,
    per_role: Annotated[
        int, typer.Option("--per-role", min=1, metavar="N", help="How many people are labelled for each.")
    ] = 24,
    remine: Annotated[
        bool, typer.Option("--remine", help="Also label those nearest by the workspace's encoder; mine tasks anew.")
    ] = False,
    mined: Annotated[int, typer.Option("--mined", min=1, metavar="N", help="How many of them for each request.")] = 8,
    passages: Annotated[
        int, typer.Option("--passages", min=1, metavar="N", help="How many passages stand for a person.")
    ] = 4,
    negatives: Annotated[
        int, typer.Option("--negatives", min=0, metavar="N", help="How many mined tasks an activity gets.")
    ] = 8,
    hold_out_roles: Annotated[
        float, typer.Option("--hold-out-roles", min=0, max=1, metavar="SHARE", help="Made-up requests not trained on.")
    ] = 0.1,
    hold_out_judged: Annotated[
        float, typer.Option("--hold-out-judged", min=0, max=1, metavar="SHARE", help="Judged requests not trained on.")
    ] = 0.2,
    hold_out_people: Annotated[
        float, typer.Option("--hold-out-people", min=0, max=1, metavar="SHARE", help="People not trained on.")
    ] = 0.1,
    model: Annotated[
        str, typer.Option("--model", metavar="MODEL", help="The teacher: embedded, NAME@URL, or a job of the settings.")
    ] = "teacher",
    seed: Annotated[int, typer.Option("--seed", metavar="S", help="Of all that is drawn.")] = 0,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make the encoder's training data. Stopped or killed, the same command goes on where it was."""
    from assistant.console import plain, print_json, stdout
    from assistant.progress import meter
    from assistant.settings import read_settings
    from assistant.workspace import open_workspace
    from offline.evaluation.agreement.opening import chosen
    from training.muse.data.build import build
    from training.muse.data.wanted import Wanted

    settings = read_settings(workspace=workspace)
    wanted = Wanted(
        onet=onet,
        judged=judged,
        unseen=tuple(unseen or ()),
        roles=roles,
        per_role=per_role,
        remine=remine,
        mined=mined,
        passages=passages,
        negatives=negatives,
        hold_out_roles=hold_out_roles,
        hold_out_judged=hold_out_judged,
        hold_out_people=hold_out_people,
        seed=seed,
    )
    with meter() as advance:
        card = build(
            out,
            wanted,
            open_sourcing=lambda: open_workspace(settings),
            teacher=chosen(model, settings.models),
            progress=advance,
        )
    if as_json:
        print_json(card.model_dump(mode="json"))
        return
    console = stdout()
    console.print(plain(f"The training data is in {out}, made in {sum(card.seconds.values()):,.0f} s."))
    for name, one in card.sources.items():
        aside = ", ".join(
            f"{number:,} {what}" for number, what in ((one.held_out, "held out"), (one.dropped, "dropped")) if number
        )
        graded = ", ".join(f"{number:,}" for number in one.grades)
        console.print(
            plain(f"  {name:12} {one.lists:6,} lists, {one.candidates:8,} candidates, grades 0 to 4: {graded}")
            + plain(f" ({aside})" if aside else "")
        )
    for note in card.notes:
        console.print(plain(f"- {note}"))

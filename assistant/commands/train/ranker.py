"""`shortlist train ranker`: trees over the pool, from expert grades."""

from __future__ import annotations

from assistant.options import JsonOption, JudgedOption, WeightsOption, WorkspaceOption

EXAMPLE = "shortlist train ranker --judged judged/ --out weights/"


def command(
    out: WeightsOption,
    judged: JudgedOption,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Train the ranker on expert grades: search, measure the pools, fit, measure on unseen requests, save."""
    from assistant.console import print_json, stdout
    from assistant.progress import counted, meter
    from assistant.settings import read_settings
    from assistant.workspace import open_workspace
    from offline.evaluation import read_judged
    from training.ranker import cross_validate, describe, fit, save
    from training.ranker_data import gather

    settings = read_settings(workspace=workspace)
    asked = read_judged(judged)
    with meter() as advance:
        sourcing = open_workspace(settings)
        pools = gather(sourcing, asked, progress=counted(advance, "requests", len(asked.requests)))
    metrics = cross_validate(pools, asked)
    card = describe(pools, encoder=sourcing.snapshot.encoder.id, metrics=metrics)
    save(fit(pools), out, card)
    if as_json:
        print_json(card.model_dump(mode="json"))
        return
    console = stdout()
    console.print(f"Trained the ranker on {card.pairs:,} grades of {card.requests} requests; it is in {out}.")
    console.print("On requests that it had not seen (five folds):")
    for name, value in metrics.items():
        console.print(f"  {name:12} {value:.4f}")

"""`shortlist train grader`: the in-process judge's grade, from expert grades."""

from __future__ import annotations

from assistant.options import JsonOption, JudgedOption, WeightsOption, WorkspaceOption

EXAMPLE = "shortlist train grader --judged judged/ --out weights/"


def command(
    out: WeightsOption,
    judged: JudgedOption,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Train the in-process judge on expert grades: mark and measure pairs, fit, measure on unseen requests, save."""
    from assistant.console import print_json, stdout
    from assistant.progress import counted, meter
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
        pairs = pair_up(sourcing, asked, progress=counted(advance, "requests", len(asked.requests)))
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

"""What each part of MUSE's recipe is worth: one setting changed a run, the same small budget for each.

    python benchmarks/ablations.py --data DATA --onet ONET --titles TITLES --out OUT \\
        --judged-train JUDGED --workspace WORKSPACE

Two tables are written into OUT: `settings.md` (loss, Matryoshka, hard negatives, graded labels) and `bases.md` (MiniLM
against SmolLM2, on fewer lists, and both untrained). The same command goes on after any end: finished runs are kept,
and one that was cut off goes on at its last checkpoint. All runs of a table see the same lists in the same order for
the same number of steps, and are evaluated on the same held-out queries, over a sample of the documents: compare within
a table only.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from assistant.progress import meter
from training.muse.evaluation import ablations, sources
from training.muse.evaluation.ablation_table import table
from training.muse.evaluation.ablations import BASES, SETTINGS, Ablation
from training.muse.evaluation.people import judged_task, population
from training.muse.evaluation.smaller import fewer_documents, fewer_queries, only
from training.muse.recipe import parse_changes, read_recipe


def main() -> None:
    """Run what is not finished, and print the tables."""
    asked = _arguments()
    recipe = read_recipe(asked.recipe)
    budget = {"batch": asked.batch, **parse_changes(asked.set)}
    short = fewer_documents(fewer_queries(sources.activities(asked.onet), asked.queries), asked.documents)
    tasks, of_people = [short, sources.titles(asked.titles)], {}
    if asked.judged_train:
        everybody = population(asked.workspace)
        judged = judged_task("judged_train", asked.judged_train, everybody, only_held_out=True)
        judged = fewer_documents(fewer_queries(judged, asked.requests), 0)  # those who are judged, and nobody else
        tasks.append(judged)
        of_people["judged_train"] = only(everybody, judged.documents)
    # A generative model six times the size is six times as slow; people's passages are what takes longest.
    plans: dict[str, tuple[tuple[Ablation, ...], int, int]] = {
        "settings": (SETTINGS, asked.lists, asked.steps),
        "bases": (BASES, asked.lists_bases, asked.steps_bases),
    }
    for name, (runs, lists, steps) in plans.items():
        chosen = tuple(one for one in runs if not asked.run or one.name in asked.run)
        if not chosen or (asked.only and name not in asked.only):
            continue
        measured = tasks if name == "settings" else tasks[:2]
        with meter() as advance:
            report, done = ablations.run(
                chosen,
                recipe=recipe,
                budget={**budget, "steps": steps},
                data=asked.data,
                lists=lists,
                tasks=measured,
                of_people={task: people for task, people in of_people.items() if name == "settings"},
                workspace=asked.workspace,
                out=asked.out / name,
                progress=advance,
            )
        said = table(report, done)
        (asked.out / f"{name}.md").write_text(said, encoding="utf-8")
        print(f"{name}: {lists:,} lists, {steps} steps a run\n\n{said}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Ablations of MUSE's recipe.")
    for name in ("data", "onet", "titles", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    for name in ("judged-train", "workspace"):
        parser.add_argument(f"--{name}", type=Path)
    parser.add_argument("--recipe", default="default", help="a packaged recipe or a file")
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="a setting for all runs")
    parser.add_argument("--only", action="append", choices=["settings", "bases"])
    parser.add_argument(
        "--run",
        action="append",
        choices=[one.name for one in (*SETTINGS, *BASES)],
        metavar="NAME",
        help="this run of a table; again for more, all where not given",
    )
    for name, usual in (
        ("lists", 2000),
        ("steps", 35),
        ("batch", 16),
        ("lists-bases", 600),
        ("steps-bases", 12),
        ("queries", 100),
        ("documents", 2000),
        ("requests", 4),
    ):
        parser.add_argument(f"--{name}", type=int, default=usual, metavar="N")
    return parser.parse_args()


if __name__ == "__main__":
    main()

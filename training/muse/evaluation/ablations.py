"""What each part of the recipe is worth: named runs, each one setting away from it, trained and evaluated alike."""

from __future__ import annotations

import json
import time
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from training.muse.bases import find_base
from training.muse.evaluation.evaluating import evaluate
from training.muse.evaluation.people import People
from training.muse.evaluation.report import Report
from training.muse.evaluation.smaller import fewer_lists
from training.muse.evaluation.system import System, trained
from training.muse.evaluation.task import Task
from training.muse.lists import fingerprint
from training.muse.recipe import FOLDER, Recipe
from training.muse.trainer import train

RECIPE = "recipe"
"""The run that changes nothing."""
MINILM, SMOLLM2 = "base-minilm", "base-smollm2"
KEPT = "trained.json"
OnProgress = Callable[[str, int, int | None], None]


@dataclass(frozen=True, kw_only=True)
class Ablation:
    """A run: the recipe with some settings changed; `recipe_file` names a packaged recipe whose settings go on top."""

    name: str
    changes: Mapping[str, Any] = field(default_factory=dict)
    recipe_file: str | None = None
    untrained: bool = False
    """The base as it comes: evaluated alike, not trained."""

    def of(self, recipe: Recipe, budget: Mapping[str, Any]) -> Recipe:
        """The recipe of this run; `budget` are settings that all runs share. Raises: RecipeError."""
        over: dict[str, Any] = {}
        if self.recipe_file:
            over = tomllib.loads((FOLDER / f"{self.recipe_file}.toml").read_text(encoding="utf-8"))
        return recipe.changed({**over, **self.changes, **budget, "name": self.name})


SETTINGS = (
    Ablation(name=RECIPE),
    Ablation(name="bce", changes={"loss": "bce"}),
    Ablation(name="no-matryoshka", changes={"matryoshka": False}),
    *(Ablation(name=f"hard-negatives-{number}", changes={"hard_negatives": number}) for number in range(4)),
    Ablation(name="hard-labels", changes={"graded": False}),
    Ablation(name="base-not-kept", changes={"keep_base": 0.0}),
    Ablation(name="prompts", changes={"templates": {"role": "role: ", "profile": "profile: "}}),
    Ablation(name="all-sources-contrast", changes={"in_batch": "all"}),
)
"""One setting each; a run that is the recipe itself is not trained twice."""
BASES = (
    Ablation(name=MINILM),
    Ablation(name=SMOLLM2, recipe_file="smollm2"),
    Ablation(name=f"{MINILM}-untrained", untrained=True),
    Ablation(name=f"{SMOLLM2}-untrained", recipe_file="smollm2", untrained=True),
)
"""Contrastive and small against generative and six times its size; on the same, smaller data, and as they come."""


class Trained(BaseModel):
    """A finished run; `data` is "untrained" where there was none."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    recipe: str
    data: str
    seconds: float
    changes: dict[str, Any]

    @property
    def id(self) -> str:
        """Names the weights, which recipe and data decide."""
        return f"ablation-{blake2b(f'{self.recipe} {self.data}'.encode(), digest_size=8).hexdigest()}"


def run(  # noqa: PLR0913 -- all keywords; a class for them would be made once and read once
    ablations: Sequence[Ablation],
    *,
    recipe: Recipe,
    budget: Mapping[str, Any],
    data: Path,
    lists: int,
    tasks: Sequence[Task],
    out: Path,
    of_people: Mapping[str, People] | None = None,
    workspace: Path | None = None,
    progress: OnProgress = lambda _stage, _done, _total: None,
) -> tuple[Report, tuple[Trained, ...]]:
    """Train every run on the same `lists` lists of `data`, and evaluate all; the first one is the baseline.

    A run that is finished is kept, and one that was cut off goes on. In `out`: the data, a folder a run, and a report.

    Raises: ListsUnreadable, RecipeError, CheckpointMismatch (remove the run's folder), and what training raises.
    """
    subset = fewer_lists(data, out / "data", count=lists)
    done: list[Trained] = []
    systems: list[System] = []
    seen: set[tuple[str, bool]] = set()
    for ablation in ablations:
        mine = ablation.of(recipe, budget)
        same = mine.changed({"name": RECIPE}).fingerprint, ablation.untrained
        if same in seen:
            continue
        seen.add(same)
        folder = out / "runs" / ablation.name
        if ablation.untrained:
            finished, model = _as_it_comes(ablation, mine), Path(find_base(mine.base).source)
        else:
            finished, model = _trained(ablation, mine, subset, folder, workspace, progress), folder / "torch"
        done.append(finished)
        systems.append(trained(ablation.name, model, mine, id=finished.id))
        # at once: the vectors are kept, so that nothing is lost where it ends before the last
        evaluate(tasks, systems[-1:], out, of_people=of_people, bm25=False, progress=progress)
    first = done[0].name
    return evaluate(tasks, systems, out, of_people=of_people, baseline=first, bm25=False, progress=progress), tuple(
        done
    )


def _trained(
    ablation: Ablation, recipe: Recipe, data: Path, out: Path, workspace: Path | None, progress: OnProgress
) -> Trained:
    known = {"recipe": recipe.fingerprint, "data": fingerprint(data)}
    kept = out / KEPT
    if kept.is_file():
        before = Trained.model_validate_json(kept.read_bytes())
        if (before.recipe, before.data) == (known["recipe"], known["data"]):
            return before
    started = time.monotonic()
    train(
        recipe,
        data,
        out,
        workspace=workspace,
        progress=lambda _, step, steps: progress(f"{ablation.name}: steps", step, steps),
    )
    seconds = _seconds(out) or time.monotonic() - started
    finished = Trained(name=ablation.name, seconds=round(seconds, 1), changes=dict(ablation.changes), **known)
    kept.write_text(finished.model_dump_json(indent=1) + "\n", encoding="utf-8")
    return finished


def _as_it_comes(ablation: Ablation, recipe: Recipe) -> Trained:
    return Trained(
        name=ablation.name, recipe=recipe.fingerprint, data="untrained", seconds=0.0, changes=dict(ablation.changes)
    )


def _seconds(out: Path) -> float:
    """Of the optimiser's steps, over all starts of the run."""
    lines = (out / "metrics.jsonl").read_text(encoding="utf-8").splitlines()
    return sum(float(json.loads(line)["seconds"]) for line in lines if '"seconds"' in line)

"""A whole comparison: every judge asked about every pair of every set."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from agents.models import ModelConfig
from agents.models.cache import AnswerCache
from agents.models.runs import Run
from agents.sourcing import Sourcing
from offline.evaluation.agreement.asking import Answers, Keeping, ask
from offline.evaluation.agreement.cases import prepare
from offline.evaluation.agreement.comparison import Asked, Comparison, compare
from offline.evaluation.agreement.opening import open_judge, open_model
from offline.evaluation.agreement.pairs import ScoredPairs
from offline.evaluation.agreement.systems import System

Advance = Callable[[str, int, int], None]


async def run(
    sets: Sequence[ScoredPairs],
    systems: Sequence[System],
    configs: Mapping[str, ModelConfig],
    sourcing: Sourcing,
    *,
    cache: Callable[[], AnswerCache] | None = None,
    most: int = 6,
    seed: int = 0,
    progress: Advance = lambda *_: None,
) -> Comparison:
    """Read the requests once, so that every judge is asked about the same roles, ask every judge, and compare.

    `configs` are by `System.model`; each judge has the budget of its own. `cache` keeps the answers of endpoints from
    run to run; the model in this process is asked again, since it may have learned.
    """
    notes: list[str] = []
    prepared = {}
    for pairs in sets:
        prepared[pairs.name] = await prepare(
            pairs,
            snapshot=sourcing.snapshot,
            understanding=sourcing.understanding,
            progress=_stage(progress, f"reading {pairs.name}", len(pairs.texts)),
        )
        notes += prepared[pairs.name].notes
    kept = cache() if cache is not None and any(not configs[one.model].embedded for one in systems) else None
    asked = []
    for system in systems:
        config = configs[system.model]
        model = open_model(config, sourcing.snapshot, audience=system.audience)
        judge = open_judge(system, model)
        answers: dict[str, Answers] = {}
        with Run().within():
            for pairs in sets:
                cases = prepared[pairs.name].cases
                answers[pairs.name] = await ask(
                    judge,
                    cases,
                    # One at a time in this process, where side by side would only make each pair look slow.
                    concurrency=1 if config.embedded else config.concurrency,
                    keep=Keeping(cache=kept, model=model) if kept is not None and not config.embedded else None,
                    progress=_stage(progress, f"{system.name}: {pairs.name}", len(cases)),
                )
        asked.append(Asked(system=system, config=config, answers=answers))
    return compare(sets, asked, most=most, notes=notes, seed=seed)


def _stage(progress: Advance, name: str, total: int) -> Callable[[int], None]:
    return lambda done: progress(name, done, total)

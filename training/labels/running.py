"""A labelling run from its file of requests to its card."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from agents.constitution import Prompting
from agents.judging import Judge
from agents.models import ModelConfig
from agents.models.runs import Run
from agents.sourcing import Sourcing
from offline.evaluation.agreement.opening import open_judge, open_model
from offline.evaluation.agreement.systems import System
from retrieval.schema import Profile
from retrieval.snapshot import Snapshot
from training.labels.card import Asking, LabelCard, claim, describe, write_card
from training.labels.label import Ask
from training.labels.labelling import Labelling, Outcome, ProfileGone
from training.labels.pace import Pace
from training.labels.plan import Plan, load_plan, repeated, save_plan
from training.labels.reading import LabelsMissing, read_labels
from training.labels.sources import drawn, given
from training.labels.store import LabelStore
from training.labels.swapping import Swapped

Advance = Callable[[str, int, int], None]


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What is to be labelled. With `per_request` the source holds requests, without it pairs."""

    source: Path
    per_request: int | None
    constitution: str
    prompting: Prompting
    duplicates: float
    swaps: float
    seed: int = 0

    def asking(self, config: ModelConfig) -> Asking:
        """What every run into one folder has to share."""
        files = sorted(self.source.glob("q*")) if self.source.is_dir() else [self.source]
        return Asking(
            source=sha256(b"\0".join(path.read_bytes() for path in files)).hexdigest()[:16],
            model=config.id,
            constitution=self.constitution,
            prompting=self.prompting,
            per_request=self.per_request,
            duplicates=self.duplicates,
            swaps=self.swaps,
            seed=self.seed,
        )


@dataclass(frozen=True, kw_only=True)
class Labelled:
    """What a run did, and the card of the folder after it."""

    outcome: Outcome
    card: LabelCard
    notes: tuple[str, ...] = ()


async def run(
    folder: Path,
    wanted: Wanted,
    config: ModelConfig,
    sourcing: Sourcing,
    *,
    rate: float | None = None,
    limit: int | None = None,
    progress: Advance = lambda *_: None,
) -> Labelled:
    """Label into `folder`, or go on there. `rate` is pairs a minute, `limit` the most pairs of this run.

    Raises:
        LabelsMismatch, LabelsBusy, LabelsDamaged: the folder cannot be gone on with.
        SourceUnreadable, JudgedUnreadable: the source cannot be read.
    """
    asking = wanted.asking(config)
    # The judge refuses an unknown constitution here, before the folder is touched.
    judges = _judges(wanted, config, sourcing.snapshot)
    before = claim(folder, asking)
    with LabelStore(folder) as store:
        plan, notes = await _plan(folder, wanted, sourcing, progress)
        labelling = Labelling(
            plan=plan,
            store=store,
            judges=judges,
            profile=_profiles(sourcing.snapshot),
            snapshot=sourcing.snapshot.id,
            # In this process two are as many as help.
            concurrency=2 if config.embedded else config.concurrency,
            pace=Pace(rate),
        )
        with Run().within():
            outcome = await labelling.run(limit=limit, progress=lambda done, total: progress("labelling", done, total))
    try:
        labels = read_labels(folder, repeats=True)
    except LabelsMissing:
        labels = []
    speed = outcome.labelled / outcome.seconds if outcome.labelled else before and before.labels_per_second
    prices = None if config.price_in is None or config.price_out is None else (config.price_in, config.price_out)
    card = describe(
        labels,
        asking,
        left=outcome.left,
        failures=dict(Counter(outcome.reasons).most_common()),
        prices=(0.0, 0.0) if config.embedded else prices,
        labels_per_second=speed or None,
    )
    write_card(folder, card)
    return Labelled(outcome=outcome, card=card, notes=notes)


async def _plan(folder: Path, wanted: Wanted, sourcing: Sourcing, progress: Advance) -> tuple[Plan, tuple[str, ...]]:
    """The folder's plan; made and kept where there is none."""
    there = load_plan(folder)
    if there is not None:
        return there, ()
    if wanted.per_request is None:
        found = await given(wanted.source, sourcing, progress=progress)
    else:
        found = await drawn(
            wanted.source, sourcing, per_request=wanted.per_request, seed=wanted.seed, progress=progress
        )
    tasks = repeated(found.tasks, duplicates=wanted.duplicates, swaps=wanted.swaps, seed=wanted.seed)
    plan = Plan(requests=found.requests, tasks=tuple(tasks))
    save_plan(folder, plan)
    return plan, found.notes


def _judges(wanted: Wanted, config: ModelConfig, snapshot: Snapshot) -> dict[Ask, Judge]:
    system = System(model=config.id, constitution=wanted.constitution, prompting=wanted.prompting, audience="teacher")
    model = open_model(config, snapshot, audience="teacher")
    straight, swapped = open_judge(system, model), open_judge(system, Swapped(model))
    return {Ask.FIRST: straight, Ask.AGAIN: straight, Ask.SWAPPED: swapped}


def _profiles(snapshot: Snapshot) -> Callable[[str], Profile]:
    def profile(member_id: str) -> Profile:
        if not snapshot.has(member_id) or snapshot.row(member_id) not in snapshot.alive:
            raise ProfileGone("the person is no longer in the snapshot")
        return snapshot.profile(snapshot.row(member_id))

    return profile

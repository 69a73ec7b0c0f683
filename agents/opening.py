"""Opens everything that a search needs, over one workspace."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from agents.embedded import EmbeddedModel
from agents.embedded.guarding import make_guard_job
from agents.embedded.judging import make_judge_job
from agents.embedded.reflecting import reflect
from agents.embedded.understanding import reader
from agents.embedded.vocabulary import Vocabulary
from agents.finding import Finding
from agents.guard import Guard
from agents.judging import Opinion
from agents.limits import Limits
from agents.models import ModelsConfig
from agents.models.cache import FILE
from agents.models.opening import open_models
from agents.reading import Reading
from agents.reflection.proposal import Reflection
from agents.reflection.reflector import Reflector
from agents.sourcing import Sourcing
from agents.trajectory import TrajectoryLog
from agents.understanding import Understanding
from retrieval import registry
from retrieval.snapshot import Snapshot

if TYPE_CHECKING:
    from ranking import Ranker
    from retrieval.encoder import TextEncoder

STOP_WHEN_PASSED = 0.5
"""`Limits.stop_when_passed` of a guard behind a server. Measured in docs/graph.md: a third of the calls less."""


def open_sourcing(
    workspace: Path,
    *,
    limits: Limits | None = None,
    checkpoints: Path | None = None,
    models: ModelsConfig | None = None,
    trajectories: Path | None = None,
    encoder: TextEncoder | None = None,
) -> Sourcing:
    """Open a workspace's snapshot and everything that searches it; jobs without a model of theirs run in process.

    `trajectories` is the folder in which each search leaves what it did; `encoder` the one that the snapshot was made
    with, where that is not the packaged one.

    Raises:
        SnapshotError: the workspace has no snapshot that can be served; the message says what to do.
    """
    snapshot = Snapshot.open(workspace, encoder=encoder)
    left_out: list[registry.Listing] = []
    retrievers = registry.load(snapshot, on_problem=left_out.append)
    words = cache(lambda: Vocabulary.of(snapshot.attributes))
    model = EmbeddedModel(
        jobs={
            Reading.__name__: reader(words),
            Finding.__name__: make_guard_job(snapshot),
            Opinion.__name__: make_judge_job(snapshot),
            Reflection.__name__: reflect,
        }
    )
    opened = open_models(models, embedded=model, answers=workspace / FILE)
    ranker, problem = _ranker()
    return Sourcing(
        snapshot=snapshot,
        retrievers=retrievers,
        understanding=Understanding(opened.of("understanding"), fallback=model, cache=opened.cache_of("understanding")),
        guard=Guard(opened.of("guard"), cache=opened.cache_of("guard")),
        ranker=ranker,
        reflector=Reflector(opened.of("understanding")),
        trajectories=TrajectoryLog(folder=trajectories) if trajectories else None,
        models=opened,
        limits=_economical(limits or Limits(), opened.config),
        checkpointer=checkpoints,
        notes=(
            *(f"the {one.name} strategy of {one.distribution} is left out: {one.why_not}" for one in left_out),
            *((problem,) if problem else ()),
        ),
    )


def _economical(limits: Limits, models: ModelsConfig) -> Limits:
    """Where each reading is paid for, the guard stops early unless the limits say otherwise."""
    if models.of("guard").embedded or "stop_when_passed" in limits.model_fields_set:
        return limits
    return limits.model_copy(update={"stop_when_passed": STOP_WHEN_PASSED})


def _ranker() -> tuple[Ranker | None, str]:
    """The learned ranker, or why there is none."""
    from ranking import Ranker  # noqa: PLC0415  # its engine takes a while to load
    from ranking.boosting import WeightsMismatch  # noqa: PLC0415

    try:
        return Ranker(), ""
    except (ImportError, FileNotFoundError, WeightsMismatch) as error:
        return None, f"people are in the order of the blend, since the ranker cannot be loaded: {error}"

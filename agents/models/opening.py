"""Each job's model, ready to be given to an agent."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from agents.models.config import JOBS, JobName, ModelsConfig
from agents.models.errors import BudgetSpent, ModelDown
from agents.models.runs import Run, current
from agents.models.usage import Usage

if TYPE_CHECKING:
    from pydantic_ai.models import Model

    from agents.models.cache import AnswerCache

__all__ = ["BudgetSpent", "ModelDown", "Models", "open_models"]


class Models:
    """The models of all jobs. Safe for searches side by side on one event loop, and for one loop after another.

    Calls made in `with models.run():` share one budget and are counted together; every other call is on its own.
    """

    def __init__(self, config: ModelsConfig, models: dict[JobName, Model], cache: AnswerCache | None = None) -> None:
        self.config = config
        self.cache = cache
        self._models = models

    def of(self, job: JobName) -> Model:
        """The job's model; what it raises is in `agents.models.errors`, beside pydantic-ai's own for wrong answers."""
        return self._models[job]

    def cache_of(self, job: JobName) -> AnswerCache | None:
        """Where the job's answers are kept; None for the model in this process, which is as fast as a cache."""
        return None if self.config.of(job).embedded else self.cache

    @property
    def notes(self) -> tuple[str, ...]:
        """What whoever reads the answers should know."""
        return self.cache.notes if self.cache is not None else ()

    @contextmanager
    def run(self, *, tokens: int | None = None, money: float | None = None) -> Iterator[Run]:
        """Begin a run: budgets and usage start at zero. See `Run` for one inside another, and for generators."""
        with Run(tokens=tokens, money=money).within() as run:
            yield run

    def usage(self) -> dict[JobName, Usage]:
        """What the run under way has used so far, by job; empty outside of one."""
        run = current()
        return run.usage() if run is not None else {}


def open_models(config: ModelsConfig | None, *, embedded: Model, answers: Path | None = None) -> Models:
    """The models of all jobs: `embedded`, unwrapped, for those that need no server.

    `answers` is the file that answers are kept in; it is made when there is the first one. Nothing is called yet: a
    server that is down, or a key that is missing, is told when it is needed.
    """
    config = config or ModelsConfig()
    models: dict[JobName, Model] = dict.fromkeys(JOBS, embedded)
    cache = None
    if config.endpoints and answers is not None:
        from agents.models.cache import AnswerCache  # noqa: PLC0415

        cache = AnswerCache(answers)
    for job in config.endpoints:
        # Only here: the client takes half a second to import.
        from agents.models.endpoint import open_endpoint  # noqa: PLC0415

        models[job] = open_endpoint(job, config.of(job))
    return Models(config, models, cache)

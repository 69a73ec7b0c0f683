"""Does each job's model answer? Asked with a real request, as small as one can be."""

from __future__ import annotations

import asyncio
from time import perf_counter

from pydantic import BaseModel, ConfigDict

from agents.models.config import JOBS, JobName, ModelConfig, ModelsConfig
from agents.models.errors import ModelUnusable

SECONDS = 10.0


class Probe(BaseModel):
    """What one job's model said to a small request; `milliseconds` is None where nobody was asked."""

    model_config = ConfigDict(frozen=True)

    job: JobName
    model: str
    ok: bool
    detail: str
    milliseconds: float | None = None


async def probe(config: ModelsConfig, *, seconds: float = SECONDS) -> tuple[Probe, ...]:
    """Ask the model of every job, side by side, each once and no longer than `seconds`."""
    return tuple(await asyncio.gather(*(_probe(job, config.of(job), seconds) for job in JOBS)))


async def _probe(job: JobName, config: ModelConfig, seconds: float) -> Probe:
    if config.embedded:
        return Probe(job=job, model=config.id, ok=True, detail="in this process")
    # Imported here: most have no server, and the client takes a while to load.
    from pydantic_ai.direct import model_request  # noqa: PLC0415
    from pydantic_ai.messages import ModelRequest  # noqa: PLC0415

    from agents.models.endpoint import open_endpoint  # noqa: PLC0415

    model = open_endpoint(job, config.model_copy(update={"attempts": 1, "seconds": seconds, "output_tokens": 16}))
    started = perf_counter()
    try:
        response = await model_request(model, [ModelRequest.user_text_prompt("Answer with one word: yes.")])
    except ModelUnusable as error:
        return Probe(job=job, model=config.id, ok=False, detail=str(error))
    milliseconds = (perf_counter() - started) * 1e3
    answered_by = response.model_name or config.name
    said = "answers" if answered_by == config.name else f"answers as {answered_by}"
    return Probe(job=job, model=config.id, ok=True, detail=said, milliseconds=milliseconds)

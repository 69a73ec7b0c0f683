"""A model behind an OpenAI-compatible server, with everything that a call to it goes through."""

from __future__ import annotations

import logging
import os
from collections.abc import Sequence

import httpx2
from openai import AsyncOpenAI
from pydantic_ai.models import Model
from pydantic_ai.models.concurrency import ConcurrencyLimitedModel
from pydantic_ai.models.openai import OpenAIChatModel, OpenAIChatModelSettings
from pydantic_ai.profiles import ModelProfile
from pydantic_ai.providers.openai_compatible import OpenAICompatibleProvider

from agents.models.config import JobName, ModelConfig
from agents.models.explaining import key_missing
from agents.models.metering import MeteredModel
from agents.models.retries import RetryingModel
from agents.models.runs import current
from agents.models.usage import Usage

TOP_LOGPROBS = 20
"""Most that OpenAI and vLLM give a token."""

CONNECT_SECONDS = 5.0


def open_endpoint(job: JobName, config: ModelConfig) -> Model:
    """A call waits for its turn, is checked against the run's budget, and is then made, and made again if need be."""
    client = _client(job, config)

    async def served() -> Sequence[str]:
        return [model.id async for model in client.models.list()]

    model: Model = _chat_model(config, client)
    model = RetryingModel(model, config, on_retry=lambda: _count_retry(job))
    model = MeteredModel(model, job=job, config=config, served=served)
    return ConcurrencyLimitedModel(model, config.concurrency)


def _chat_model(config: ModelConfig, client: AsyncOpenAI) -> OpenAIChatModel:
    settings = OpenAIChatModelSettings(temperature=0.0, max_tokens=config.output_tokens)
    if config.seed is not None:
        settings["seed"] = config.seed
    if config.logprobs:
        settings |= OpenAIChatModelSettings(openai_logprobs=True, openai_top_logprobs=TOP_LOGPROBS)
    if config.extra:
        settings["extra_body"] = config.extra
    return OpenAIChatModel(
        config.name,
        provider=OpenAICompatibleProvider("endpoint", openai_client=client),
        profile=ModelProfile(
            default_structured_output_mode=config.output,
            supports_json_schema_output=True,
            supports_json_object_output=True,
        ),
        settings=settings,
    )


def _client(job: JobName, config: ModelConfig) -> AsyncOpenAI:
    async def key() -> str:
        """Read for every call and kept nowhere."""
        found = os.environ.get(config.key_variable, "") if config.key_variable else "none"
        if not found:
            raise key_missing(job, config)
        return found

    # At DEBUG it writes whole requests, which are people's profiles.
    logging.getLogger("openai._base_client").setLevel(logging.INFO)
    return AsyncOpenAI(
        base_url=config.url,
        api_key=key,
        max_retries=0,  # ours count, and know when to stop
        http_client=httpx2.AsyncClient(
            timeout=httpx2.Timeout(None, connect=CONNECT_SECONDS),  # each attempt as a whole has a limit of its own
            # A connection belongs to an event loop, a model does not: none is kept for the next call. To set one up
            # is nothing beside the seconds that an answer takes.
            limits=httpx2.Limits(max_connections=None, max_keepalive_connections=0),
        ),
    )


def _count_retry(job: JobName) -> None:
    if (run := current()) is not None:
        run.add(job, Usage(retries=1))

"""Calls that fail for a passing reason are made again, after a pause that grows."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, TypeVar

from pydantic_ai import RunContext
from pydantic_ai.exceptions import ModelConnectionError, ModelHTTPError, ModelQuotaExceededError
from pydantic_ai.messages import ModelMessage, ModelResponse
from pydantic_ai.models import Model, ModelRequestParameters, StreamedResponse
from pydantic_ai.models.wrapper import WrapperModel
from pydantic_ai.settings import ModelSettings
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, stop_after_attempt
from tenacity.wait import wait_exponential_jitter

from agents.models.config import ModelConfig

PASSING = frozenset({408, 409, 429})
"""Statuses below 500 that say: not now."""

Answer = TypeVar("Answer")


class RetryingModel(WrapperModel):
    """Gives each attempt a time limit, and makes `attempts` of them; `on_retry` hears of every one after the first.

    Made again are calls that could not connect, broke off, took too long, or were answered with 408, 409, 429 or 5xx.
    A server's Retry-After is kept to; one that is longer than an attempt may take ends the call.
    """

    def __init__(self, wrapped: Model, config: ModelConfig, *, on_retry: Callable[[], None]) -> None:
        super().__init__(wrapped)
        self._seconds = config.seconds
        backoff = wait_exponential_jitter(initial=config.pause, max=max(config.pause, 30.0), jitter=config.pause / 2)

        def wait(state: RetryCallState) -> float:
            asked = _asked_to_wait(_error(state))
            return backoff(state) if asked is None else asked

        self._retrying = AsyncRetrying(
            stop=stop_after_attempt(config.attempts),
            retry=retry_if_exception(lambda error: passes(error) and (_asked_to_wait(error) or 0) <= config.seconds),
            wait=wait,
            before_sleep=lambda _: on_retry(),
            reraise=True,
        )

    async def request(
        self,
        messages: list[ModelMessage],
        model_settings: ModelSettings | None,
        model_request_parameters: ModelRequestParameters,
    ) -> ModelResponse:
        """The answer; raises what the last attempt raised."""
        return await self._try(lambda: self.wrapped.request(messages, model_settings, model_request_parameters))

    @asynccontextmanager
    async def request_stream(
        self,
        messages: list[ModelMessage],
        model_settings: ModelSettings | None,
        model_request_parameters: ModelRequestParameters,
        run_context: RunContext[Any] | None = None,
    ) -> AsyncGenerator[StreamedResponse]:
        """The same for a stream, up to its beginning; one that breaks off later is not begun again."""
        async with AsyncExitStack() as stack:
            yield await self._try(
                lambda: stack.enter_async_context(
                    self.wrapped.request_stream(messages, model_settings, model_request_parameters, run_context)
                )
            )

    async def _try(self, call: Callable[[], Awaitable[Answer]]) -> Answer:
        async def attempt() -> Answer:
            async with asyncio.timeout(self._seconds):
                return await call()

        return await self._retrying(attempt)


def passes(error: BaseException) -> bool:
    """Whether the same call may be answered a little later."""
    if isinstance(error, ModelHTTPError):
        later = error.status_code in PASSING or error.status_code >= 500
        return later and not isinstance(error, ModelQuotaExceededError)
    return isinstance(error, TimeoutError | ModelConnectionError)


def _asked_to_wait(error: BaseException | None) -> float | None:
    return getattr(error, "retry_after", None)


def _error(state: RetryCallState) -> BaseException | None:
    return state.outcome.exception() if state.outcome else None

"""Every call on account of the run it belongs to: budget before, usage after, and errors that say what to do."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from time import monotonic
from typing import Any

from pydantic_ai import RunContext
from pydantic_ai.exceptions import ModelAPIError, UnexpectedModelBehavior
from pydantic_ai.messages import ModelMessage, ModelMessagesTypeAdapter, ModelResponse
from pydantic_ai.models import Model, ModelRequestParameters, StreamedResponse
from pydantic_ai.models.wrapper import WrapperModel
from pydantic_ai.settings import ModelSettings
from pydantic_ai.usage import RequestUsage

from agents.models.config import JobName, ModelConfig
from agents.models.errors import ModelDown
from agents.models.explaining import explained
from agents.models.runs import Run, current
from agents.models.usage import Usage

CHARACTERS_A_TOKEN = 4
"""A first estimate, from English; what a server counts replaces it."""


class MeteredModel(WrapperModel):
    """Refuses calls that the run cannot pay or whose server is down, and counts the others.

    `served` lists what the server serves, for the message about a name it does not know.
    """

    def __init__(
        self, wrapped: Model, *, job: JobName, config: ModelConfig, served: Callable[[], Awaitable[Sequence[str]]]
    ) -> None:
        super().__init__(wrapped)
        self._job, self._config, self._served = job, config, served

    async def request(
        self,
        messages: list[ModelMessage],
        model_settings: ModelSettings | None,
        model_request_parameters: ModelRequestParameters,
    ) -> ModelResponse:
        """The answer.

        Raises:
            BudgetSpent: the run has no budget left for it.
            ModelDown: the server does not answer, in this call or in one a moment ago.
            TooLong: the prompt does not fit.
            AnswerRefused: the server refuses this request.
        """
        async with self._call(messages) as answered:
            response = await self.wrapped.request(messages, model_settings, model_request_parameters)
            answered(response.usage)
        return response

    @asynccontextmanager
    async def request_stream(
        self,
        messages: list[ModelMessage],
        model_settings: ModelSettings | None,
        model_request_parameters: ModelRequestParameters,
        run_context: RunContext[Any] | None = None,
    ) -> AsyncGenerator[StreamedResponse]:
        """The answer as it is written; raises as `request` does."""
        async with (
            self._call(messages) as answered,
            self.wrapped.request_stream(messages, model_settings, model_request_parameters, run_context) as stream,
        ):
            yield stream
            answered(stream.usage)

    @asynccontextmanager
    async def _call(self, messages: list[ModelMessage]) -> AsyncGenerator[Callable[[RequestUsage], None]]:
        run, job = current() or Run(), self._job
        prompt = ModelMessagesTypeAdapter.dump_json(messages).decode()
        run.check(job)
        answered: list[RequestUsage] = []
        with run.promise(job, self._config, len(prompt) // CHARACTERS_A_TOKEN):
            started = monotonic()
            try:
                yield answered.append
            except (ModelAPIError, UnexpectedModelBehavior, TimeoutError) as error:
                problem = await explained(error, job=job, config=self._config, prompt=prompt, served=self._served)
                if isinstance(problem, ModelDown):
                    run.found_down(job, problem, since=started)
                # The library's error holds the server's answer, and that may repeat a profile.
                raise problem from None
            else:
                run.found_up(job)
            finally:
                used = answered[0] if answered else RequestUsage()
                run.add(
                    job,
                    Usage(
                        requests=1,
                        failures=0 if answered else 1,
                        input_tokens=used.input_tokens,
                        output_tokens=used.output_tokens,
                        money=self._config.price(used.input_tokens, used.output_tokens),
                        seconds=monotonic() - started,
                    ),
                )

"""A pydantic-ai model that runs in this process: no network, no language model, the same answer every time.

An agent that runs on it sends one JSON document as its prompt and names the type it wants back. The document is JSON
so that words of a request or a profile stay values and can never become instructions; the job is picked by the
agent's output type, which the program sets, and never by anything written in the prompt.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager
from itertools import pairwise
from typing import Any

from pydantic import BaseModel
from pydantic_ai import RunContext
from pydantic_ai.exceptions import UserError
from pydantic_ai.messages import (
    ModelMessage,
    ModelRequest,
    ModelResponse,
    TextPart,
    ToolCallPart,
    ToolReturnPart,
    UserPromptPart,
)
from pydantic_ai.models import CompletedStreamedResponse, Model, ModelRequestParameters, StreamedResponse
from pydantic_ai.profiles import ModelProfile
from pydantic_ai.settings import ModelSettings
from pydantic_ai.usage import RequestUsage

SYSTEM = "shortlist"
"""Provider's name of answers made here: no language model wrote them."""

Job = Callable[[dict[str, Any]], BaseModel]
"""Takes the prompt's document; returns the agent's output.

Beside the document's own keys it is given `retries` (how often this answer was sent back, 0 at first) and `problem`
(why, or `None`).
"""


class EmbeddedModel(Model[None]):
    """Answers agents by plain functions, one for each output type.

    `jobs` maps the name of an output type (`"Finding"`; also an output tool's name) to its job. Jobs run in a worker
    thread, several at a time, so they must be thread-safe; exceptions of a job reach the caller of the agent.
    """

    def __init__(self, jobs: Mapping[str, Job], *, name: str = "embedded") -> None:
        super().__init__(
            profile=ModelProfile(supports_json_schema_output=True, supports_json_object_output=True),
        )
        self._jobs = dict(jobs)
        self._name = name

    @property
    def provider(self) -> None:
        """None: nothing outside this process is called."""
        return

    @property
    def model_name(self) -> str:
        """The name that verdicts carry."""
        return self._name

    @property
    def system(self) -> str:
        """The provider's name."""
        return SYSTEM

    async def request(
        self,
        messages: list[ModelMessage],
        model_settings: ModelSettings | None,
        model_request_parameters: ModelRequestParameters,
    ) -> ModelResponse:
        """Run the job for the wanted output.

        Raises:
            UserError: no job answers the wanted output type, or the prompt is not one JSON object.
        """
        _, parameters = self.prepare_request(model_settings, model_request_parameters)
        job, tool = self._job(parameters)
        prompt = _document(messages)
        retries, problem = _retries(messages)
        answer = await asyncio.to_thread(job, {**prompt, "retries": retries, "problem": problem})
        said = answer.model_dump_json()
        part = TextPart(said) if tool is None else ToolCallPart(tool, said)
        return ModelResponse(
            parts=[part],
            model_name=self._name,
            provider_name=self.system,
            usage=RequestUsage(input_tokens=_tokens(messages), output_tokens=_words(said)),
        )

    @asynccontextmanager
    async def request_stream(
        self,
        messages: list[ModelMessage],
        model_settings: ModelSettings | None,
        model_request_parameters: ModelRequestParameters,
        run_context: RunContext[Any] | None = None,
    ) -> AsyncGenerator[StreamedResponse]:
        """The same answer as `request`, in one piece."""
        del run_context
        response = await self.request(messages, model_settings, model_request_parameters)
        yield CompletedStreamedResponse(response, model_request_parameters=model_request_parameters, replay_events=True)

    def _job(self, parameters: ModelRequestParameters) -> tuple[Job, str | None]:
        """The job for the wanted output, and the tool to answer through (`None`: as text)."""
        asked: list[str] = []
        for tool in parameters.output_tools:
            for name in (tool.name, tool.parameters_json_schema.get("title")):
                if name in self._jobs:
                    return self._jobs[name], tool.name
                asked += [name] if name else []
        if parameters.output_object is not None:
            for name in (parameters.output_object.name, parameters.output_object.json_schema.get("title")):
                if name in self._jobs:
                    return self._jobs[name], None
                asked += [name] if name else []
        raise UserError(
            f"the in-process model cannot answer {', '.join(dict.fromkeys(asked)) or 'plain text'}: "
            f"it knows {', '.join(sorted(self._jobs)) or 'no jobs'}; register a job, or give this agent another model"
        )


def _document(messages: list[ModelMessage]) -> dict[str, Any]:
    """The last user prompt that is a JSON object; pydantic-ai's feedback on a retry is not JSON and is passed over."""
    for message in reversed(messages):
        if not isinstance(message, ModelRequest):
            continue
        for part in reversed(message.parts):
            if isinstance(part, UserPromptPart) and isinstance(part.content, str):
                try:
                    document = json.loads(part.content)
                except ValueError:
                    continue
                if isinstance(document, dict):
                    return document
    raise UserError('the in-process model takes one JSON object as its prompt, such as {"job": "understand", ...}')


def _retries(messages: list[ModelMessage]) -> tuple[int, str | None]:
    """How often the answer of this run was sent back, and the last reason.

    A retry is a request that follows our answer: it holds a tool return marked `retried`, or, where the answer was
    text, a user prompt with the reason. A request that brings a new document starts afresh.
    """
    count, problem = 0, None
    for before, message in pairwise(messages):
        if not (isinstance(before, ModelResponse) and isinstance(message, ModelRequest)):
            continue
        for part in message.parts:
            if isinstance(part, ToolReturnPart):
                if part.outcome == "retried":
                    count, problem = count + 1, part.model_response_str()
            elif isinstance(part, UserPromptPart) and isinstance(part.content, str):
                if part.content.lstrip().startswith("{"):
                    count, problem = 0, None
                else:
                    count, problem = count + 1, part.content
    return count, problem


def _tokens(messages: list[ModelMessage]) -> int:
    """Words the model was given: user prompts only, since it reads nothing else."""
    return sum(
        _words(part.content)
        for message in messages
        if isinstance(message, ModelRequest)
        for part in message.parts
        if isinstance(part, UserPromptPart) and isinstance(part.content, str)
    )


def _words(text: str) -> int:
    return text.count(" ") + 1

"""The same question with its parts in another order, to see whether the order moves the answer."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

from pydantic_ai import RunContext
from pydantic_ai.messages import ModelMessage, ModelRequest, ModelResponse, UserPromptPart
from pydantic_ai.models import ModelRequestParameters, StreamedResponse
from pydantic_ai.models.wrapper import WrapperModel
from pydantic_ai.settings import ModelSettings


class Swapped(WrapperModel):
    """Gives the wrapped model the prompt's document with the profile before the role and the requirements reversed.

    Requirements keep their ids, by which answers name them, so nothing has to be put back.
    """

    async def request(
        self,
        messages: list[ModelMessage],
        model_settings: ModelSettings | None,
        model_request_parameters: ModelRequestParameters,
    ) -> ModelResponse:
        """Ask with the order swapped."""
        return await super().request(
            [_swapped(message) for message in messages], model_settings, model_request_parameters
        )

    @asynccontextmanager
    async def request_stream(
        self,
        messages: list[ModelMessage],
        model_settings: ModelSettings | None,
        model_request_parameters: ModelRequestParameters,
        run_context: RunContext[Any] | None = None,
    ) -> AsyncGenerator[StreamedResponse]:
        """Ask with the order swapped, streamed."""
        asked = [_swapped(message) for message in messages]
        async with super().request_stream(asked, model_settings, model_request_parameters, run_context) as response:
            yield response


def _swapped(message: ModelMessage) -> ModelMessage:
    if not isinstance(message, ModelRequest):
        return message
    parts = [
        replace(part, content=swapped_document(part.content))
        if isinstance(part, UserPromptPart) and isinstance(part.content, str)
        else part
        for part in message.parts
    ]
    return replace(message, parts=parts)


def swapped_document(prompt: str) -> str:
    """A prompt's document with its last keys first and its requirements reversed; what is no document stays."""
    try:
        document = json.loads(prompt)
    except ValueError:
        return prompt
    if not isinstance(document, dict):
        return prompt
    if isinstance(document.get("requirements"), list):
        document["requirements"] = document["requirements"][::-1]
    return json.dumps(dict(reversed(document.items())), ensure_ascii=False)

"""What went wrong with a call, in words that help, and without a word of a profile or a key."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Sequence

from pydantic_ai.exceptions import (
    ModelAPIError,
    ModelAuthenticationError,
    ModelConnectionError,
    ModelContextWindowExceededError,
    ModelHTTPError,
    ModelNotFoundError,
    ModelQuotaExceededError,
    UnexpectedModelBehavior,
)

from agents.models.config import JobName, ModelConfig, variable
from agents.models.errors import AnswerRefused, ModelDown, ModelUnusable, TooLong
from agents.models.retries import passes

MOST_SAID = 200
MOST_NAMES = 10
LIST_SECONDS = 5.0
OVERFLOW = re.compile(r"context[ _](?:length|size|window)|max(?:imum)?[ _]model[ _]len", re.IGNORECASE)
"""How servers that send no code of their own word a prompt that does not fit (vLLM in its versions, llama.cpp)."""

_ECHO = 20
"""Characters in a row that no server has in common with a prompt by chance."""
_MOSTLY = "it mostly ends in /v1"

Problem = ModelAPIError | UnexpectedModelBehavior | TimeoutError


async def explained(
    error: Problem,
    *,
    job: JobName,
    config: ModelConfig,
    prompt: str,
    served: Callable[[], Awaitable[Sequence[str]]],
) -> ModelUnusable:
    """What to raise instead of a library's error. `served` asks the server what it serves."""
    if isinstance(error, ModelNotFoundError):
        return await _unknown(job, config, served)
    said = "" if not isinstance(error, ModelAPIError) else _said(error, prompt)
    where = f"the {job}'s server {config.url}"
    if why := _down(error, job, config, said):
        return ModelDown(f"{where} {why}")
    if isinstance(error, ModelContextWindowExceededError) or OVERFLOW.search(_message(error)):
        return TooLong(
            f"this is too long for {config.name}{said}: serve it with a longer context (vLLM: --max-model-len), or "
            f"keep less of it for the answer ({variable(job, 'output_tokens')}, now {config.output_tokens:,})"
        )
    return AnswerRefused(f"{where} refuses the request ({_status(error)}{said})")


def _down(error: Problem, job: JobName, config: ModelConfig, said: str) -> str:
    """What is wrong with the server, and not with the request; empty where it is the request."""
    why = ""
    match error:
        case TimeoutError():
            slow = f"see what it is busy with, or raise {variable(job, 'seconds')}"
            why = f"gave no answer within {config.seconds:g} s: {slow}"
        case UnexpectedModelBehavior():
            why = f"does not answer as an OpenAI-compatible server does: put {variable(job, 'url')} right; {_MOSTLY}"
        case ModelConnectionError(phase="connect"):
            why = f"cannot be reached: start it, or put {variable(job, 'url')} right"
        case ModelConnectionError():
            why = "breaks off before it has answered: see its log"
        case ModelAuthenticationError():
            why = f"does not accept the key: {_key_advice(job, config)}"
        case ModelQuotaExceededError():
            why = f"says that its account is used up ({_status(error)}{said}): see to the account"
        case _ if passes(error):
            why = f"is not able to answer ({_status(error)}{said}): see its log, or wait"
    return why


def key_missing(job: JobName, config: ModelConfig) -> ModelDown:
    """For a key that the configuration promises and the environment does not hold."""
    return ModelDown(f"the key of the {job}'s server {config.url} is missing: {_key_advice(job, config)}")


async def _unknown(job: JobName, config: ModelConfig, served: Callable[[], Awaitable[Sequence[str]]]) -> ModelDown:
    try:
        async with asyncio.timeout(LIST_SECONDS):
            names = await served()
    except Exception:
        return ModelDown(
            f"nothing OpenAI-compatible answers at {config.url}: put {variable(job, 'url')} right; {_MOSTLY}"
        )
    there = ", ".join(names[:MOST_NAMES]) or "nothing"
    return ModelDown(
        f"{config.url} serves no model called {config.name}; it serves {there}: set {variable(job, 'name')}"
    )


def _status(error: Problem) -> str:
    return f"status {error.status_code}" if isinstance(error, ModelHTTPError) else "no status"


def _key_advice(job: JobName, config: ModelConfig) -> str:
    if config.key_variable is None:
        return f"put it into an environment variable, and that variable's name into {variable(job, 'key_variable')}"
    return f"put it into the environment variable {config.key_variable}"


def _message(error: Problem) -> str:
    body = getattr(error, "body", None)
    if isinstance(body, dict):
        inner = body.get("error", body)
        body = inner.get("message", "") if isinstance(inner, dict) else inner
    return body if isinstance(body, str) else ""


def _said(error: ModelAPIError, prompt: str) -> str:
    """The server's own words, unless it repeats the prompt: that is somebody's profile."""
    words = " ".join(_message(error).split())
    words = words if len(words) <= MOST_SAID else words[: MOST_SAID - 3] + "..."
    there, said = _bare(prompt), _bare(words)
    if not words or any(said[at : at + _ECHO] in there for at in range(max(len(said) - _ECHO, 0) + 1)):
        return ""
    return f": {words}"


def _bare(text: str) -> str:
    """Letters and digits, so that text is found again however it was escaped."""
    return re.sub(r"(?:\\+[nrtu\"']|[\W_])+", " ", text)

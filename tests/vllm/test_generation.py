"""What the agents rely on from a server, each kept to by a real vLLM: the form of answers, and every way to fail.

The model is tiny, so nothing here is about what it says.
"""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from pydantic import BaseModel, Field
from pydantic_ai import Agent

from agents.embedded import EmbeddedModel
from agents.models import BudgetSpent, ModelConfig, ModelDown, ModelsConfig, TooLong
from agents.models.opening import Models, open_models

pytestmark = [pytest.mark.vllm, pytest.mark.timeout(1200)]


class Colour(BaseModel):
    """An answer that is quick to write."""

    name: str = Field(max_length=12)
    warmth: int = Field(ge=0, le=4)


def opened(server: Any, **changed: Any) -> Models:
    config = ModelConfig.parse(server.address).model_copy(update={"output_tokens": 64, "seconds": 120.0, **changed})
    return open_models(ModelsConfig(guard=config), embedded=EmbeddedModel({}))


async def asked(models: Models, prompt: str = "Name a colour.") -> Any:
    return await Agent(models.of("guard"), output_type=Colour, retries=0).run(prompt)


def test_an_answer_has_the_form_that_was_asked_for(generation: Any) -> None:
    models = opened(generation)
    with models.run():
        answer = asyncio.run(asked(models)).output
        usage = models.usage()["guard"]
    assert isinstance(answer, Colour)
    assert 0 <= answer.warmth <= 4
    assert usage.requests == 1
    assert usage.input_tokens > 0
    assert 0 < usage.output_tokens <= 64


def test_the_same_question_gets_the_same_answer(generation: Any) -> None:
    models = opened(generation)
    first, second = (asyncio.run(asked(models, "Name a colour of the sea.")).output for _ in range(2))
    assert first == second


def test_an_answer_can_be_read_as_it_is_written(generation: Any) -> None:
    async def pieces() -> list[str]:
        agent = Agent(opened(generation).of("guard"))
        async with agent.run_stream("Count from one to ten.") as stream:
            return [piece async for piece in stream.stream_text(delta=True, debounce_by=None)]

    assert len(asyncio.run(pieces())) > 3


def test_token_probabilities_come_with_the_answer(generation: Any) -> None:
    answer = asyncio.run(asked(opened(generation, logprobs=True)))
    details = answer.all_messages()[-1].provider_details["logprobs"]
    written = "".join(one["token"] for one in details)
    assert written.startswith(answer.response.text.strip()), "the end-of-text token may follow"
    assert all(len(one["top_logprobs"]) >= 5 for one in details)


def test_a_wrong_name_is_told_with_the_names_that_are_served(generation: Any) -> None:
    with pytest.raises(ModelDown, match=r"serves no model called nobody; it serves generation"):
        asyncio.run(asked(opened(generation, name="nobody")))


def test_a_prompt_that_does_not_fit_is_told_as_such(generation: Any) -> None:
    with pytest.raises(TooLong, match="max-model-len"):
        asyncio.run(asked(opened(generation), "word " * 20_000))


def test_a_server_that_is_too_slow_is_given_up(generation: Any) -> None:
    with pytest.raises(ModelDown, match=r"gave no answer within 0\.05 s"):
        asyncio.run(asked(opened(generation, seconds=0.05, attempts=2, pause=0.0)))


def test_a_budget_ends_the_run_and_what_was_answered_stays(generation: Any) -> None:
    async def until_spent() -> list[Any]:
        models = opened(generation, tokens=400, concurrency=1)
        with models.run():
            return await asyncio.gather(
                *(asked(models, f"Name colour {n}.") for n in range(12)), return_exceptions=True
            )

    answers = asyncio.run(until_spent())
    assert any(isinstance(one, BudgetSpent) for one in answers)
    assert any(not isinstance(one, BaseException) for one in answers)


def test_a_server_killed_in_the_middle_costs_what_it_had_not_answered(doomed: Any) -> None:
    async def killed() -> list[Any]:
        models = opened(doomed, concurrency=2, attempts=2, pause=0.1)
        with models.run():
            first = await asked(models)
            tasks = [asyncio.create_task(asked(models, f"Name colour {n}.")) for n in range(8)]
            await asyncio.sleep(0.3)
            doomed.kill()
            return [first, *await asyncio.gather(*tasks, return_exceptions=True)]

    first, *rest = asyncio.run(killed())
    assert isinstance(first.output, Colour)
    assert all(isinstance(one, ModelDown) or isinstance(getattr(one, "output", None), Colour) for one in rest)
    assert isinstance(rest[-1], ModelDown)

"""Judgements and judges made up for the tests of agreement."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest
from pydantic_ai.messages import ModelMessage, ModelResponse, ToolCallPart, UserPromptPart
from pydantic_ai.models.function import AgentInfo, FunctionModel

from agents.constitution import Prompting
from agents.judging import DimensionGrade, Fit, Judge, Judgement
from retrieval.schema import Kind, Profile, Qualification

Reply = Callable[[dict[str, Any]], dict[str, Any]]


def made(member_id: str, grade: int, *, hard_skills: tuple[int | None, ...] = (), **other: Any) -> Judgement:
    """A judgement that is sure of its grade."""
    return Judgement(
        **{
            "member_id": member_id,
            "grade": grade,
            "confidence": 1.0,
            "soft": tuple(float(at == grade) for at in range(5)),
            "soft_source": "stated",
            "dimensions": tuple(
                DimensionGrade(
                    dimension="hard-skills", qualification=Qualification(value="SAP", kind=Kind.SKILL), grade=g
                )
                for g in hard_skills
            ),
            "fit": Fit.RIGHT,
            "constitution": "shortlist 2",
            "model": "made up",
            "prompting": Prompting(),
            "input_tokens": 100,
            "output_tokens": 10,
            "seconds": 0.5,
            **other,
        }
    )


@pytest.fixture(scope="session")
def judgement() -> Callable[..., Judgement]:
    """`judgement(member_id, grade, hard_skills=(4, None), ...)`."""
    return made


@pytest.fixture
def scripted() -> Callable[[Reply], tuple[Judge, list[dict[str, Any]]]]:
    """`scripted(reply)`: a judge whose model answers `reply(document)`, and the documents that it was given."""

    def make(reply: Reply) -> tuple[Judge, list[dict[str, Any]]]:
        asked: list[dict[str, Any]] = []

        async def answer(messages: list[ModelMessage], info: AgentInfo) -> ModelResponse:
            (told,) = [
                part.content for part in messages[0].parts if isinstance(part, UserPromptPart)
            ]  # the first request holds the document
            document = json.loads(str(told))
            if len(messages) == 1:
                asked.append(document)
            await asyncio.sleep(0)
            return ModelResponse(parts=[ToolCallPart(info.output_tools[0].name, reply(document))])

        return Judge(FunctionModel(answer, model_name="scripted")), asked

    return make


def opinion(document: dict[str, Any], grade: int = 3) -> dict[str, Any]:
    """An answer that quotes the first words of the profile for each requirement."""
    words = document["profile"]["text"].split("\n")[0]
    return {
        "reasoning": "read",
        "dimensions": [
            {"requirement": one["id"], "grade": grade, "quotes": [{"quote": words}]} for one in document["requirements"]
        ],
        "fit": "right",
        "grade": grade,
        "confidence": 0.9,
    }


@pytest.fixture(scope="session")
def graded_opinion() -> Callable[..., dict[str, Any]]:
    """`graded_opinion(document, grade)`: see `opinion`."""
    return opinion


@pytest.fixture(scope="session")
def nurse(small_population: list[Profile]) -> Profile:
    """An invented nurse."""
    return small_population[0]

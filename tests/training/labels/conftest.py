"""Teachers made up for the tests of labelling."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic_ai.messages import ModelMessage, ModelResponse, ToolCallPart, UserPromptPart
from pydantic_ai.models.function import AgentInfo, FunctionModel

from training.labels import Ask, DimensionLabel, Label, Task

Grade = Callable[[dict[str, Any]], int]


@pytest.fixture(scope="session")
def teacher() -> Callable[[Grade], FunctionModel]:
    """`teacher(grade)`: a model that grades a prompt's document, quoting its profile for every requirement."""

    def make(grade: Grade) -> FunctionModel:
        async def answer(messages: list[ModelMessage], info: AgentInfo) -> ModelResponse:
            told = next(part.content for part in messages[0].parts if isinstance(part, UserPromptPart))
            document = json.loads(str(told))
            given = grade(document)
            quotes = [{"quote": document["profile"]["text"].split("\n")[0]}]
            opinion = {
                "dimensions": [
                    {"requirement": one["id"], "grade": given, "quotes": quotes} for one in document["requirements"]
                ],
                "grade": given,
                "confidence": 0.8,
            }
            return ModelResponse(parts=[ToolCallPart(info.output_tools[0].name, opinion)])

        return FunctionModel(answer, model_name="scripted")

    return make


def made(request: str, member: str, grade: int, ask: Ask = Ask.FIRST, **other: Any) -> Label:
    task = Task(request_id=request, member_id=member, ask=ask)
    return Label(
        **{
            "label_id": task.id,
            "request_id": request,
            "member_id": member,
            "snapshot": "s1",
            "drawn": "top",
            "grade": grade,
            "soft": tuple(0.6 if at == grade else 0.1 for at in range(5)),
            "soft_source": "confidence",
            "confidence": 0.8,
            "dimensions": (
                DimensionLabel(requirement=1, dimension="title", importance="must", grade=grade),
                DimensionLabel(requirement=2, dimension="hard-skills", importance="nice", grade=None),
            ),
            "fit": "right",
            "constitution": "shortlist 2",
            "model": "scripted",
            "prompting": "full",
            "is_duplicate_of": None if ask is Ask.FIRST else task.first_id,
            "swapped": ask is Ask.SWAPPED,
            "input_tokens": 900,
            "output_tokens": 80,
            "seconds": 0.25,
            "labelled_at": datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC),
            **other,
        }
    )


@pytest.fixture(scope="session")
def label() -> Callable[..., Label]:
    """`label(request, member, grade, ask, ...)`."""
    return made

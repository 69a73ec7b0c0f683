"""The agents themselves on a real vLLM server: whatever a tiny model writes, answers keep their promises."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any, Literal

import pytest
from pydantic import BaseModel, Field
from pydantic_ai import Agent

from agents.embedded import EmbeddedModel
from agents.judging.token_grades import grade_tokens
from agents.limits import Limits
from agents.models import ModelConfig, ModelsConfig
from agents.models.opening import open_models
from agents.opening import open_sourcing

pytestmark = [pytest.mark.vllm, pytest.mark.timeout(1800)]
REQUEST = "registered nurse with intensive care experience, Spanish is a plus"
PATIENT = Limits(guarded=3, rounds=0, verdict_seconds=600.0, seconds=1200.0)


class Graded(BaseModel):
    """As the judge's answer, without the words that a tiny model would not come to the end of."""

    dimensions: tuple[Literal["title", "years"], ...] = Field(max_length=2)
    grade: int = Field(ge=0, le=4)


def config(server: Any, **changed: Any) -> ModelConfig:
    return ModelConfig.parse(server.address).model_copy(update={"output_tokens": 300, "seconds": 300.0, **changed})


def test_a_search_is_answered_with_the_guard_on_the_server(generation: Any, small_workspace: Path) -> None:
    sourcing = open_sourcing(small_workspace, models=ModelsConfig(guard=config(generation)), limits=PATIENT)
    shortlist = asyncio.run(sourcing.search(REQUEST, limit=3))
    assert len(shortlist.candidates) == 3
    for one in shortlist.candidates:
        text = sourcing.snapshot.profile(sourcing.snapshot.row(one.member_id)).text
        assert one.grade is not None or one.note, "read, or told why not"
        for mark in one.marks:
            assert all(text[each.span.start : each.span.end] == each.quote for each in mark.evidence)
    assert shortlist.usage["guard"].requests >= 3


def test_a_request_is_understood_with_the_server_or_without(generation: Any, small_workspace: Path) -> None:
    sourcing = open_sourcing(small_workspace, models=ModelsConfig(understanding=config(generation)))
    understood = asyncio.run(sourcing.understanding.understand(REQUEST))
    assert understood.role.text == REQUEST
    spans = [one.span for one in understood.role.requirements() if one.span]
    assert spans, "something was read"
    assert all(one.of(REQUEST).strip() for one in spans)


def test_soft_labels_come_from_the_tokens_of_the_grade(generation: Any) -> None:
    models = open_models(ModelsConfig(judge=config(generation, logprobs=True)), embedded=EmbeddedModel({}))
    answer = asyncio.run(Agent(models.of("judge"), output_type=Graded).run("Grade this nurse from 0 to 4."))
    soft = grade_tokens(answer.response)
    assert soft is not None
    assert sum(soft) == pytest.approx(1)
    assert max(range(5), key=lambda grade: soft[grade]) == answer.output.grade, (
        "at temperature 0 the likeliest is written"
    )

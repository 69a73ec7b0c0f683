"""Judging on a real OpenAI-compatible server: the answer's form, its token probabilities, its retries."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from pydantic_ai.models.test import TestModel

from agents.judging import Judge
from agents.models import ModelConfig, ModelsConfig
from agents.models.opening import Models, open_models
from retrieval.schema import Criterion, Profile, Role

pytestmark = pytest.mark.anyio
ROLE = Role(text="payroll specialist", titles=(Criterion(value="Payroll specialist"),))
PROFILE = Profile(member_id="m1", text="PAYROLL SPECIALIST since 2015")


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def opinion(quote: str) -> str:
    dimensions = [{"requirement": 1, "grade": 4, "quotes": [{"quote": quote}]}]
    said = {"reasoning": "", "dimensions": dimensions, "fit": "right", "grade": 3, "confidence": 0.5}
    return json.dumps(said)


def completion(text: str) -> str:
    """A whole response, cut into one token a character as a server might; grades 4 and 2 were likely, too."""
    at = text.rindex('"grade": ') + len('"grade": ')
    content = []
    for index, character in enumerate(text):
        likely = {"3": 0.5, "4": 0.4, "2": 0.1} if index == at else {character: 1.0}
        top = [
            {"token": token, "bytes": list(token.encode()), "logprob": math.log(share)}
            for token, share in likely.items()
        ]
        content.append({**top[0], "top_logprobs": top})
    choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": text}}
    whole: dict[str, Any] = {"id": "1", "object": "chat.completion", "created": 0, "model": "tiny"}
    usage = {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120}
    return json.dumps({**whole, "choices": [{**choice, "logprobs": {"content": content}}], "usage": usage})


def models(url: str, **given: Any) -> Models:
    config = ModelConfig(name="tiny", url=url, pause=0.01, logprobs=True, **given)
    return open_models(ModelsConfig(judge=config), embedded=TestModel())


async def test_the_tokens_of_the_grade_become_soft_labels(serve, model_servers):
    server = serve(reply=lambda body: model_servers.Act(raw=completion(opinion("PAYROLL SPECIALIST"))))
    judgement = await Judge(models(server.url).of("judge")).judge(ROLE, PROFILE)
    assert (judgement.grade, judgement.soft_source, judgement.model) == (3, "tokens", "tiny")
    assert judgement.soft == pytest.approx((0, 0, 0.1, 0.5, 0.4))
    assert (judgement.input_tokens, judgement.output_tokens) == (100, 20)
    (body,) = server.requests
    assert (body["logprobs"], body["top_logprobs"]) == (True, 20)
    schema = body["response_format"]["json_schema"]
    assert schema["name"] == "Opinion"
    assert next(iter(schema["schema"]["properties"])) == "reasoning", "thoughts are written before grades"


async def test_a_bad_quote_is_sent_back_in_the_same_conversation(serve, model_servers):
    answers = [model_servers.Act(raw=completion(opinion("Ten years")))]
    server = serve(script=answers, reply=lambda body: model_servers.Act(raw=completion(opinion("PAYROLL SPECIALIST"))))
    judgement = await Judge(models(server.url).of("judge")).judge(ROLE, PROFILE)
    assert (judgement.requests, judgement.dimensions[0].grade) == (2, 4)
    assert "Ten years" in json.dumps(server.requests[1]["messages"])
    assert judgement.input_tokens == 200


@pytest.mark.parametrize("output", ["tool", "prompted"])
async def test_servers_that_cannot_hold_a_schema_are_asked_otherwise(serve, output):
    server = serve(reply=lambda body: opinion("PAYROLL SPECIALIST"))
    judgement = await Judge(models(server.url, output=output).of("judge")).judge(ROLE, PROFILE)
    assert (judgement.grade, judgement.dimensions[0].grade) == (3, 4)
    assert judgement.soft_source == "confidence"

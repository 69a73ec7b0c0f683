"""Requests are read over the network by an OpenAI-compatible server that is held to the schema; one that goes down,
answers nonsense or has no budget left is replaced by the in-process reader."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from agents.embedded import EmbeddedModel
from agents.embedded.decomposing import make_decomposition_job
from agents.embedded.understanding import reader
from agents.models import ModelConfig, ModelsConfig
from agents.models.opening import Models, open_models
from agents.project.decomposing import Decomposing
from agents.understanding import Understanding, Understood

EMBEDDED = EmbeddedModel({"Reading": reader(), "Decomposition": make_decomposition_job()})
TEXT = "ICU nurse in Boston, 5+ years"
READING = {
    "titles": [{"words": "ICU nurse"}],
    "locations": [{"words": "Boston"}],
    "years": {"words": "5+ years", "minimum": 5},
}


def opened(server: Any, answers: Path | None = None, **given: Any) -> Models:
    config = ModelConfig(**{"name": "tiny", "url": server.url, "pause": 0.01, "seconds": 5.0, **given})
    return open_models(ModelsConfig(understanding=config), embedded=EMBEDDED, answers=answers)


def understood(models: Models, text: str = TEXT) -> Understood:
    reading = Understanding(models.of("understanding"), fallback=EMBEDDED, cache=models.cache_of("understanding"))
    return asyncio.run(reading.understand(text))


def test_the_server_is_held_to_the_schema_and_paid_once(serve: Callable[..., Any], tmp_path: Path) -> None:
    server = serve(reply=lambda _: json.dumps(READING))
    models = opened(server, tmp_path / "answers.sqlite")
    found = understood(models)
    assert found.notes == ()
    assert [one.value for one in found.role.requirements()] == ["ICU nurse", "Boston", "5+ years"]
    (body,) = server.requests
    schema = body["response_format"]["json_schema"]["schema"]
    assert {"titles", "locations", "requirements"} <= set(schema["properties"])
    assert understood(models) == found
    assert len(server.requests) == 1


@pytest.mark.parametrize("reply", ["I am sorry, I cannot do that.", "{}", '{"titles": [{"words": "CEO"}]}', "[1, 2]"])
def test_nonsense_is_replaced(serve: Callable[..., Any], reply: str) -> None:
    server = serve(reply=lambda _: reply)
    found = understood(opened(server))
    assert len(server.requests) > 1  # it was asked again
    assert [one.value for one in found.role.requirements()] == ["ICU nurse", "Boston", "5+ years"]
    assert len(found.notes) == 1


def test_a_server_that_is_down_or_too_dear_is_replaced(serve: Callable[..., Any]) -> None:
    server = serve(reply=lambda _: json.dumps(READING))
    poor = understood(opened(server, tokens=1))
    assert "the in-process reader did" in poor.notes[0]
    models = opened(server, attempts=1)
    server.stop()
    down = understood(models)
    assert "the in-process reader did" in down.notes[0]
    assert down.role == poor.role
    plan = asyncio.run(Decomposing(models.of("understanding"), fallback=EMBEDDED).plan("a nurse and 2 cooks"))
    assert [part.words for part in plan.parts] == ["nurse", "cooks"]
    assert "the in-process reader did" in plan.notes[0]
